"""What aiohttp and the operating system raise, as errors that say whether the service may have acted."""

from __future__ import annotations

import re
import socket
import ssl

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError

from .._errors import (
    ConnectError,
    ConnectionClosed,
    ConnectTimeout,
    EndpointResolutionError,
    NameResolutionError,
    ReadTimeout,
    SdkError,
    TlsError,
    TransportError,
)

_TEXT_LIMIT = 300
_STATUS = re.compile(r"\A\d+, message:\s*")
_QUOTED_BYTES = re.compile(r"""\bb['"]""")
_NO_SUCH_NAME = frozenset(
    getattr(socket, name) for name in ("EAI_NONAME", "EAI_NODATA", "WSANO_DATA") if hasattr(socket, name)
)
_ARES_NO_SUCH_NAME = frozenset({1, 4})  # ARES_ENODATA and ARES_ENOTFOUND of https://c-ares.org/docs/ares_strerror.html


def transport_error(error: Exception, *, sent: bool) -> SdkError:
    """Our error for what sending a request raised. `sent`: whether any of the request may have been written.

    Its cause is the operating system's error, if there is one. aiohttp's are left out of the chain: some carry the
    request's headers, and with them the signature and the session token.
    """
    if isinstance(error, SdkError):
        return error
    text = words(error)
    made = _after_sending(error, text) if sent else _before_sending(error, text)
    made.__cause__ = _os_error(error)
    return made


def words(error: Exception) -> str:
    """The error's words, without the bytes that aiohttp's parser quotes from the answer."""
    text = error.message if isinstance(error, (aiohttp.ClientResponseError, HttpProcessingError)) else str(error)
    text = _QUOTED_BYTES.split(_STATUS.sub("", text, count=1).partition("\n")[0])[0].strip()
    return text[:_TEXT_LIMIT] or type(error).__name__


def _before_sending(error: Exception, text: str) -> SdkError:
    reason = getattr(error, "os_error", error)
    match error:
        case aiohttp.InvalidURL() | aiohttp.NonHttpUrlClientError():
            return EndpointResolutionError(f"not a usable URL: {text}")
        case TimeoutError():
            return ConnectTimeout(text)
        case aiohttp.ClientHttpProxyError():
            return ConnectError(f"the proxy answered {error.status}: {text}")
        case UnicodeError():
            return NameResolutionError(f"not a host name: {text}")
        case ValueError() | TypeError() if not isinstance(error, (aiohttp.ClientError, ssl.SSLError)):
            unsendable = TransportError(f"the request cannot be sent: {text}")
            unsendable.retryable = False
            return unsendable
        case _ if _is_handshake_end(reason):
            # Whether the server refused, as some do with too old or too new a client, or just went away, is not known.
            ended = TlsError(f"the connection ended during the TLS handshake: {text}")
            ended.retryable = True
            return ended
        case aiohttp.ClientSSLError() | aiohttp.ServerFingerprintMismatch() | ssl.SSLError() | ssl.CertificateError():
            return TlsError(text)
        case _ if _is_unknown_host(reason):
            return NameResolutionError(text)
        case _:
            return ConnectError(text)


def _after_sending(error: Exception, text: str) -> TransportError:
    match error:
        case TimeoutError():
            return ReadTimeout(text)
        case aiohttp.ClientResponseError() | HttpProcessingError():
            return TransportError(f"the answer is not HTTP, or too much of it: {text}", maybe_sent=True)
        case aiohttp.ClientError() | OSError():
            return ConnectionClosed(text)
        case _:
            return TransportError(f"{type(error).__name__}: {text}", maybe_sent=True)


def _is_handshake_end(reason: object) -> bool:
    if isinstance(reason, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return True
    # asyncio's own, for the end of the stream; the operating system's would have a number.
    return isinstance(reason, ConnectionResetError) and reason.errno is None


def _is_unknown_host(reason: object) -> bool:
    if isinstance(reason, socket.gaierror):
        # Any other failure of the resolver (EAI_AGAIN above all) says nothing of the name.
        return reason.errno in _NO_SUCH_NAME
    # With aiodns installed aiohttp asks it, and keeps only its words; the code is in the cause.
    cause = reason.__cause__ if isinstance(reason, OSError) else None
    return type(cause).__module__.startswith("aiodns") and bool(cause and cause.args[:1]) and _is_ares(cause)


def _is_ares(cause: BaseException | None) -> bool:
    return cause is not None and cause.args[0] in _ARES_NO_SUCH_NAME


def _os_error(error: Exception) -> OSError | None:
    reason = getattr(error, "os_error", error)
    if not isinstance(reason, OSError) or isinstance(reason, aiohttp.ClientError):
        return None
    reason.__cause__ = reason.__context__ = None
    return reason.with_traceback(None)
