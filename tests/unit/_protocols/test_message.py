"""HTTP messages as values."""

from __future__ import annotations

from aiosagemaker._protocols.message import HttpRequest, HttpResponse
from aiosagemaker._shapes.maps import Headers


def test_values() -> None:
    """Messages are equal by what they hold."""
    request = HttpRequest("POST", "/", {"a": "b"}, b"{}")
    assert request == HttpRequest("POST", "/", {"a": "b"}, b"{}")
    assert (request.query, request.host_prefix) == ("", "")
    response = HttpResponse(200, Headers({"A": "b"}))
    assert (response.status, response.headers["a"], response.body, response.reason) == (200, "b", b"", "")


def test_repr_has_no_contents() -> None:
    """A traceback's reader sees neither what a message carries nor its signature."""
    request = HttpRequest("POST", "/", {"Authorization": "hunter2"}, b"hunter2", query="hunter2")
    assert "hunter2" not in repr(request)
    assert "hunter2" not in repr(HttpResponse(200, Headers(), b"hunter2"))
