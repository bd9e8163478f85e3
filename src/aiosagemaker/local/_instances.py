"""An instance: one running model server, a process or a handler in this one.

The contract is https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import aiohttp
import attrs

if TYPE_CHECKING:
    from ._pace import Pace

GUARD = Path(__file__).with_name("_guard.py")
PING_INTERVAL = 0.02
"""The real seconds between two pings of a server that is starting."""
TAIL_BYTES = 4096
TAIL_LINES = 10
STARTUP_TIMEOUT = 600
"""The seconds that a container has to answer its ping where the variant does not say."""


@attrs.frozen(kw_only=True)
class ModelRequest:
    """What a model is asked."""

    body: bytes
    content_type: str | None = None
    accept: str | None = None
    custom_attributes: str | None = None
    environment: Mapping[str, str] = attrs.field(factory=dict[str, str])
    """What a container would find in its environment."""


@attrs.frozen
class ModelResponse:
    """What a model answers: its body, whole or in pieces."""

    body: bytes | AsyncIterator[bytes]
    content_type: str | None = "application/octet-stream"
    status: int = 200
    custom_attributes: str | None = None

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


Handler = Callable[[ModelRequest], Awaitable[ModelResponse | bytes]]
"""A model server in this process. One with an attribute `ping`, an async callable without arguments, is ready when that
returns true, and has failed to start when it raises."""
Image = Sequence[str] | Handler
"""What stands for a container image: a command, or a handler."""


class StartFailed(Exception):
    """An instance did not come up; the text is for FailureReason."""


class ModelUnreachable(Exception):
    """The model server gave no answer, or not all of one."""


class Instance(Protocol):
    """One running model server."""

    async def start(self, timeout: float) -> None:
        """Returns when the ping is answered. Raises StartFailed after `timeout` real seconds, or at its end."""
        ...

    async def invoke(self, request: ModelRequest) -> ModelResponse:
        """The model's answer, whatever its status. Raises ModelUnreachable for none."""
        ...

    async def stop(self) -> None:
        """Returns when nothing of it is left running."""
        ...


@attrs.frozen(kw_only=True)
class Launcher:
    """Makes the instances of one image."""

    image: Image
    environment: Mapping[str, str]
    session: aiohttp.ClientSession
    running: set[Instance]
    """Where the instances that may have processes are kept, so that closing the service finds every one."""

    def launch(self) -> Instance:
        """An instance, not started yet."""
        if callable(self.image):
            return HandlerInstance(self.image, self.environment)
        return ProcessInstance(self.image, self)


class HandlerInstance:
    """A model server in this process."""

    def __init__(self, handler: Handler, environment: Mapping[str, str]) -> None:
        self._handler = handler
        self._environment = environment

    async def start(self, timeout: float) -> None:
        ping: Callable[[], Awaitable[Any]] | None = getattr(self._handler, "ping", None)
        if ping is None:
            return
        try:
            async with asyncio.timeout(timeout):
                while not await ping():  # noqa: ASYNC110  # it is the model's to answer, not an event of ours
                    await asyncio.sleep(PING_INTERVAL)
        except TimeoutError as error:
            raise StartFailed("the ping was not answered in time") from error
        except Exception as error:  # a handler is a user's code: whatever it raises is a container that died
            raise StartFailed(f"{type(error).__name__}: {error}") from error

    async def invoke(self, request: ModelRequest) -> ModelResponse:
        try:
            answer = await self._handler(attrs.evolve(request, environment=self._environment))
        except Exception as error:  # as above: a web framework around it would answer 500
            return ModelResponse(f"{type(error).__name__}: {error}".encode(), "text/plain", 500)
        return ModelResponse(answer) if isinstance(answer, bytes) else answer

    async def stop(self) -> None:
        return


class ProcessInstance:
    """A model server in a process of its own."""

    def __init__(self, command: Sequence[str], launcher: Launcher) -> None:
        self._command = command
        self._environment = launcher.environment
        self._session = launcher.session
        self._running = launcher.running
        self._url = ""
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._tail = b""

    async def start(self, timeout: float) -> None:
        self._running.add(self)
        self._tail = b""
        creating = asyncio.create_task(self._create())
        try:
            # Called off in the middle of it, the process would be there and nobody would know it.
            await asyncio.shield(creating)
            async with asyncio.timeout(timeout):
                await self._until_ready()
        except TimeoutError as error:
            await self.stop()
            raise StartFailed(f"the ping was not answered in time. {self._output()}") from error
        except OSError as error:
            await self.stop()
            raise StartFailed(f"the process could not be started: {error}") from error
        except BaseException:
            await asyncio.wait([creating])
            await self.stop()
            raise

    async def _create(self) -> None:
        port = _free_port()
        self._url = f"http://127.0.0.1:{port}"
        # A container does not have its host's credentials.
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", str(GUARD), *self._command),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**inherited, **self._environment, "SAGEMAKER_BIND_TO_PORT": str(port)},
            # Ctrl-C reaches the service alone, which then ends its instances in order.
            start_new_session=True,
        )
        self._reader = asyncio.create_task(self._read(self._process))

    async def _until_ready(self) -> None:
        while not await self._ping():
            if self._process is not None and self._process.returncode is not None and self._reader is not None:
                await self._reader
                code = self._process.returncode
                raise StartFailed(f"the process ended with exit code {code}. {self._output()}")
            await asyncio.sleep(PING_INTERVAL)

    async def _ping(self) -> bool:
        try:
            async with self._session.get(f"{self._url}/ping", timeout=aiohttp.ClientTimeout(total=2)) as answer:
                return answer.status == 200
        except (aiohttp.ClientError, OSError):
            return False

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        output = process.stdout
        while output is not None and (chunk := await output.read(TAIL_BYTES)):
            self._tail = (self._tail + chunk)[-TAIL_BYTES:]

    def _output(self) -> str:
        lines = self._tail.decode(errors="replace").splitlines()[-TAIL_LINES:]
        return "Its last output: " + "\n".join(lines) if lines else "It printed nothing."

    async def invoke(self, request: ModelRequest) -> ModelResponse:
        given = {
            "Content-Type": request.content_type,
            "Accept": request.accept,
            "X-Amzn-SageMaker-Custom-Attributes": request.custom_attributes,
        }
        headers = {name: value for name, value in given.items() if value is not None}
        try:
            answer = await self._session.post(f"{self._url}/invocations", data=request.body, headers=headers)
        except (aiohttp.ClientError, OSError) as error:
            raise ModelUnreachable(f"{error}. {self._output()}") from error
        return ModelResponse(
            _chunks(answer),
            answer.headers.get("Content-Type"),
            answer.status,
            answer.headers.get("X-Amzn-SageMaker-Custom-Attributes"),
        )

    async def stop(self) -> None:
        # May be called again while it is at work: whoever calls it last still waits for the end.
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            await self._process.wait()
        if self._reader is not None:
            await self._reader
        self._running.discard(self)


async def _chunks(answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer.content.iter_any():
            yield chunk
    except (aiohttp.ClientError, OSError) as error:
        raise ModelUnreachable(f"the answer ended early: {error}") from error
    finally:
        answer.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def startup_limit(pace: Pace, timeout: int | None) -> float:
    """The real seconds that a container has to answer its ping."""
    return pace.limit(timeout or STARTUP_TIMEOUT)
