"""Asynchronous inference: inputs, outputs, failures and notifications."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker.sagemaker import (
    AsyncInferenceClientConfig,
    AsyncInferenceConfig,
    AsyncInferenceNotificationConfig,
    AsyncInferenceOutputConfig,
)
from aiosagemaker.sagemaker_runtime.errors import ValidationError

if TYPE_CHECKING:
    from pathlib import Path

TOPIC = "arn:aws:sns:us-east-1:123456789012"


async def endpoint(hosting: Any, **client: Any) -> Path:
    """An asynchronous endpoint; the bucket's folder, with an input."""
    notify = AsyncInferenceNotificationConfig(
        success_topic=f"{TOPIC}:good", error_topic=f"{TOPIC}:bad", include_inference_response_in=[]
    )
    output = AsyncInferenceOutputConfig(
        s3_output_path="s3://bucket/out", s3_failure_path="s3://bucket/failed/", notification_config=notify
    )
    config = AsyncInferenceConfig(output_config=output, client_config=AsyncInferenceClientConfig(**client))
    await hosting.model("a")
    await hosting.config("c", hosting.variant("a"), async_inference_config=config)
    await hosting.endpoint("c")
    bucket: Path = hosting.local.folder / "s3/bucket"
    (bucket / "in").mkdir(parents=True)
    (bucket / "in/1").write_bytes(b"1,2")
    return bucket


async def ask(hosting: Any, key: str = "in/1", **members: Any) -> Any:
    answer = await hosting.rt.invoke_endpoint_async(
        endpoint_name="e", input_location=f"s3://bucket/{key}", content_type="text/csv", **members
    )
    await hosting.settle()
    return answer


def notification(hosting: Any, topic: str, inference_id: str) -> Any:
    return json.loads((hosting.local.folder / "notifications" / topic / f"{inference_id}.json").read_text())


async def test_success(hosting: Any) -> None:
    """The model's answer to the input object is where the response says, and the topic is told of it."""
    bucket = await endpoint(hosting)
    answer = await ask(hosting, inference_id="id-1")
    assert answer.http_status == 202
    assert answer.inference_id == "id-1"
    key = answer.output_location.removeprefix("s3://bucket/")
    assert key.startswith("out/")
    assert key.endswith(".out")
    assert (bucket / key).read_bytes() == b"a:1,2"
    told = notification(hosting, "good", "id-1")
    assert (told["invocationStatus"], told["inferenceId"]) == ("Completed", "id-1")
    assert told["requestParameters"]["inputLocation"] == "s3://bucket/in/1"
    assert told["responseParameters"]["outputLocation"] == answer.output_location
    assert hosting.models["a"].asked[0].inference_id == "id-1"


async def test_failure(hosting: Any) -> None:
    """A model that fails leaves its reason where the response says, no output, and the other topic is told."""
    bucket = await endpoint(hosting)
    (bucket / "in/2").write_bytes(b"raise")
    answer = await ask(hosting, "in/2")
    reason = (bucket / answer.failure_location.removeprefix("s3://bucket/")).read_text()
    assert "no such feature" in reason
    assert not (bucket / answer.output_location.removeprefix("s3://bucket/")).exists()
    told = notification(hosting, "bad", answer.inference_id)
    assert (told["invocationStatus"], told["failureReason"]) == ("Failed", reason)


async def test_no_input(hosting: Any) -> None:
    """An input that does not exist fails later, one that is no object's URI at once."""
    bucket = await endpoint(hosting)
    answer = await ask(hosting, "in/none")
    assert "in/none" in (bucket / answer.failure_location.removeprefix("s3://bucket/")).read_text()
    for location in ("https://bucket/in/1", "s3://bucket/../../etc/passwd"):
        with pytest.raises(ValidationError, match="not an Amazon S3 URI"):
            await hosting.rt.invoke_endpoint_async(endpoint_name="e", input_location=location)


async def test_concurrency_and_time_to_live(hosting: Any) -> None:
    """No more calls than allowed are under way for an instance; one that waits for too long fails."""
    bucket = await endpoint(hosting, max_concurrent_invocations_per_instance=1)
    gate, model = asyncio.Event(), hosting.models["a"]
    model.gate = gate
    first = await ask(hosting)
    second = await ask(hosting, request_ttl_seconds=60)
    assert len(model.asked) == 1
    hosting.clock.wall += 61
    await hosting.clock.advance(1)
    assert (bucket / second.failure_location.removeprefix("s3://bucket/")).exists()
    gate.set()
    await hosting.settle()
    assert (bucket / first.output_location.removeprefix("s3://bucket/")).exists()


async def test_plain_calls(hosting: Any) -> None:
    """An asynchronous endpoint refuses a plain call, and a plain one an asynchronous call."""
    await endpoint(hosting)
    with pytest.raises(ValidationError, match="asynchronous endpoint"):
        await hosting.rt.invoke_endpoint(endpoint_name="e", body=b"")
    await hosting.version("b")
    await hosting.endpoint("b", "plain")
    with pytest.raises(ValidationError, match="not an asynchronous endpoint"):
        await hosting.rt.invoke_endpoint_async(endpoint_name="plain", input_location="s3://bucket/in/1")
