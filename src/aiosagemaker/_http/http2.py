"""HTTP/2 (RFC 9113) for streams that go both ways, over asyncio and `h2`.

A connection carries several streams. What a stream receives is acknowledged as it is taken, so that a slow reader
slows its server; what it sends waits for the server's windows.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .._errors import ConfigError, ConnectionClosed, ConnectTimeout, ReadTimeout, SdkError, TlsError
from .http2_stream import Http2Stream
from .proxies import NO_PROXY
from .tunnel import tunnel

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    import h2.connection
    import h2.events

    from .proxies import Proxy

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
"""What a client begins a connection with (RFC 9113, 3.4)."""
_FRAME_HEAD = 9
_GOAWAY = 0x7
_MAX_FRAME = 16_384
"""What a peer may send in one frame unless we allow more (RFC 9113, 6.5.2), which we do not."""
_WINDOW = 1024 * 1024
"""How much a server may have on its way to one stream, in bytes, before it is taken."""
_CANCEL, _NO_ERROR, _REFUSED_STREAM = 0x8, 0x0, 0x7
_HIGH_WATER = 256 * 1024


class Http2Connection(asyncio.Protocol):
    """A connection, made by `connect`."""

    def __init__(self, read_timeout: float | None, accept: Callable[[Http2Stream], object] | None = None) -> None:
        """`accept` makes this the server's side: it is called with each request, whose head has come."""
        self._read_timeout = read_timeout
        self._accept = accept
        self._preface = 0 if accept is None else len(PREFACE)
        self._h2 = _engine(client=accept is None)
        self._transport: asyncio.Transport | None = None
        self._streams: dict[int, Http2Stream] = {}
        self._begun = bytearray()
        self._failure: SdkError | None = None
        self._going_away = False
        self._writable = asyncio.Event()
        self._writable.set()
        self._lost = asyncio.Event()
        self._frames = 0

    @classmethod
    async def connect(
        cls,
        host: str,
        port: int,
        *,
        tls: ssl.SSLContext | None,
        timeout: float | None,
        read_timeout: float | None,
        proxy: Proxy = NO_PROXY,
        proxy_tls: ssl.SSLContext | None = None,
    ) -> Http2Connection:
        """Open a connection; `tls` must offer `h2` by ALPN, `proxy_tls` is for the way to the proxy alone.

        Times are in seconds, None for no limit.

        Raises:
            ConfigError: the package `h2` is not installed.
            ConnectError: there is no connection, or the server does not speak HTTP/2.
        """
        from .failures import transport_error

        self = cls(read_timeout)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                if proxy[0] is None:
                    transport, _ = await loop.create_connection(lambda: self, host, port, ssl=tls)
                else:
                    transport, arrivals = await tunnel(proxy, host, port, tls, outer=proxy_tls)
                    arrivals.hand_over(transport, self)
        except TimeoutError as error:
            raise ConnectTimeout(
                f"no connection to {host}:{port} within {timeout:g} s (TimeoutConfig.connect)"
            ) from error
        except OSError as error:
            raise transport_error(error, sent=False) from error
        if tls is not None:
            spoken = transport.get_extra_info("ssl_object").selected_alpn_protocol()
            if spoken != "h2":
                transport.close()
                raise TlsError(f"{host}:{port} does not speak HTTP/2 (ALPN: {spoken or 'nothing'})")
        return self

    @property
    def usable(self) -> bool:
        """Whether another stream may be opened."""
        return (
            self._failure is None
            and not self._going_away
            and self._h2.open_outbound_streams < self._h2.remote_settings.max_concurrent_streams
        )

    @property
    def busy(self) -> bool:
        """Whether a stream is open."""
        return bool(self._streams)

    def open(self, headers: list[tuple[str, str]]) -> Http2Stream:
        """Begin a request, whose body follows."""
        if self._failure is not None:
            raise self._failure
        number = self._h2.get_next_available_stream_id()
        self._h2.send_headers(number, headers)
        stream = self._streams[number] = Http2Stream(self, number)
        self._flush()
        return stream

    def respond(self, number: int, headers: list[tuple[str, str]]) -> None:
        """Send the head of an answer."""
        self._h2.send_headers(number, headers)
        self._flush()

    def room(self, number: int) -> int:
        """How many bytes the server takes now, in one frame."""
        return min(self._h2.local_flow_control_window(number), self._h2.max_outbound_frame_size)

    def send(self, number: int, data: memoryview) -> None:
        """Send one frame of data."""
        self._h2.send_data(number, bytes(data))
        self._flush()

    def end(self, number: int) -> None:
        """Half-close a stream."""
        self._h2.end_stream(number)
        self._flush()

    def acknowledge(self, number: int, flow: int) -> None:
        """Open the windows again by what was taken."""
        if self._failure is None and flow:
            self._h2.acknowledge_received_data(flow, number)
            self._flush()

    def forget(self, number: int, *, reset: bool) -> None:
        """Take a stream out, with RST_STREAM if the server may still think it open."""
        import h2.exceptions

        if self._streams.pop(number, None) is None or self._failure is not None:
            return
        if reset:
            with suppress(h2.exceptions.StreamClosedError):  # the server may have been faster
                self._h2.reset_stream(number, _CANCEL)
            self._flush()
        if self._going_away and not self._streams:
            self._close()

    async def drain(self) -> None:
        """Wait until what was sent has left, more or less."""
        if not self._writable.is_set():
            await self.wait(self._writable, "the server takes no bytes")
        if self._failure is not None:
            raise self._failure

    async def wait(self, event: asyncio.Event, silence: str) -> None:
        """Wait for an event, for as long as `read` allows; a PING tells a dead connection from a silent model."""
        if self._read_timeout is None:
            await event.wait()
            return
        half = self._read_timeout / 2
        try:
            async with asyncio.timeout(half):
                await event.wait()
            return
        except TimeoutError:
            seen = self._frames
            self._ping()
        try:
            async with asyncio.timeout(half):
                await event.wait()
        except TimeoutError:
            dead = "; the connection is dead: a PING was not answered" if self._frames == seen else ""
            raise ReadTimeout(f"{silence} for {self._read_timeout:g} s (TimeoutConfig.read){dead}") from None

    async def close(self) -> None:
        """Close the connection, and with it every stream."""
        self._fail(ConnectionClosed("the connection was closed"))
        self._close()
        await self._lost.wait()

    # asyncio's callbacks

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=_HIGH_WATER)
        self._h2.initiate_connection()
        # The connection's own window begins at 65,535 bytes whatever the settings say (RFC 9113, 6.9.2).
        self._h2.increment_flow_control_window(8 * _WINDOW)
        self._flush()

    def data_received(self, data: bytes) -> None:
        import h2.exceptions

        self._frames += 1
        try:
            for event in self._h2.receive_data(self._without_goaway(data)):
                self._handle(event)
        except (h2.exceptions.ProtocolError, ValueError) as error:
            self._fail(ConnectionClosed(f"the server broke the rules of HTTP/2: {error}", maybe_sent=True))
            self._flush()
            self._close()
            return
        self._flush()
        if self._going_away and not self._streams:
            self._close()

    def connection_lost(self, exc: Exception | None) -> None:
        reason = f": {exc}" if exc else ""
        self._fail(ConnectionClosed(f"the server closed the connection{reason}", maybe_sent=True))
        self._writable.set()
        self._lost.set()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def _without_goaway(self, data: bytes) -> bytes:
        """The frames without GOAWAY, after which h2 would take no more; the server may go on with what it has begun."""
        self._begun += data
        at = min(self._preface, len(self._begun))
        kept = self._begun[:at]
        self._preface -= at
        while len(self._begun) - at >= _FRAME_HEAD:
            length = int.from_bytes(self._begun[at : at + 3], "big")
            end = at + _FRAME_HEAD + length
            if length > _MAX_FRAME:
                raise ValueError(f"a frame of {length} bytes, where {_MAX_FRAME} are allowed")
            if end > len(self._begun):
                break
            if self._begun[at + 3] == _GOAWAY:
                self._go_away(bytes(self._begun[at + _FRAME_HEAD : end]))
            else:
                kept += self._begun[at:end]
            at = end
        del self._begun[:at]
        return bytes(kept)

    def _go_away(self, payload: bytes) -> None:
        if len(payload) < 8:
            raise ValueError("a GOAWAY that is too short")
        last, code = int.from_bytes(payload[:4], "big") & 0x7FFFFFFF, int.from_bytes(payload[4:8], "big")
        self._going_away = True
        words = f"the server is going away ({_code(code)})"
        for number, stream in list(self._streams.items()):
            if number > last:
                stream.fail(ConnectionClosed(f"{words} and did not look at the request", maybe_sent=False))
        if code != _NO_ERROR:
            self._fail(ConnectionClosed(words, maybe_sent=True))

    def _handle(self, event: h2.events.Event) -> None:
        import h2.events

        number: int | None = getattr(event, "stream_id", None)
        stream = self._streams.get(number or 0)
        if isinstance(event, h2.events.RequestReceived) and self._accept is not None and number is not None:
            asked: Any = event.headers
            stream = self._streams[number] = Http2Stream(self, number, serves=True)
            stream.received_head(asked)
            self._accept(stream)
        elif isinstance(event, h2.events.ResponseReceived):
            if stream is not None:
                headers: Any = event.headers
                stream.received_head(headers)
        elif isinstance(event, h2.events.DataReceived):
            if stream is not None:
                stream.received(event.data or b"", event.flow_controlled_length or 0)
            elif event.flow_controlled_length and number is not None:
                # Of a stream that was left: only the connection's window still counts it.
                self._h2.acknowledge_received_data(event.flow_controlled_length, number)
        elif isinstance(event, h2.events.StreamEnded):
            if stream is not None:
                stream.received_end()
        elif isinstance(event, h2.events.StreamReset):
            if stream is not None:
                self._reset(stream, int(event.error_code or 0))
        elif isinstance(event, h2.events.WindowUpdated):
            for each in [stream] if stream is not None else [] if number else self._streams.values():
                each.window_opened()
        elif isinstance(event, h2.events.RemoteSettingsChanged):
            for each in self._streams.values():
                each.window_opened()

    def _reset(self, stream: Http2Stream, code: int) -> None:
        if code == _NO_ERROR:
            # RFC 9113, 8.1: the answer is complete, and the rest of the request is not wanted.
            stream.received_end()
            return
        refused = code == _REFUSED_STREAM
        stream.fail(ConnectionClosed(f"the server reset the stream ({_code(code)})", maybe_sent=not refused))

    def _ping(self) -> None:
        if self._failure is None:
            self._h2.ping(b"aiosgmkr")
            self._flush()

    def _flush(self) -> None:
        data = self._h2.data_to_send()
        if data and self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def _fail(self, failure: SdkError) -> None:
        if self._failure is None:
            self._failure = failure
        for stream in list(self._streams.values()):
            stream.fail(failure)

    def _close(self) -> None:
        if self._transport is not None:
            self._transport.close()


def _engine(*, client: bool) -> h2.connection.H2Connection:
    try:
        import h2.config
        import h2.connection
        import h2.settings
    except ImportError as error:
        raise ConfigError("streams both ways need the package h2: pip install 'aiosagemaker[http2]'") from error
    config = h2.config.H2Configuration(client_side=client, header_encoding="utf-8")
    connection = h2.connection.H2Connection(config)
    codes = h2.settings.SettingCodes
    connection.local_settings = h2.settings.Settings(
        client=client,
        initial_values={codes.ENABLE_PUSH: 0, codes.INITIAL_WINDOW_SIZE: _WINDOW, codes.MAX_FRAME_SIZE: _MAX_FRAME},
    )
    return connection


def _code(code: int) -> str:
    import h2.errors

    try:
        return h2.errors.ErrorCodes(code).name
    except ValueError:
        return f"error code {code}"
