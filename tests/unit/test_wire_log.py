"""What the log of the wire shows, over real HTTP, and what it does not."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from tests.conftest import CREDENTIALS

from aiosagemaker import SageMakerGeospatialClient
from aiosagemaker.errors import ValidationException
from aiosagemaker.hooks import Attempt, Call, Outcome, WireLog
from aiosagemaker.sagemaker import ContainerDefinition, OidcConfig

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiosagemaker import SageMakerClient, SageMakerRuntimeClient


async def test_secrets_are_not_shown(
    make_client: Callable[..., SageMakerClient], server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """`wire_log` shows headers and bodies without secrets and sensitive members, and the error of a refusal."""
    caplog.set_level(logging.DEBUG, logger="aiosagemaker.wire")
    client = make_client(wire_log=True, headers={"X-Api-Key": "hunter2", "X-Team": "growth"})
    await client.create_presigned_domain_url(domain_id="d-1", user_profile_name="u")
    server.answer({"Endpoints": []}, headers={"Set-Cookie": "session=1"})
    await client.list_endpoints(name_contains="visible")
    server.refuse("ValidationException", "why not")
    with pytest.raises(ValidationException):
        await client.list_endpoints()
    for shown in ("X-Team", "growth", "visible", "ListEndpoints", "why not", "request-1", "d-1"):
        assert shown in caplog.text, shown
    for hidden in ("hunter2", "session=1", CREDENTIALS.secret_key, "Signature="):
        assert hidden not in caplog.text, hidden


async def test_sensitive_members_are_not_shown(
    make_client: Callable[..., SageMakerClient], caplog: pytest.LogCaptureFixture
) -> None:
    """A sensitive member of a request is redacted in the wire log."""
    caplog.set_level(logging.DEBUG, logger="aiosagemaker.wire")
    names = ("issuer", "authorization_endpoint", "token_endpoint", "user_info_endpoint", "logout_endpoint", "jwks_uri")
    oidc = OidcConfig(client_id="id", client_secret="hunter2", **dict.fromkeys(names, "https://a"))
    await make_client(wire_log=True).create_workforce(workforce_name="w", oidc_config=oidc)
    assert "client_secret=<redacted>" in caplog.text
    assert "hunter2" not in caplog.text


async def test_secrets_in_bodies_are_not_shown(
    make_client: Callable[..., SageMakerClient], server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Values of variables that name a secret, and tokens of presigned URLs, are not shown; what is beside them is."""
    caplog.set_level(logging.DEBUG, logger="aiosagemaker.wire")
    client = make_client(wire_log=True)
    container = ContainerDefinition(image="i", environment={"HF_TOKEN": "hunter2", "MODEL": "llama"})
    server.answer({"ModelArn": "a"})
    await client.create_model(model_name="m", containers=[container])
    assert (
        "containers=[ContainerDefinition(image='i', environment={'HF_TOKEN': <redacted>, 'MODEL': 'llama'})]"
        in caplog.text
    )
    server.answer({"AuthorizedUrl": "https://d-1.studio.aws/auth?token=hunter2"})
    await client.create_presigned_domain_url(domain_id="d-1", user_profile_name="u")
    assert "authorized_url='https://d-1.studio.aws/auth?token=<redacted>'" in caplog.text
    server.refuse("ValidationException", "AKIAIOSFODNN7EXAMPLE is unknown")
    with pytest.raises(ValidationException):
        await client.list_endpoints()
    assert "<redacted> is unknown" in caplog.text
    assert "hunter2" not in caplog.text


