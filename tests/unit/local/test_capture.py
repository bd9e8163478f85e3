"""Data capture: what is kept of a call, and where."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker.sagemaker import CaptureContentTypeHeader, CaptureOption, DataCaptureConfig

if TYPE_CHECKING:
    from collections.abc import Sequence


def config(*modes: str, **members: Any) -> DataCaptureConfig:
    given = {"enable_capture": True, "initial_sampling_percentage": 100, **members}
    options = [CaptureOption(capture_mode=mode) for mode in modes]
    return DataCaptureConfig(destination_s3_uri="s3://bucket/captured", capture_options=options, **given)


async def captured(hosting: Any, capture: DataCaptureConfig, calls: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records of an endpoint with that configuration that was called so."""
    await hosting.model("a")
    await hosting.config("c", hosting.variant("a"), data_capture_config=capture)
    await hosting.endpoint("c")
    for call in calls:
        await hosting.rt.invoke_endpoint(endpoint_name="e", **call)
    await hosting.settle()
    files = sorted((hosting.local.folder / "s3/bucket/captured/e/a").glob("*/*/*/*/*.jsonl"))
    return [json.loads(file.read_text()) for file in files]


async def test_records(hosting: Any) -> None:
    """A call is a line of JSON under endpoint, variant and hour, with both sides, its types, attributes and id."""
    header = CaptureContentTypeHeader(csv_content_types=["text/csv"])
    call = {
        "body": b"1,2",
        "content_type": "text/csv; charset=utf-8",
        "custom_attributes": "trace=1",
        "inference_id": "id-1",
    }
    (record,) = await captured(hosting, config("Input", "Output", capture_content_type_header=header), [call])
    assert record["eventVersion"] == "0"
    assert record["captureData"]["endpointInput"] == {
        "observedContentType": "text/csv; charset=utf-8",
        "mode": "INPUT",
        "data": "1,2",
        "encoding": "CSV",
    }
    output = record["captureData"]["endpointOutput"]
    assert (output["mode"], output["encoding"], base64.b64decode(output["data"])) == ("OUTPUT", "BASE64", b"a:1,2")
    metadata = record["eventMetadata"]
    assert (metadata["inferenceId"], metadata["customAttributes"]) == ("id-1", ["trace=1"])
    assert metadata["eventId"]
    assert metadata["inferenceTime"].endswith("Z")


@pytest.mark.parametrize(("mode", "kept"), [("Input", "endpointInput"), ("Output", "endpointOutput")])
async def test_one_side(hosting: Any, mode: str, kept: str) -> None:
    """Only the side that is asked for is kept."""
    (record,) = await captured(hosting, config(mode), [{"body": b""}])
    assert list(record["captureData"]) == [kept]


async def test_sampling(hosting: Any) -> None:
    """The part of the calls that is asked for is kept, by the clock's chance."""
    hosting.clock.chance = 0.5
    assert len(await captured(hosting, config("Input", initial_sampling_percentage=50), [{"body": b""}] * 3)) == 0


async def test_described(hosting: Any) -> None:
    """DescribeEndpoint says what is captured; switched off, nothing is."""
    assert await captured(hosting, config("Input", enable_capture=False), [{"body": b""}]) == []
    described = (await hosting.sm.describe_endpoint(endpoint_name="e")).data_capture_config
    assert (described.enable_capture, described.capture_status) == (False, "Stopped")
    assert (described.current_sampling_percentage, described.destination_s3_uri) == (100, "s3://bucket/captured")
