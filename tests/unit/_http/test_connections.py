"""A client in several threads, in forked processes and in event loops that end, over real HTTP."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker import (
    Credentials,
    HttpResponse,
    OpenResponse,
    RetryConfig,
    SageMakerClient,
    Transport,
    TransportRequest,
)
from aiosagemaker._shapes.maps import Headers
from aiosagemaker.errors import ClientClosedError
from aiosagemaker.sagemaker import ListEndpointsRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")


def make(url: str, **settings: Any) -> SageMakerClient:
    return SageMakerClient(
        region="us-east-1", credentials=Credentials("AKIDEXAMPLE", "s"), endpoint_url=url, **settings
    )


async def call(client: SageMakerClient) -> int:
    return (await client.list_endpoints()).http_status


@pytest.fixture
def nobody_is_warned() -> Iterator[None]:
    """Whatever is dropped during the test is closed before."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
        gc.collect()
    assert [str(warning.message) for warning in caught] == []


# Threads


def test_threads(blocking_server: Any) -> None:
    """A client first used from many threads at once, each with its own loop, is set up once and serves all of them."""
    client = make(blocking_server.url)
    made: list[int] = []
    original = client._session._make_pipeline

    def counted() -> Any:
        made.append(1)
        time.sleep(0.02)
        return original()

    client._session.__dict__["_make_pipeline"] = counted
    barrier = threading.Barrier(6)

    def work() -> list[int]:
        async def main() -> list[int]:
            await asyncio.to_thread(barrier.wait)
            return [*await asyncio.gather(*(call(client) for _ in range(5))), await call(client)]

        return asyncio.run(main())

    with ThreadPoolExecutor(6) as pool:
        results = [future.result(30) for future in [pool.submit(work) for _ in range(6)]]
    assert results == [[200] * 6] * 6
    assert made == [1]
    assert blocking_server.requests == 36
    assert blocking_server.until_open(0) == 0
    asyncio.run(client.close())


def test_closing_from_another_thread(blocking_server: Any) -> None:
    """Closing closes the connections of loops in other threads too, running or not, and every thread is refused."""
    client = make(blocking_server.url)
    ready, closed = threading.Barrier(2), threading.Event()

    def work() -> None:
        async def main() -> None:
            await call(client)
            await asyncio.to_thread(ready.wait)
            await asyncio.to_thread(closed.wait, 10)
            with pytest.raises(ClientClosedError):
                await call(client)

        asyncio.run(main())

    idle = asyncio.new_event_loop()
    idle.run_until_complete(call(client))
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work)
        ready.wait(10)
        assert blocking_server.until_open(2) == 2
        asyncio.run(client.close())
        closed.set()
        future.result(10)
    idle.run_until_complete(asyncio.sleep(0))
    assert blocking_server.until_open(0) == 0
    idle.close()


# Loops that end


@pytest.mark.usefixtures("nobody_is_warned")
def test_loops_that_end(blocking_server: Any) -> None:
    """Loop after loop, as in Lambda: each takes its connections with it, and the client is not said to be open."""
    client = make(blocking_server.url)
    for index in range(3):
        assert asyncio.run(call(client)) == 200
        assert blocking_server.until_open(0) == 0
        assert blocking_server.connections == index + 1
    view = client.with_config(user_agent_extra="x/1")
    assert asyncio.run(call(view)) == 200


@pytest.mark.usefixtures("nobody_is_warned")
def test_loops_that_are_closed_as_they_are(blocking_server: Any) -> None:
    """What is left of a loop that was only closed is closed when another loop connects, or the client is dropped."""
    client = make(blocking_server.url)
    for _ in range(3):
        loop = asyncio.new_event_loop()
        assert loop.run_until_complete(call(client)) == 200
        assert loop.run_until_complete(call(client)) == 200
        loop.close()
        assert blocking_server.until_open(1) == 1
    assert blocking_server.connections == 3
    del client, loop
    gc.collect()
    assert blocking_server.until_open(0) == 0


@pytest.mark.usefixtures("nobody_is_warned")
def test_a_call_while_the_loop_ends(blocking_server: Any) -> None:
    """What an asynchronous generator calls while its loop ends is answered, and closed all the same."""
    client = make(blocking_server.url, retry=RetryConfig(mode="off"))
    statuses: list[int] = []

    async def generator() -> Any:
        try:
            yield await call(client)
        finally:
            statuses.extend([await call(client), *await asyncio.gather(call(client), call(client))])

    kept = []

    async def main() -> None:
        kept.append(generator())
        await anext(kept[0])

    asyncio.run(main())
    assert statuses == [200] * 3
    assert blocking_server.until_open(0) == 0


