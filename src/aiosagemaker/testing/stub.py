"""A transport that has no sockets, and answers as it was told."""

from __future__ import annotations

import inspect
import os
from collections import deque
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

import attrs

from .._client import BaseClient
from .._clock import Clock, Duration, seconds
from .._config.config import Config
from .._credentials.credentials import Credentials
from .._errors import ArgumentError, AttemptTimeout, ReadTimeout, SdkError, TransportError
from .._protocols.message import HttpResponse
from .._shapes.body import SizedStream
from .._shapes.maps import Headers
from .._shapes.structure import Request, Response
from ..retries import RetryConfig
from .answers import Parts, Written, transport_error, write
from .clock import FakeClock
from .recording import play, read
from .redaction import plain

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from .._config.config import ParameterValidation
    from .._http.contract import TransportRequest
    from .._shapes.namespace import Namespace
    from .._shapes.operation import Operation

ClientT = TypeVar("ClientT", bound=BaseClient)
ResponseT = TypeVar("ResponseT", bound=Response)

_CREDENTIALS = Credentials("AKIDSTUB", "stub")
_NO_FILES = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}


class UnexpectedRequestError(AssertionError):
    """The stub was asked what it has no answer for. No SdkError: what is tested shall not handle it."""


@attrs.define(eq=False)
class _Expected:
    """The answers to one request, or to all requests of one class."""

    request: Request[Any] | type[Request[Any]]
    recorded: dict[str, Any] | None = None
    """Of a recording: what of a request of this class is to be equal."""
    answers: deque[Any] = attrs.field(factory=deque[Any])
    endless: bool = True
    """Whether the last answer is given again and again."""
    repeating: bool = False
    """Whether the last answer has been given."""
    given: int = 0

    @property
    def is_used_up(self) -> bool:
        return not self.answers

    @property
    def is_left(self) -> bool:
        """Whether there is an answer that was never given."""
        return bool(self.answers) and not (self.repeating and len(self.answers) == 1)

    def is_of(self, request: Request[Any] | type[Request[Any]]) -> bool:
        """Whether these are the answers to what was named so."""
        if self.recorded is not None:
            return False
        if isinstance(self.request, type) or isinstance(request, type):
            return self.request is request
        return self.request == request

    def add(self, answers: list[Any], times: int | None) -> None:
        if self.repeating:
            self.answers.clear()
            self.repeating = False
        self.answers.extend(answers if times is None else [*answers[:-1], *answers[-1:] * times])
        self.endless = times is None

    def matches(self, request: Request[Any] | None, tokens: Sequence[str]) -> bool:
        wanted = self.request
        if isinstance(wanted, type):
            return type(request) is wanted and (self.recorded is None or self._is_recorded(request))
        if type(request) is not type(wanted):
            return False
        # A token that was left out was made by the client.
        made = {name: None for name in tokens if getattr(wanted, name) is None}
        return wanted == (attrs.evolve(request, **made) if made else request)  # type: ignore[misc]  # an attrs class

    def _is_recorded(self, request: Any) -> bool:
        # Whether or not the recording kept what is sensitive.
        return self.recorded in (plain(request), plain(request, keep_sensitive=True))

    def take(self) -> Any:
        self.given += 1
        if len(self.answers) > 1 or not self.endless:
            return self.answers.popleft()
        self.repeating = True
        return self.answers[0]

    def __str__(self) -> str:
        name = f"any {self.request.__name__}" if isinstance(self.request, type) else repr(self.request)
        if self.recorded is not None and isinstance(self.request, type):
            name = f"{self.request.__name__} {self.recorded}"
        return f"{name} (given so far: {self.given}{', used up' if self.is_used_up else ''})"


