"""A local service with endpoints in service, for programs of a user in processes of their own."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiosagemaker.local import LocalSageMaker, ModelRequest, ModelResponse
from aiosagemaker.sagemaker import ContainerDefinition, ProductionVariant

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from aiosagemaker.local._instances import Part

ROOT = Path(__file__).parents[1]
COMMANDS = {
    "aiosagemaker": "-m aiosagemaker",
    "python": "",
    "pip": f'"{ROOT / "tests" / "documents.py"}"',  # which looks whether the extras exist, and installs nothing
}


class Model:
    """What stands for every image: it echoes, both ways too, keeps sessions, and chats with whoever sends messages."""

    async def __call__(self, request: ModelRequest) -> ModelResponse:
        if b'"messages"' in request.body:
            return chat(json.loads(request.body))
        opened = "session-1; Expires=2030-01-01T00:00:00Z" if request.session_id == "NEW_SESSION" else None
        closed = "session-1" if b"CLOSE" in request.body else None
        return ModelResponse(request.body, request.content_type, new_session_id=opened, closed_session_id=closed)

    async def converse(self, request: ModelRequest, parts: AsyncIterator[Part]) -> AsyncIterator[Part]:
        """Each part comes back."""
        async for part in parts:
            yield part


def chat(asked: Any) -> ModelResponse:
    """An answer in OpenAI's form, as a stream of server-sent events or whole."""
    said = {"finish_reason": "stop", "index": 0}
    head = {"id": "chat-1", "model": "m", "created": 1}
    if not asked.get("stream"):
        choice = {**said, "message": {"role": "assistant", "content": "Hello."}}
        usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
        whole = {**head, "object": "chat.completion", "choices": [choice], "usage": usage}
        return ModelResponse(body=json.dumps(whole).encode(), content_type="application/json")

    async def events() -> AsyncIterator[bytes]:
        for text in ("Hel", "lo."):
            delta = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}
            yield event({**head, "object": "chat.completion.chunk", "choices": [delta]})
        yield event({**head, "object": "chat.completion.chunk", "choices": [{**said, "delta": {}}]})
        yield b"data: [DONE]\n\n"

    return ModelResponse(body=events(), content_type="text/event-stream")


def event(value: Any) -> bytes:
    """A server-sent event."""
    return f"data: {json.dumps(value)}\n\n".encode()


@contextmanager
def deployed(folder: Path) -> Iterator[dict[str, str]]:
    """Variables for a process that finds this checkout, its command, and a service with the endpoints `churn` and
    `chat`, each of a configuration `<name>-v1`."""
    programs = folder / "bin"
    programs.mkdir()
    for name, words in COMMANDS.items():
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {words} "$@"\n', encoding="utf-8")
        (programs / name).chmod(0o755)
    # Settled at the first poll: the second would be half a minute later.
    with LocalSageMaker(images={"*": Model()}, settle=True) as local:
        variables = {**os.environ, **local.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
        variables["PATH"] = os.pathsep.join([str(programs), os.environ["PATH"]])
        for name in ("churn", "chat"):
            _deploy(name, variables)
        yield variables


def _deploy(name: str, variables: dict[str, str]) -> None:
    """A model, a configuration `<name>-v1` and an endpoint of a name."""
    import boto3

    client = boto3.client(
        "sagemaker",
        region_name=variables["AWS_REGION"],
        endpoint_url=variables["AWS_ENDPOINT_URL_SAGEMAKER"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
    )
    container = ContainerDefinition(image=name).to_dict()
    client.create_model(ModelName=name, ExecutionRoleArn="arn:aws:iam::123456789012:role/r", PrimaryContainer=container)
    variant = ProductionVariant(
        variant_name="AllTraffic", model_name=name, instance_type="ml.m5.xlarge", initial_instance_count=1
    )
    client.create_endpoint_config(EndpointConfigName=f"{name}-v1", ProductionVariants=[variant.to_dict()])
    client.create_endpoint(EndpointName=name, EndpointConfigName=f"{name}-v1")
