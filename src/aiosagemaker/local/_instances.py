"""An instance: one running model server, and what it is asked and answers.

The contract is https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html.
"""

from __future__ import annotations

import asyncio
import secrets
import traceback
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import attrs

PING_INTERVAL = 0.02
"""The real seconds between two pings of a server that is starting."""
STARTUP_TIMEOUT = 600
"""The seconds that a container has to answer its ping where the variant does not say."""
STOP_GRACE = 30
"""The seconds between SIGTERM and SIGKILL: "it sends the SIGKILL signal thirty seconds later"."""


@attrs.frozen(kw_only=True)
class ModelRequest:
    """What a model is asked."""

    body: bytes
    content_type: str | None = None
    accept: str | None = None
    custom_attributes: str | None = None
    inference_id: str | None = None
    session_id: str | None = None
    target_model: str | None = None
    """The model of a multi-model endpoint, as the caller named it."""
    target_container: str | None = None
    """The container of a pipeline that is invoked directly."""
    path: str = "/invocations"
    """Where a server is asked. Another one for OpenAI's route."""
    environment: Mapping[str, str] = attrs.field(factory=dict[str, str])
    """What a container would find in its environment."""

    @property
    def headers(self) -> dict[str, str]:
        """What a server is sent beside the body."""
        given = {
            "Content-Type": self.content_type,
            "Accept": self.accept,
            "X-Amzn-SageMaker-Custom-Attributes": self.custom_attributes,
            "X-Amzn-SageMaker-Inference-Id": self.inference_id,
            "X-Amzn-SageMaker-Session-Id": self.session_id,
            "X-Amzn-SageMaker-Target-Model": self.target_model,
        }
        return {name: value for name, value in given.items() if value is not None}


@attrs.frozen
class ModelResponse:
    """What a model answers: its body, whole or in pieces."""

    body: bytes | AsyncIterator[bytes]
    content_type: str | None = "application/octet-stream"
    status: int = 200
    custom_attributes: str | None = None
    new_session_id: str | None = None
    """The session that the model opened, with its `; Expires=` where there is one."""
    closed_session_id: str | None = None
    """The session that the model closed."""
    container: str = "primary"
    """The container that answered."""

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """The body's pieces, as they come. Close it if it is not read to its end."""
        if isinstance(self.body, bytes):
            yield self.body
            return
        close: Callable[[], Awaitable[None]] | None = getattr(self.body, "aclose", None)
        try:
            async for chunk in self.body:
                yield chunk
        finally:
            if close is not None:
                await close()

    async def read(self) -> bytes:
        """The whole body."""
        return b"".join([chunk async for chunk in self.chunks()])


class Part(NamedTuple):
    """A part of a stream that goes both ways."""

    data: bytes
    text: bool = False
    """Whether it is text: a WebSocket's text frame, and the DataType UTF8."""


ModelHandler = Callable[[ModelRequest], Awaitable[ModelResponse | bytes]]
"""A model server in this process. One with an attribute `ping`, an async callable without arguments, is ready when that
returns true, and has failed to start when it raises. One with an attribute `converse` takes streams both ways: called
with the request and an async iterator of parts, it returns an async iterator of parts."""
Image = Sequence[str] | ModelHandler
"""What stands for a container image: a command, or a handler."""


class StartFailed(Exception):
    """An instance did not come up; the text is for FailureReason."""


class ModelUnreachable(Exception):
    """The model server gave no answer, or not all of one."""


class Instance(Protocol):
    """One running model server."""

    id: str
    """As EC2 would name it."""
    gone: asyncio.Event
    """Set when it has ended, by itself or because it was stopped."""

    async def start(self, timeout: float) -> None:
        """Returns when the ping is answered. Raises StartFailed after `timeout` real seconds, or at its end."""
        ...

    async def ping(self) -> bool:
        """Whether it is well."""
        ...

    async def invoke(self, request: ModelRequest) -> ModelResponse:
        """The model's answer, whatever its status. Raises ModelUnreachable for none."""
        ...

    async def stop(self, grace: float) -> None:
        """Ask it to end, and end it after `grace` real seconds. Returns when nothing of it is left running.

        May be called again while it is at work; the shortest time holds.
        """
        ...


Log = Callable[[str], None]
"""Takes a line that an instance wrote."""


def instance_id() -> str:
    """An identifier as EC2 gives its instances."""
    return f"i-{secrets.token_hex(8)}0"


class HandlerInstance:
    """A model server in this process."""

    def __init__(self, handler: ModelHandler, environment: Mapping[str, str], own: str, log: Log) -> None:
        self.id: str = own
        self.gone: asyncio.Event = asyncio.Event()
        self._handler = handler
        self._environment = environment
        self._log = log

    async def start(self, timeout: float) -> None:
        """Ask its `ping`, if it has one, until it is ready."""
        try:
            async with asyncio.timeout(timeout):
                while not await self._asked():  # noqa: ASYNC110  # it is the model's to answer, not an event of ours
                    await asyncio.sleep(PING_INTERVAL)
        except TimeoutError as error:
            raise StartFailed("the ping was not answered in time") from error
        except Exception as error:  # a handler is a user's code: whatever it raises is a container that died
            self._log(traceback.format_exc())
            raise StartFailed(f"{type(error).__name__}: {error}") from error

    async def _asked(self) -> bool:
        ping: Callable[[], Awaitable[Any]] | None = getattr(self._handler, "ping", None)
        return ping is None or bool(await ping())

    async def ping(self) -> bool:
        """Whether its `ping` says so; one without is always well."""
        try:
            return await self._asked()
        except Exception:  # as above
            self._log(traceback.format_exc())
            return False

    async def invoke(self, request: ModelRequest) -> ModelResponse:
        """What the handler returns; what it raises is a 500, as a web framework around it would answer."""
        return await self.invoke_in(request, {})

    async def invoke_in(self, request: ModelRequest, environment: Mapping[str, str]) -> ModelResponse:
        """The same, with more in the environment."""
        try:
            answer = await self._handler(attrs.evolve(request, environment={**self._environment, **environment}))
        except Exception as error:  # as above
            self._log(traceback.format_exc())
            return ModelResponse(f"{type(error).__name__}: {error}".encode(), "text/plain", 500)
        return ModelResponse(answer) if isinstance(answer, bytes) else answer

    async def converse(self, request: ModelRequest, parts: AsyncIterator[Part]) -> AsyncGenerator[Part, None]:
        """What the handler's `converse` gives."""
        converse = getattr(self._handler, "converse", None)
        if converse is None:
            raise ModelUnreachable("the model takes no streams both ways: its handler has no `converse`")
        try:
            async for part in converse(attrs.evolve(request, environment=self._environment), parts):
                yield part
        except Exception as error:  # as above
            self._log(traceback.format_exc())
            raise ModelUnreachable(f"{type(error).__name__}: {error}") from error

    async def stop(self, grace: float) -> None:
        """Nothing of it runs beside the calls that are under way."""
        self.gone.set()
