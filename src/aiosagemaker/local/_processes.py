"""A model server in a process of its own, under a guard that ends it and all that it started."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import aiohttp
import attrs

from ._environment import process_environment
from ._instances import PING_INTERVAL, ModelRequest, ModelResponse, ModelUnreachable, Part, StartFailed

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence

    from ._instances import Log

GUARD = Path(__file__).with_name("_guard.py")
MARK = "AIOSAGEMAKER_LOCAL_INSTANCE"
"""The variable by which what a killed guard left behind is found."""
PING_TIMEOUT = 2
"""The real seconds that an answer to a ping may take: "The request timeout on /ping attempts is 2 seconds."."""
ENDING = 6.0
"""The real seconds that a guard has after its command's grace to end what that left, before it is ended itself."""
CONVERSATION_PING = 60.0
"""The real seconds between two pings of a WebSocket: what SageMaker sends a container that streams both ways."""
LOOK = 0.25
TAIL_LINES = 10
LINE_BYTES = 1 << 16


@attrs.frozen(kw_only=True)
class Host:
    """What processes share: the machine they run on."""

    session: aiohttp.ClientSession
    running: set[ProcessInstance] = attrs.field(factory=set["ProcessInstance"])
    """Those that may have processes, so that closing the service finds every one."""
    inherit: tuple[str, ...] = ()
    """Variables of this machine that model servers are given beside the usual ones."""


class Runner(Protocol):
    """What stands between an instance and the command that is its model server."""

    def command(self, port: int, environment: Mapping[str, str]) -> Sequence[str]:
        """What to run, for a server that is to answer on the port."""
        ...

    def environment(self, port: int, environment: Mapping[str, str]) -> Mapping[str, str]:
        """The model's variables as the command's process is given them."""
        ...

    async def remove(self) -> None:
        """End what may have outlived the command."""
        ...


@attrs.frozen
class CommandRunner:
    """The command itself is the model server."""

    words: Sequence[str]

    def command(self, port: int, environment: Mapping[str, str]) -> Sequence[str]:
        """The command."""
        return self.words

    def environment(self, port: int, environment: Mapping[str, str]) -> Mapping[str, str]:
        """The model's variables, and the port."""
        return {**environment, "SAGEMAKER_BIND_TO_PORT": str(port)}

    async def remove(self) -> None:
        """Nothing outlives it: its guard sees to that."""