class Stub:
    """Takes the place of the service for any number of clients: give it to them as `Config.transport`, or let it make
    them. All that a client does is done, up to the bytes that would be sent and from the bytes that would come.

    Not stubbed: streams both ways, which are no matter of a transport, and what goes to other services than the
    client's own.
    """

    requests: list[Any]
    """The request objects that came, in order, one for each attempt: an attempt that failed was sent too. Tokens that
    the client made are in them."""
    unexpected: list[Any]
    """Those that there was no answer for."""
    clock: Clock
    """The time of its clients, and of `latency`."""

    def __init__(self, *, clock: Clock | None = None, validation: ParameterValidation = "strict") -> None:
        """
        Args:
            clock: default a FakeClock, by which nothing takes time.
            validation: what an answer is held to: every constraint of the model (`strict`, the default), those that
                a request is held to (`standard`), or none.
        """
        self.clock = FakeClock() if clock is None else clock
        self.requests = []
        self.unexpected = []
        self._validation: ParameterValidation = validation
        self._expected: list[_Expected] = []

    @classmethod
    def from_file(cls, path: str | os.PathLike[str], *, clock: Clock | None = None) -> Self:
        """A stub that answers as a Recorder's file says: each request that was recorded, as often as it was.

        What the file does not have of a request, because it is sensitive, may be anything.

        Raises:
            ArgumentError: it is no such file.
            OSError: it cannot be read.
        """
        stub = cls(clock=clock, validation="off")
        for exchange in read(path):
            _, asked, request, answer = play(exchange)
            known = next((e for e in stub._expected if e.request is asked and e.recorded == request), None)
            if known is None:
                known = _Expected(asked, recorded=request, endless=False)
                stub._expected.append(known)
            known.answers.append((answer, 0.0))
        return stub

    def answer(
        self,
        request: Request[ResponseT] | type[Request[ResponseT]],
        *answers: ResponseT
        | SdkError
        | type[SdkError]
        | Parts
        | Callable[[Any], ResponseT | SdkError | type[SdkError] | Parts | Awaitable[Any]]
        | None,
        times: int | None = None,
        latency: Duration = 0.0,
    ) -> None:
        """Answer a request, or any of a class, with these, one after another; what was said before and was not given
        yet comes first.

        A request that was named as a whole is looked for before its class. The last answer is given again and again,
        unless `times` says how often.

        Args:
            request: what is answered.
            answers: a response, an error (a class or an instance), Parts, or a function of the request that returns
                one of these or raises. None, or none at all, is an empty response.
            times: how often the last of them is given; None, the default, is without end.
            latency: before the answer begins, in seconds or a timedelta, by `clock`. Above `TimeoutConfig.read` or
                `TimeoutConfig.attempt` it is that timeout.

        Raises:
            ParamValidationError: the model does not allow an answer.
            ArgumentError: what is given is no answer to this request.
        """
        cls: type[Any] = request if isinstance(request, type) else request.__class__
        if Request not in cls.__mro__:
            raise ArgumentError(f"a stub answers requests, not {cls.__name__}")
        namespace, operation = _operation(cls)
        played = [self._played(namespace, operation, answer, seconds(latency)) for answer in answers or (None,)]
        known = next((each for each in self._expected if each.is_of(request)), None)
        if known is None:
            known = _Expected(request)
            self._expected.append(known)
        known.add(played, times)

    def _played(self, namespace: Namespace, operation: Operation, answer: Any, latency: float) -> Any:
        if callable(answer) and not isinstance(answer, (type, Response)):
            return answer, latency
        return write(namespace, operation, answer, self._validation), latency

    def config(self, **overrides: Any) -> Config:
        """What its clients are made with: this transport and clock, a region, credentials that open nothing, and the
        retry strategy's defaults. `overrides` are Config's fields."""
        return Config(
            region="us-east-1",
            credentials=_CREDENTIALS,
            ignore_configured_endpoint_urls=True,
            retry=RetryConfig(),
            clock=self.clock,
            transport=self,
        ).merge(**overrides)

    def client(self, cls: type[ClientT], config: Config | None = None, **overrides: Any) -> ClientT:
        """A client of this stub. What `config` and `overrides` do not say, `config()` does; the environment and the
        configuration files have no say, unless a profile is among them."""
        given = {} if config is None else config.given()
        client = cls(self.config(**{**given, **overrides, "transport": self}))
        if client._session.given.profile is None:
            client._session.be_alone(_NO_FILES)
        return client

    def check(self) -> None:
        """Raises AssertionError if a request was unexpected, or if an answer was never given."""
        asked = [f"unexpected: {request!r}" for request in self.unexpected]
        left = [f"not asked for: {each}" for each in self._expected if each.is_left]
        if asked or left:
            raise AssertionError("\n".join(("the stub was not used as was expected:", *asked, *left)))

    async def send(self, request: TransportRequest, /) -> HttpResponse:
        """See `aiosagemaker.Transport`."""
        written = await self._answer(request)
        if written.streams:
            raise ArgumentError(f"{request.operation} streams its answer")
        return written.head

    async def open(self, request: TransportRequest, /) -> StubbedResponse:
        """See `aiosagemaker.Transport`."""
        return StubbedResponse(await self._answer(request), self.clock)

    async def close(self) -> None:
        """Nothing is open."""

    async def _answer(self, request: TransportRequest) -> Written:
        asked = cast("Request[Any]", request.input)
        request.sign()
        request.sent = True
        if isinstance(request.body, SizedStream):
            async for _ in request.body:
                pass
        self.requests.append(asked)
        expected = self._find(asked, request)
        answer, latency = expected.take()
        await self._wait(request, latency)
        namespace, operation = _operation(type(asked))
        if not isinstance(answer, (Written, TransportError)):
            try:
                answer = answer(asked)
                if inspect.isawaitable(answer):
                    answer = await answer
            except SdkError as error:
                answer = error
            answer = write(namespace, operation, answer, self._validation)
        if isinstance(answer, TransportError):
            request.sent = answer.maybe_sent
            raise transport_error(answer)
        head = answer.head
        named = {"x-amzn-requestid": f"stub-{len(self.requests)}"}
        return answer._replace(head=HttpResponse(head.status, Headers({**named, **head.headers}), head.body))

    def _find(self, asked: Request[Any] | None, request: TransportRequest) -> _Expected:
        tokens: Sequence[str] = () if asked is None else _operation(type(asked))[1].tokens
        found = [each for each in self._expected if not each.is_used_up and each.matches(asked, tokens)]
        if found:
            return min(found, key=lambda each: isinstance(each.request, type))
        self.unexpected.append(asked)
        shown = repr(asked) if asked is not None else f"{request.method} {request.url}"
        expected = "\n".join(f"  {each}" for each in self._expected) or "  nothing"
        raise UnexpectedRequestError(f"no answer is stubbed for\n  {shown}\nwhat was expected:\n{expected}")

    async def _wait(self, request: TransportRequest, latency: float) -> None:
        if not latency:
            return
        limits = request.timeouts
        if limits.read is not None and latency > limits.read and limits.read <= (limits.attempt or limits.read):
            await self.clock.sleep(limits.read)
            raise ReadTimeout(f"nothing came for {limits.read:g} s", maybe_sent=True)
        if limits.attempt is not None and latency > limits.attempt:
            await self.clock.sleep(limits.attempt)
            raise AttemptTimeout(f"the attempt took longer than {limits.attempt:g} s", maybe_sent=True)
        await self.clock.sleep(latency)


class StubbedResponse:
    """An answer whose head has come; its parts follow as they were told."""

    head: HttpResponse
    """Without the body."""

    def __init__(self, written: Written, clock: Clock) -> None:
        head = written.head
        self.head = HttpResponse(head.status, head.headers)
        self._body = head.body
        self._delay = written.delay
        self._clock = clock
        self._parts = deque([*([head.body] if head.body else ()), *written.parts])
        self._closed = False

    async def read(self) -> HttpResponse:
        """The complete answer."""
        self.close()
        return HttpResponse(self.head.status, self.head.headers, self._body)

    async def chunk(self) -> bytes:
        """The next part; none after the last."""
        if self._closed:
            raise TransportError("the answer is closed", maybe_sent=True)
        if not self._parts:
            return b""
        if self._delay:
            await self._clock.sleep(self._delay)
        part = self._parts.popleft()
        if isinstance(part, TransportError):
            raise transport_error(part)
        return cast("bytes", part)

    def close(self) -> None:
        """Nothing more is read."""
        self._closed = True


def _operation(cls: type[Request[Any]]) -> tuple[Namespace, Operation]:
    namespace: Any = cls.__namespace__
    return namespace, namespace.operation(cls.__operation__)