async def test_sensitive_headers_are_not_shown(
    make_runtime: Callable[..., SageMakerRuntimeClient], server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """A member that the model marks as sensitive is not shown where it is a header, of a request or of an answer."""
    caplog.set_level(logging.DEBUG, logger="aiosagemaker.wire")
    server.answer(
        {}, headers={"X-Amzn-SageMaker-Custom-Attributes": "answered", "X-Amzn-Invoked-Production-Variant": "v1"}
    )
    runtime = make_runtime(wire_log=True)
    response = await runtime.invoke_endpoint(
        endpoint_name="e", body=b"", custom_attributes="asked", target_variant="v2"
    )
    assert response.custom_attributes == "answered"
    assert server.received[0].headers["X-Amzn-SageMaker-Custom-Attributes"] == "asked"
    assert "'X-Amzn-SageMaker-Custom-Attributes': '<redacted>'" in caplog.text
    assert "'x-amzn-sagemaker-custom-attributes': '<redacted>'" in caplog.text
    for shown in ("v1", "v2"):
        assert f": '{shown}'" in caplog.text
    for hidden in ("asked", "answered"):
        assert hidden not in caplog.text


async def test_a_sensitive_query_is_not_shown(server: Any, clock: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Nor is it shown where it is in the query of a URL, whose path is."""
    caplog.set_level(logging.DEBUG, logger="aiosagemaker.wire")
    server.answer({"RasterDataCollectionSummaries": []})
    settings: Any = {"region": "us-west-2", "credentials": CREDENTIALS, "clock": clock, "endpoint_url": server.url}
    async with SageMakerGeospatialClient(wire_log=True, **settings) as client:
        await client.list_raster_data_collections(next_token="hunter2")
    assert "hunter2" in server.received[0].path
    assert "hunter2" not in caplog.text
    assert f"{server.url}/raster-data-collections?<redacted>" in caplog.text


SECRET = {"type": "string", "sensitive": True, "members": {}}
SHAPES: dict[str, dict[str, Any]] = {
    "Secret": SECRET,
    "Secrets": {"type": "map", "value": "Secret", "members": {}},
    "Word": {"type": "string", "members": {}},
    "Asked": {
        "members": {
            "Name": {"shape": "Secret", "location": "uri"},
            "Kind": {"shape": "Word", "location": "header", "location_name": "X-Kind"},
            "X-Word": {"shape": "Secret", "location": "header"},
        }
    },
    "Answered": {"members": {"Meta": {"shape": "Secrets", "location": "headers", "location_name": "X-Meta-"}}},
}


def test_places_that_no_service_here_has(caplog: pytest.LogCaptureFixture) -> None:
    """Nor in the path, nor in headers that are a map's; a header without a name of its own has the member's."""
    namespace = SimpleNamespace(
        schema=SimpleNamespace(operations={"Ask": {"input": "Asked", "output": "Answered"}}),
        shapes=SHAPES,
        is_sensitive=lambda name: name.startswith("Secret"),
    )
    request = type("AskRequest", (), {"__namespace__": namespace, "__operation__": "Ask", "__repr__": lambda _: "ask"})
    call = Call(
        service="s", service_id="S", operation="Ask", request=request(), region="us-east-1", endpoint="https://s.aws",
        id="1", streams=False,
    )  # fmt: skip
    headers = {"x-kind": "shown", "X-WORD": "hunter2"}
    attempt = Attempt(call=call, number=1, url="https://s.aws/names/hunter2?a=hunter2", headers=headers)
    caplog.set_level(logging.DEBUG, logger="aiosagemaker.wire")
    WireLog().attempt_started(attempt)
    WireLog().attempt_ended(attempt, Outcome(elapsed=1, headers={"x-meta-a": "hunter2", "x-metal": "iron"}), None)
    assert [record.getMessage() for record in caplog.records] == [
        "> Ask https://s.aws <redacted> {'x-kind': 'shown', 'X-WORD': '<redacted>'}\n> ask",
        "< Ask None {'x-meta-a': '<redacted>', 'x-metal': 'iron'}",
    ]


async def test_nothing_is_made_of_what_nobody_reads(client: SageMakerClient, caplog: pytest.LogCaptureFixture) -> None:
    """Above DEBUG nothing is logged."""
    caplog.set_level(logging.INFO, logger="aiosagemaker.wire")
    await client.with_config(wire_log=True).list_endpoints()
    assert not caplog.records
