"""What a transport is handed."""

from __future__ import annotations

from yarl import URL

from aiosagemaker._http.contract import TransportRequest
from aiosagemaker._http.transport import Transport as OurTransport
from aiosagemaker.config import HttpConfig, TimeoutConfig


def request() -> TransportRequest:
    url = URL("https://user:secret@host/path?token=secret")
    return TransportRequest("POST", url, {"X-Key": "secret"}, b"secret", TimeoutConfig(), lambda: {"A": "signed"})


def test_repr() -> None:
    """A request's repr has neither its headers, its body, its query nor a password."""
    assert "secret" not in repr(request())
    assert "host" in repr(request())


def test_sign() -> None:
    """Signing gives the headers to send."""
    assert request().sign() == {"A": "signed"}


async def test_our_transport_is_one() -> None:
    """The library's own transport has what the protocol asks for."""
    transport = OurTransport(HttpConfig())
    assert all(callable(getattr(transport, name)) for name in ("send", "open", "close"))
    await transport.close()