class ProcessInstance:
    """A model server in a process of its own."""

    def __init__(self, runner: Runner, environment: Mapping[str, str], host: Host, own: str, log: Log) -> None:
        self.id: str = own
        self.gone: asyncio.Event = asyncio.Event()
        self._runner = runner
        self._environment = environment
        self._host = host
        self._log = log
        self._mark = secrets.token_hex(8)
        self._url = ""
        self._process: asyncio.subprocess.Process | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._tail: list[str] = []

    async def start(self, timeout: float) -> None:
        """Start the process, and ask its ping until it answers."""
        self._host.running.add(self)
        creating = asyncio.create_task(self._create())
        try:
            # Called off in the middle of it, the process would be there and nobody would know it.
            await asyncio.shield(creating)
            async with asyncio.timeout(timeout):
                await self._until_ready()
        except TimeoutError as error:
            await self.stop(0)
            raise StartFailed(f"the ping was not answered in time. {self._output()}") from error
        except OSError as error:
            await self.stop(0)
            raise StartFailed(f"the process could not be started: {error}") from error
        except BaseException:
            await asyncio.wait([creating])
            await self.stop(0)
            raise

    async def _create(self) -> None:
        port = _free_port()
        self._url = f"http://127.0.0.1:{port}"
        given = self._runner.environment(port, self._environment)
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", str(GUARD), *self._runner.command(port, self._environment)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=LINE_BYTES,
            env={**process_environment(given, host=os.environ, inherit=self._host.inherit), MARK: self._mark},
            # Ctrl-C reaches the service alone, which then ends its instances in order.
            start_new_session=True,
        )
        self._watcher = asyncio.create_task(self._watch(self._process))

    async def converse(self, request: ModelRequest, parts: AsyncIterator[Part]) -> AsyncGenerator[Part, None]:
        """Over a WebSocket, as SageMaker speaks with a container."""
        try:
            async with self._host.session.ws_connect(
                f"{self._url}{request.path}", heartbeat=CONVERSATION_PING, max_msg_size=0
            ) as connection:
                sending = asyncio.create_task(_send_parts(connection, parts))
                try:
                    async for message in connection:
                        if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                            text = message.type is aiohttp.WSMsgType.TEXT
                            yield Part(message.data.encode() if text else message.data, text)
                        elif message.type is aiohttp.WSMsgType.ERROR:
                            raise ModelUnreachable(f"the model's connection broke: {connection.exception()}")
                finally:
                    sending.cancel()
                    await asyncio.gather(sending, return_exceptions=True)
        except aiohttp.ClientError as error:
            raise ModelUnreachable(f"the model takes no streams both ways: {error}") from error

    async def _until_ready(self) -> None:
        while not await self.ping():
            if self.gone.is_set() and self._process is not None:
                code = self._process.returncode
                raise StartFailed(f"the process ended with exit code {code}. {self._output()}")
            await asyncio.sleep(PING_INTERVAL)

    async def ping(self) -> bool:
        """Whether `GET /ping` is answered with 200."""
        if self.gone.is_set():
            return False
        try:
            async with self._host.session.get(
                f"{self._url}/ping", timeout=aiohttp.ClientTimeout(total=PING_TIMEOUT), allow_redirects=False
            ) as answer:
                return answer.status == 200
        except (aiohttp.ClientError, OSError):
            return False

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        reader = asyncio.create_task(self._read(process))
        # Some releases of asyncio count a process as ended only when its pipes are closed, which others may hold.
        ending = asyncio.create_task(process.wait())
        while process.returncode is None:
            await asyncio.wait([ending], timeout=LOOK)
        if process.returncode < 0:
            end_strays(self._mark)
        await asyncio.wait([reader], timeout=ENDING)
        for task in (reader, ending):
            task.cancel()
        self.gone.set()

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        output, rest = process.stdout, b""
        while output is not None and (chunk := await output.read(LINE_BYTES)):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self._heard(line)
            if len(rest) > LINE_BYTES:
                self._heard(rest)
                rest = b""
        if rest:
            self._heard(rest)

    def _heard(self, line: bytes) -> None:
        text = line.decode(errors="replace").rstrip("\r")
        self._tail = [*self._tail, text][-TAIL_LINES:]
        self._log(text)

    def _output(self) -> str:
        return "Its last output: " + "\n".join(self._tail) if self._tail else "It printed nothing."

    async def invoke(self, request: ModelRequest) -> ModelResponse:
        """What the server answers to `POST /invocations`. A redirect is an answer like any other."""
        return await self.ask("POST", request.path, request.body, request.headers)

    async def ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> ModelResponse:
        """What the server answers to any request."""
        try:
            answer = await self._host.session.request(
                method, f"{self._url}{path}", data=body, headers=headers, allow_redirects=False
            )
        except (aiohttp.ClientError, OSError) as error:
            raise ModelUnreachable(f"{error}. {self._output()}") from error
        said = answer.headers
        return ModelResponse(
            _chunks(answer),
            said.get("Content-Type"),
            answer.status,
            said.get("X-Amzn-SageMaker-Custom-Attributes"),
            said.get("X-Amzn-SageMaker-New-Session-Id"),
            said.get("X-Amzn-SageMaker-Closed-Session-Id"),
        )

    async def stop(self, grace: float) -> None:
        """SIGTERM, SIGKILL after `grace`, and whatever the command started with it."""
        process = self._process
        if process is not None and process.stdin is not None:
            if process.returncode is None and not process.stdin.is_closing():
                process.stdin.write(b"stop %f\n" % grace)
            try:
                async with asyncio.timeout(grace + ENDING):
                    await self.gone.wait()
            except TimeoutError:
                process.kill()
                await self.gone.wait()
            process.stdin.close()
            await self._runner.remove()
        self.gone.set()
        self._host.running.discard(self)


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


def end_strays(mark: str) -> None:
    """End the processes of an instance that outlived its guard, as they can when that is killed. Linux alone."""
    wanted = f"{MARK}={mark}".encode()
    for entry in Path("/proc").glob("[0-9]*") if sys.platform == "linux" else ():
        try:
            if wanted in (entry / "environ").read_bytes().split(b"\0"):
                os.kill(int(entry.name), signal.SIGKILL)
        except OSError:
            continue  # another user's, or ended


async def _send_parts(socket: aiohttp.ClientWebSocketResponse, parts: AsyncIterator[Part]) -> None:
    async for part in parts:
        await (socket.send_str(part.data.decode()) if part.text else socket.send_bytes(part.data))
    await socket.close()
