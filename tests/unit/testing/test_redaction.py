"""Values that may be kept in a file."""

from __future__ import annotations

import importlib
import json
from typing import Any

import pytest

from aiosagemaker import SizedStream
from aiosagemaker._services import SERVICES
from aiosagemaker._shapes.convert import WIRE
from aiosagemaker.sagemaker import ContainerDefinition, CreateModelRequest, DeletePipelineRequest
from aiosagemaker.sagemaker_runtime import InvokeEndpointRequest
from aiosagemaker.testing.redaction import plain


def test_secrets_are_replaced() -> None:
    """Values of keys that name a secret, sensitive members, tokens and bodies that stream are not in it."""
    model = CreateModelRequest(
        model_name="m",
        primary_container=ContainerDefinition(
            image="i",
            environment={"HF_TOKEN": "hf_1", "DB_PASSWORD": "p", "MODEL": "llama", "OPENAI_API_KEY": "sk"},
        ),
    )
    container = plain(model)["PrimaryContainer"]
    assert container == {
        "Image": "i",
        "Environment": {
            "HF_TOKEN": "<redacted>",
            "DB_PASSWORD": "<redacted>",
            "MODEL": "llama",
            "OPENAI_API_KEY": "<redacted>",
        },
    }
    invoked = InvokeEndpointRequest(endpoint_name="e", body=b"secret", content_type="text/csv")
    assert "secret" not in json.dumps(plain(invoked))
    assert "c2VjcmV0" in json.dumps(plain(invoked, keep_sensitive=True))
    assert "ClientRequestToken" not in plain(DeletePipelineRequest(pipeline_name="p", client_request_token="t" * 32))

    async def pieces() -> Any:
        yield b"secret"

    streamed = InvokeEndpointRequest(endpoint_name="e", body=SizedStream(pieces, 6))
    assert plain(streamed)["EndpointName"] == "e"


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_what_is_kept_loads(service: Any, sample: Any) -> None:
    """The kept form of the fullest response of every operation is a response of its class again."""
    namespace = importlib.import_module(f"aiosagemaker.{service.package}.models").NAMESPACE
    for row in namespace.schema.operations.values():
        response = sample(namespace, row["output"], full=True)
        assert type(WIRE.load(type(response), plain(response))) is type(response)
        assert WIRE.load(type(response), plain(response, keep_sensitive=True)) == response
