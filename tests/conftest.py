"""What tests share: a server that records and answers as told, time that is injected, and clients of both."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import os
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import attrs
import botocore
import pytest
import pytest_asyncio
from aiohttp import web

from aiosagemaker import SageMakerClient
from aiosagemaker.credentials import Credentials
from aiosagemaker.sagemaker.models import NAMESPACE as SAGEMAKER
from aiosagemaker.testing import FakeClock

CREDENTIALS = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
SHARED = Path(__file__).parents[2] / "shared"


@attrs.frozen
class Received:
    """One request as it came in."""

    method: str
    path: str
    """As on the wire, with the query."""
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def operation(self) -> str:
        return self.headers["X-Amz-Target"].partition(".")[2]


def sample(namespace: Any, name: str, *, full: bool = False, depth: int = 0) -> Any:
    """A value of a shape, within its bounds: of a structure the required members, or with `full` all of them."""
    row = namespace.shapes[name]
    least = math.ceil(row.get("min", 0))
    match row["type"]:
        case "structure":
            cls = namespace[name]
            members = row.get("members", {}).values()
            wanted = [member for member in members if member.get("required") or (full and depth < 4)]
            if row.get("union"):
                flat = [m for m in members if namespace.shapes[m["shape"]]["type"] not in ("structure", "list")]
                wanted = [next(iter(flat or members))]
            return cls(**{m["name"]: sample(namespace, m["shape"], full=full, depth=depth + 1) for m in wanted})
        case "list":
            count = least or int(full and depth < 4)
            return tuple(sample(namespace, row["item"], full=full, depth=depth + 1) for _ in range(count))
        case "map":
            return {
                "k" * max(1, math.ceil(namespace.shapes[row["key"]].get("min", 0))): sample(
                    namespace, row["value"], full=full, depth=depth + 1
                )
            }
        case "enum":
            return next(iter(row["values"].values()))
        case "string":
            return "a" * max(least, 1)
        case "timestamp":
            return datetime(2025, 7, 1, 12, 30, 15, 250_000, tzinfo=UTC)
        case "boolean":
            return True
        case "blob":
            return b"b" * max(least, 1)
        case "document":
            return {"a": [1, None]}
        case "integer" | "long":
            return max(least, 1)
        case _:
            return float(max(row.get("min", 0), 0.5))


Handler = Callable[[Received], Awaitable[web.StreamResponse]]


class ScriptedServer:
    """A server on loopback that keeps every request and gives the answers it was told to, in their order.

    Without an answer left it repeats the last one; before the first it answers `{}`. With a `gate`, an answer waits
    until that is set.
    """

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.url = ""
        self.arrived = asyncio.Event()
        self.gate: asyncio.Event | None = None
        self._answers: deque[Handler] = deque()
        self._last: Handler = _answer({})

    def answer(
        self, body: Any = None, status: int = 200, headers: Mapping[str, str] | None = None, *, times: int = 1
    ) -> None:
        """Queue an answer: JSON, or bytes as they are."""
        self._answers.extend([_answer({} if body is None else body, status, headers)] * times)

    def refuse(self, code: str, message: str, status: int = 400, **members: Any) -> None:
        """Queue the service's refusal."""
        self.answer({"__type": code, "message": message, **members}, status)

    def handle(self, handler: Handler) -> None:
        """Queue whatever a function answers."""
        self._answers.append(handler)

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        received = Received(request.method, request.raw_path, request.headers, await request.read())
        self.received.append(received)
        self.arrived.set()
        if self.gate is not None:
            await self.gate.wait()
        if self._answers:
            self._last = self._answers.popleft()
        return await self._last(received)


def _answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Handler:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def answer(received: Received) -> web.Response:
        sent = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-RequestId": "request-1", **(headers or {})}
        return web.Response(status=status, body=content, headers=sent)

    return answer


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where tables of botocore's models are kept, once for all tests."""
    return tmp_path_factory.mktemp("tables")


EVENT_LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"asyncio": asyncio.new_event_loop}
with contextlib.suppress(ImportError):
    import uvloop

    EVENT_LOOPS["uvloop"] = uvloop.new_event_loop


@pytest.hookimpl(optionalhook=True)
def pytest_asyncio_loop_factories(item: Any) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """A module that says ON_EVERY_EVENT_LOOP runs its tests on each that there is."""
    if getattr(item.module, "ON_EVERY_EVENT_LOOP", False):
        return EVENT_LOOPS
    return {"asyncio": asyncio.new_event_loop}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what is about the models of one botocore where another is installed."""
    wanted = SAGEMAKER.schema.metadata.get("botocore")
    if botocore.__version__ == wanted:
        return
    skip = pytest.mark.skip(reason=f"needs botocore {wanted}, whose models it is about")
    for item in items:
        if item.get_closest_marker("models"):
            item.add_marker(skip)


@pytest.fixture(autouse=True)
def isolated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tables: Path) -> None:
    """No setting of whoever runs the tests reaches them."""
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tables))


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The vectors that others made, which lie beside a checkout and not in it."""
    path = SHARED / "vectors"
    if not path.is_dir():
        pytest.skip("the shared vectors are not beside this checkout")
    return path


@pytest.fixture(name="sample", scope="session")
def sample_fixture() -> Callable[..., Any]:
    """Makes a value of any shape: `sample(namespace, name, full=False)`."""
    return sample


@pytest.fixture
def clock() -> FakeClock:
    """Injected time."""
    return FakeClock()


class BlockingServer:
    """A server in threads of its own, for clients that live longer than an event loop; `answer` is its only one.

    It counts the connections that are open, and those that there have been.
    """

    def __init__(self) -> None:
        self.open = self.connections = self.requests = 0
        self.answer: dict[str, Any] = {"Endpoints": []}
        self._lock = threading.Lock()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle(self) -> None:
                owner.count(1)
                with contextlib.suppress(ConnectionError):
                    super().handle()
                owner.count(-1)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                owner.requests += 1
                body = json.dumps(owner.answer).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def count(self, change: int) -> None:
        """One connection more, or one fewer."""
        with self._lock:
            self.open += change
            self.connections += max(change, 0)

    def until_open(self, count: int, limit: float = 5.0) -> int:
        """How many connections are open, as soon as there are `count`, or after `limit` seconds."""
        end = time.monotonic() + limit
        while self.open != count and time.monotonic() < end:
            time.sleep(0.005)
        return self.open

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def blocking_server() -> Iterator[BlockingServer]:
    """A server outside any event loop."""
    with BlockingServer() as running:
        yield running


@pytest_asyncio.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    """A server that records and answers as told."""
    scripted = ScriptedServer()
    runner = web.ServerRunner(web.Server(scripted))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    scripted.url = f"http://{host}:{port}"
    yield scripted
    if scripted.gate is not None:
        scripted.gate.set()
    await runner.cleanup()


@pytest_asyncio.fixture
async def make_client(server: ScriptedServer, clock: FakeClock) -> AsyncIterator[Callable[..., SageMakerClient]]:
    """Clients of the scripted server, closed at the end; keywords are Config's fields."""
    made: list[SageMakerClient] = []

    def make(**overrides: Any) -> SageMakerClient:
        settings = {
            "region": "us-east-1",
            "endpoint_url": server.url,
            "credentials": CREDENTIALS,
            "clock": clock,
            **overrides,
        }
        made.append(SageMakerClient(**settings))
        return made[-1]

    yield make
    for client in made:
        await client.close()


@pytest.fixture
def client(make_client: Callable[..., SageMakerClient]) -> SageMakerClient:
    """A client of the scripted server."""
    return make_client()
