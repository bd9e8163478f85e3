"""What a function in Lambda passes on of its invocation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker._http.lambda_trace import in_lambda, trace_id

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    "trace", ["Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1", 'a b{"c"}:[1]&d,\n', ""]
)
def test_as_botocore_does(trace: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The header's value is botocore's for every invocation."""
    from botocore.handlers import add_recursion_detection_header

    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "f")
    monkeypatch.setenv("_X_AMZN_TRACE_ID", trace)
    theirs: dict[str, Any] = {"headers": {}}
    add_recursion_detection_header(theirs)
    assert trace_id() == theirs["headers"].get("X-Amzn-Trace-Id")


def test_elsewhere() -> None:
    """Outside of Lambda a variable of that name means nothing."""
    assert not in_lambda({"_X_AMZN_TRACE_ID": "Root=1"})
    assert in_lambda({"AWS_LAMBDA_FUNCTION_NAME": "f"})


async def test_each_call_has_the_trace_of_its_invocation(
    server: Any, make_client: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trace changes from call to call while the client stays, and is not signed, as proxies may change it."""
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "f")
    client = make_client()
    for trace in ("Root=1-a", "Root=1-b"):
        monkeypatch.setenv("_X_AMZN_TRACE_ID", trace)
        await client.list_endpoints()
    monkeypatch.delenv("_X_AMZN_TRACE_ID")
    await client.list_endpoints()
    assert [request.headers.get("X-Amzn-Trace-Id") for request in server.received] == ["Root=1-a", "Root=1-b", None]
    assert "trace" not in server.received[0].headers["Authorization"].lower()