@pytest.mark.usefixtures("nobody_is_warned")
def test_uvloop(blocking_server: Any) -> None:
    """The same holds for another kind of event loop."""
    uvloop = pytest.importorskip("uvloop")
    client = make(blocking_server.url)
    for _ in range(2):
        loop = uvloop.new_event_loop()
        with asyncio.Runner(loop_factory=lambda made=loop: made) as runner:
            assert runner.run(call(client)) == 200
        assert blocking_server.until_open(0) == 0


# Forks


@needs_fork
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")  # as the server is
def test_fork(blocking_server: Any) -> None:
    """A forked child leaves its parent's connections alone and makes its own; the parent goes on without a stall."""
    client = make(blocking_server.url)
    with asyncio.Runner() as runner:
        assert runner.run(call(client)) == 200
        child = os.fork()
        if not child:
            status = 1
            try:
                gc.collect()
                assert not client._session.connections.is_open
                status = int(asyncio.run(call(client)) != 200)
                asyncio.run(client.close())
                gc.collect()
            finally:
                os._exit(status)
        assert os.waitpid(child, 0)[1] == 0
        assert blocking_server.connections == 2
        started = time.monotonic()
        assert runner.run(call(client)) == 200
        assert time.monotonic() - started < 1
        assert blocking_server.connections == 2
        runner.run(client.close())


@needs_fork
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_fork_while_another_thread_sets_up(blocking_server: Any) -> None:
    """A child that is forked in the middle of a set-up does its own."""
    client = make(blocking_server.url)
    begun, go = threading.Event(), threading.Event()
    original = client._session._make_pipeline

    def slow() -> Any:
        begun.set()
        go.wait(10)
        return original()

    client._session.__dict__["_make_pipeline"] = slow
    thread = threading.Thread(target=lambda: asyncio.run(call(client)))
    thread.start()
    begun.wait(10)
    child = os.fork()
    if not child:
        signal.alarm(10)
        status = 1
        try:
            go.set()
            status = int(asyncio.run(call(client)) != 200)
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    go.set()
    thread.join(10)
    asyncio.run(client.close())


_GLOBAL: list[SageMakerClient] = []


def _in_a_child(_: int) -> int:
    return asyncio.run(call(_GLOBAL[0]))


@needs_fork
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
async def test_process_pool(blocking_server: Any) -> None:
    """A global client works in the forked workers of a pool, and goes on working here."""
    client = make(blocking_server.url)
    _GLOBAL[:] = [client]
    assert await call(client) == 200
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
        found = await asyncio.gather(*(loop.run_in_executor(pool, _in_a_child, index) for index in range(4)))
        assert found == [200] * 4
        started = time.monotonic()
        assert await call(client) == 200
        assert time.monotonic() - started < 1
    await client.close()
    _GLOBAL.clear()


@needs_fork
def test_a_child_that_ends_as_a_program_does(blocking_server: Any) -> None:
    """A child that runs its program to the end says nothing of its parent's connections, and does it no harm."""
    program = (
        "import asyncio, os, sys, time\n"
        "from aiosagemaker import SageMakerClient, Credentials\n"
        "client = SageMakerClient(region='us-east-1', endpoint_url=sys.argv[1], credentials=Credentials('a', 's'))\n"
        "async def main():\n"
        "    await client.list_endpoints()\n"
        "    child = os.fork()\n"
        "    if not child: return True\n"
        "    os.waitpid(child, 0)\n"
        "    started = time.monotonic()\n"
        "    await client.list_endpoints()\n"
        "    await client.close()\n"
        "    assert time.monotonic() - started < 1\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", program, blocking_server.url],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert blocking_server.connections == 1


# A transport of the user's own


class Own:
    """A transport that answers everything with nothing, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[TransportRequest] = []
        self.closed = 0

    async def send(self, request: TransportRequest, /) -> HttpResponse:
        self.asked.append(request)
        assert "Authorization" in request.sign()
        request.sent = True
        return HttpResponse(200, Headers({"x-amzn-RequestId": "own"}), b'{"Endpoints": []}')

    async def open(self, request: TransportRequest, /) -> OpenResponse:
        raise NotImplementedError

    async def close(self) -> None:
        self.closed += 1


def test_a_transport_of_ones_own(nobody_is_warned: None) -> None:
    """It takes every request, of any event loop and of views, knows what each asks, and is closed with the client."""
    own: Transport = Own()
    client = make("https://nowhere.invalid", transport=own)
    assert isinstance(own, Own)
    assert [asyncio.run(call(client)), asyncio.run(call(client.with_config(app_id="a")))] == [200, 200]
    assert [(each.operation, each.input) for each in own.asked] == [("ListEndpoints", ListEndpointsRequest())] * 2
    asyncio.run(client.close())
    assert own.closed == 1
    with pytest.raises(ClientClosedError):
        asyncio.run(call(client))
