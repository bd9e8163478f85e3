"""What a call hands to its transport, and what it gets back. Whatever keeps to this can take the transport's place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from yarl import URL

    from .._config.config import TimeoutConfig
    from .._protocols.message import HttpResponse
    from .._shapes.body import Body


class TransportRequest:
    """One attempt of a call. Its repr, which a traceback's reader may see, has nothing secret.

    In order, a transport: gets a connection, and says in `waiting_for` what that waits for; calls `sign`, once; sets
    `sent`, at the latest when bytes may have left; sends.
    """

    __slots__ = (
        "answers_freely",
        "body",
        "headers",
        "input",
        "method",
        "operation",
        "sent",
        "sign",
        "timeouts",
        "url",
        "waiting_for",
    )

    method: str
    url: URL
    """Absolute and percent-encoded: it is sent as it is."""
    headers: Mapping[str, str]
    """Without a signature; what `sign` returns replaces them."""
    body: Body
    timeouts: TimeoutConfig
    """`connect` and `read` are the transport's to keep; `attempt` and `operation` are kept by the call."""
    answers_freely: bool
    """Whether the answer is as large as a model makes it (`HttpConfig.max_response_size`), and not a document of the
    service's own (`max_document_size` too)."""
    sent: bool
    """Whether the service may have received any of it: also true after an error, and after a cancellation."""
    waiting_for: str
    """What there is no connection for yet, such as "a free connection: all 100 (HttpConfig.max_connections) are in
    use"; empty before. An OperationTimeout says it of what is not `sent`."""

    operation: str
    """Which operation of the service it is, such as `DescribeEndpoint`."""
    input: Any
    """The typed request that was written as `method`, `url`, `headers` and `body`."""
    sign: Callable[[], Mapping[str, str]]
    """The headers to send. Called once, when a connection is at hand: the attempt's time begins with it."""

    def __init__(
        self,
        method: str,
        url: URL,
        headers: Mapping[str, str],
        body: Body,
        timeouts: TimeoutConfig,
        sign: Callable[[], Mapping[str, str]],
        *,
        answers_freely: bool = True,
        operation: str = "",
        input: Any = None,
    ) -> None:
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeouts = timeouts
        self.answers_freely = answers_freely
        self.sent = False
        self.waiting_for = ""
        self.sign = sign
        self.operation = operation
        self.input = input

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.method} {self.url.scheme}://{self.url.host} sent={self.sent}>"


class OpenResponse(Protocol):
    """An answer whose head has come. It holds its connection until it is closed."""

    @property
    def head(self) -> HttpResponse:
        """The status and the headers, without the body."""
        ...

    async def read(self) -> HttpResponse:
        """The complete answer, which is then closed. Raises as `Transport.send` does."""
        ...

    async def chunk(self) -> bytes:
        """The next bytes of the body, at least one; none once it has ended as it should. Raises TransportError."""
        ...

    def close(self) -> None:
        """Let go of the connection. May be called again."""
        ...


class Sender(Protocol):
    """What a call needs of a transport, or of what stands before one."""

    async def send(self, request: TransportRequest, /) -> HttpResponse:
        """One request and its complete answer.

        Raises:
            TransportError: there is no complete answer.
            ResponseParseError: a 2xx answer whose body is too large, or cannot be decoded.
            ConfigError: the URL, the proxy or a file that the connection needs is not usable.
            ClientClosedError: the transport is closed.
        """
        ...


class Transport(Sender, Protocol):
    """The connections of one client."""

    async def open(self, request: TransportRequest, /) -> OpenResponse:
        """One request and the head of its answer. Raises as `send` does, as far as the head goes."""
        ...

    async def close(self) -> None:
        """Close every connection. An answer that is being read ends in an error."""
        ...
