"""Every way in which aiohttp fails is one of our errors, which knows whether the service may have acted."""

from __future__ import annotations

import pickle
import socket
import ssl
from typing import Any

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey, RequestInfo
from aiohttp.http_exceptions import BadHttpMessage, HttpProcessingError
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from aiosagemaker import errors
from aiosagemaker._http.failures import transport_error

# aiohttp has them since 3.10.6.
DNS_ERROR = getattr(aiohttp, "ClientConnectorDNSError", aiohttp.ClientConnectorError)
RESET_ERROR = getattr(aiohttp, "ClientConnectionResetError", aiohttp.ClientConnectionError)

KEY = ConnectionKey("sagemaker.example", 443, True, True, None, None, None)
HEADERS = CIMultiDictProxy(CIMultiDict({"Authorization": "the-signature"}))
INFO = RequestInfo(URL("https://sagemaker.example/"), "POST", HEADERS, URL("https://sagemaker.example/"))
CERTIFICATE = ssl.SSLCertVerificationError(1, "certificate verify failed")


def unknown(code: int) -> OSError:
    """What aiohttp makes of an error of aiodns."""
    kind: Any = type("DNSError", (Exception,), {"__module__": "aiodns.error"})
    error = OSError(None, "DNS server returned answer with no data")
    error.__cause__ = kind(code, "no")
    return error


BEFORE: list[tuple[Exception, type[errors.SdkError], bool]] = [
    (aiohttp.InvalidURL("x"), errors.EndpointResolutionError, False),
    (aiohttp.NonHttpUrlClientError("ftp://x"), errors.EndpointResolutionError, False),
    (aiohttp.ConnectionTimeoutError("late"), errors.ConnectTimeout, True),
    (aiohttp.ServerTimeoutError("late"), errors.ConnectTimeout, True),
    (TimeoutError(), errors.ConnectTimeout, True),
    (aiohttp.ClientConnectorCertificateError(KEY, CERTIFICATE), errors.TlsError, False),
    (aiohttp.ClientConnectorSSLError(KEY, ssl.SSLError(1, "alert protocol version")), errors.TlsError, False),
    (ssl.SSLError(1, "alert"), errors.TlsError, False),
    (CERTIFICATE, errors.TlsError, False),
    (aiohttp.ServerFingerprintMismatch(b"a", b"b", "h", 1), errors.TlsError, False),
    (aiohttp.ClientConnectorSSLError(KEY, ssl.SSLEOFError(8, "EOF")), errors.TlsError, True),
    (aiohttp.ClientConnectorError(KEY, ConnectionResetError()), errors.TlsError, True),
    (aiohttp.ClientConnectorError(KEY, ConnectionResetError(104, "reset")), errors.ConnectError, True),
    (aiohttp.ClientConnectorError(KEY, socket.gaierror(socket.EAI_NONAME, "no")), errors.NameResolutionError, False),
    (DNS_ERROR(KEY, socket.gaierror(socket.EAI_AGAIN, "no")), errors.ConnectError, True),
    (DNS_ERROR(KEY, unknown(4)), errors.NameResolutionError, False),
    (DNS_ERROR(KEY, unknown(1)), errors.NameResolutionError, False),
    (DNS_ERROR(KEY, unknown(12)), errors.ConnectError, True),
    (aiohttp.ClientProxyConnectionError(KEY, OSError(111, "refused")), errors.ConnectError, True),
    (aiohttp.ClientHttpProxyError(INFO, (), status=407, message="Auth"), errors.ConnectError, True),
    (aiohttp.ClientConnectionError("Connector is closed."), errors.ConnectError, True),
    (aiohttp.ServerDisconnectedError(), errors.ConnectError, True),
    (OSError(24, "Too many open files"), errors.ConnectError, True),
    (UnicodeError("label too long"), errors.NameResolutionError, False),
    (ValueError("Newline in headers"), errors.TransportError, False),
    (TypeError("not a str"), errors.TransportError, False),
]

AFTER: list[tuple[Exception, type[errors.SdkError]]] = [
    (aiohttp.SocketTimeoutError("late"), errors.ReadTimeout),
    (aiohttp.ServerTimeoutError("late"), errors.ReadTimeout),
    (TimeoutError(), errors.ReadTimeout),
    (aiohttp.ServerDisconnectedError(), errors.ConnectionClosed),
    (aiohttp.ClientPayloadError("not completed"), errors.ConnectionClosed),
    (aiohttp.ClientOSError(104, "reset"), errors.ConnectionClosed),
    (RESET_ERROR("Cannot write to closing transport"), errors.ConnectionClosed),
    (aiohttp.ClientConnectionError("Connection closed"), errors.ConnectionClosed),
    (ConnectionResetError(104, "reset"), errors.ConnectionClosed),
    (BrokenPipeError(32, "pipe"), errors.ConnectionClosed),
    (ssl.SSLError(1, "bad record mac"), errors.ConnectionClosed),
    (aiohttp.ClientResponseError(INFO, (), status=400, message="Bad status line"), errors.TransportError),
    (HttpProcessingError(code=400, message="no"), errors.TransportError),
    (BadHttpMessage("no"), errors.TransportError),
    (ValueError("no"), errors.TransportError),
    (RuntimeError("no"), errors.TransportError),
    (AssertionError(), errors.TransportError),
]


@pytest.mark.parametrize(("error", "expected", "retryable"), BEFORE)
def test_before_sending(error: Exception, expected: type[errors.SdkError], retryable: bool) -> None:
    """What fails before anything was written says that nothing was sent."""
    made = transport_error(error, sent=False)
    assert type(made) is expected
    assert made.maybe_sent is False
    assert made.retryable is retryable


@pytest.mark.parametrize(("error", "expected"), AFTER)
def test_after_sending(error: Exception, expected: type[errors.SdkError]) -> None:
    """What fails afterwards may have been received, and may be tried again."""
    made = transport_error(error, sent=True)
    assert type(made) is expected
    assert made.maybe_sent is True
    assert made.retryable is True


@pytest.mark.parametrize("error", [*(row[0] for row in BEFORE), *(row[0] for row in AFTER)])
@pytest.mark.parametrize("sent", [False, True])
def test_chain(error: Exception, sent: bool) -> None:
    """An error says something, can be pickled, and is caused by the operating system's error or by none."""
    made = transport_error(error, sent=sent)
    assert str(made)
    assert str(pickle.loads(pickle.dumps(made))) == str(made)
    assert made.__context__ is None
    cause = made.__cause__
    assert cause is None or (isinstance(cause, OSError) and not isinstance(cause, aiohttp.ClientError))
    assert "the-signature" not in f"{made!r} {cause!r}"


def test_own_errors() -> None:
    """An error of ours passes as it is."""
    error = errors.ConfigError("no")
    assert transport_error(error, sent=True) is error


def test_quoted_bytes() -> None:
    """The bytes that aiohttp quotes from an answer are left out."""
    quoted = aiohttp.ClientResponseError(INFO, (), status=400, message="Invalid header:\n\n  b'secret'\n    ^")
    assert "secret" not in str(transport_error(quoted, sent=True))
    inline = aiohttp.ClientPayloadError("Response payload is not completed: b'secret'")
    assert str(transport_error(inline, sent=True)) == "Response payload is not completed:"
