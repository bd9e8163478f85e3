"""200 callers against a server that fails 30 % of requests: `python -m tests.benchmarks.soak`.

They share one client: in one event loop, on threads with a loop each, or in forked children that go on with the client
that the parent has used before, and goes on with itself. Every call must end with the right answer or a typed error,
nothing may be executed without a word of it, and memory and open sockets must not grow. Exits with 1 if any of it does
not hold.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import multiprocessing
import os
import random
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import attrs
from tests.integration.fault_server import FaultServer, Peer, answer, chunked

from aiosagemaker import SageMakerClient, errors
from aiosagemaker._clock import Clock
from aiosagemaker.config import TimeoutConfig
from aiosagemaker.credentials import Credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

CALLERS = 200
FAILING = 0.3
RIGHT = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/"
THROTTLE = b'{"__type":"ThrottlingException","message":"Rate exceeded"}'
NOT_EXECUTED = ("no answer", "reset", "500", "503", "throttle", "429")
EXECUTED = ("close", "reset", "cut body", "cut chunk", "crc32", "junk", "silence", "not JSON", "500")
GROWTH_LIMIT = 0.02
"""How much more there may be in the end than at half-time, as a part of it."""


class FastClock(Clock):
    """Waits between attempts a hundredth as long."""

    async def sleep(self, delay: float) -> None:
        await asyncio.sleep(delay / 100)


class Service:
    """Executes UpdateEndpoint, and fails in mixed ways before and after."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.executed: Counter[str] = Counter()
        self.received: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()

    async def serve(self, peer: Peer) -> None:
        """The script of every connection."""
        if self._random.random() < 0.02:
            self.faults["close on accept"] += 1
            return
        while (request := await peer.request()) is not None:
            name = json.loads(request.body)["EndpointName"]
            self.received[name] += 1
            failing = self._random.random() < FAILING
            if failing and self._random.random() < 0.5:
                going_on = await self._refuse(peer)
            else:
                self.executed[name] += 1
                body = json.dumps({"EndpointArn": RIGHT + name}).encode()
                going_on = await (self._spoil(peer, body) if failing else self._answer(peer, body))
            if not going_on:
                return

    async def _answer(self, peer: Peer, body: bytes) -> bool:
        await peer.write(answer(body))
        # Some connections end in the pool.
        return self._random.random() > 0.05

    async def _refuse(self, peer: Peer) -> bool:
        fault = self._random.choice(NOT_EXECUTED)
        self.faults[f"not executed: {fault}"] += 1
        if fault == "reset":
            peer.reset()
        if fault in ("no answer", "reset"):
            return False
        statuses = {"throttle": "400 Bad Request", "429": "429 Too Many Requests"}
        await peer.write(answer(THROTTLE if fault == "throttle" else b"", status=statuses.get(fault, f"{fault} Oops")))
        return True

    async def _spoil(self, peer: Peer, body: bytes) -> bool:
        fault = self._random.choice(EXECUTED)
        self.faults[f"executed: {fault}"] += 1
        if fault == "reset":
            await peer.write(answer(body)[:-5])
            peer.reset()
        elif fault == "silence":
            await peer.closed()
        elif fault == "500":
            await peer.write(answer(b"", status="500 Oops"))
            return True
        else:
            spoilt = {
                "cut body": answer(body[:-5], length=len(body)),
                "cut chunk": chunked(body[:9], end=b"20\r\n" + body[9:15]),
                "crc32": answer(body, headers=["x-amz-crc32: 1"]),
                "junk": answer(body) + b"\0\0\0junk\r\n\r\n",
                "not JSON": answer(body[:-5]),
            }
            await peer.write(spoilt.get(fault, b""))
        return False


@attrs.frozen
class Level:
    """What is in use."""

    objects: int
    kilobytes: int
    sockets: int

    @classmethod
    def now(cls) -> Level:
        """The present level, after a garbage collection."""
        gc.collect()
        status = Path("/proc/self/statm")
        pages = int(status.read_text().split()[1]) if status.exists() else 0
        return cls(len(gc.get_objects()), pages * os.sysconf("SC_PAGE_SIZE") // 1024, _sockets())


def _sockets() -> int:
    descriptors = Path("/proc/self/fd")
    if not descriptors.is_dir():
        return 0
    found = 0
    for descriptor in descriptors.iterdir():
        try:
            found += os.readlink(descriptor).startswith("socket:")
        except OSError:  # the directory's own, closed by now
            continue
    return found


class Seen(NamedTuple):
    """What the server has seen since it was last asked."""

    received: Counter[str]
    executed: Counter[str]
    faults: Counter[str]


def _serve(pipe: Connection, seed: int) -> None:
    """A server in a process of its own: tells its URL, then what it has seen whenever it is asked."""

    async def serve() -> None:
        service, server = Service(seed), FaultServer()
        server.plan = [service.serve]
        await server.start()
        pipe.send(server.url)
        while await asyncio.to_thread(pipe.recv):
            pipe.send(Seen(service.received, service.executed, service.faults))
            service.received, service.executed, service.faults = Counter(), Counter(), Counter()
            server.requests.clear()
        await server.stop()

    asyncio.run(serve())


class Server:
    """The caller's side of it."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self.url: str = pipe.recv()

    def seen(self) -> Seen:
        """What was seen since the last time."""
        self._pipe.send(True)
        found: Seen = self._pipe.recv()
        return found


@contextmanager
def serving(seed: int) -> Iterator[Server]:
    """A server while the block runs."""
    fresh = multiprocessing.get_context("spawn")
    ours, theirs = fresh.Pipe()
    process = fresh.Process(target=_serve, args=(theirs, seed))
    process.start()
    try:
        yield Server(ours)
    finally:
        ours.send(False)
        process.join()


class Record(NamedTuple):
    """How one call ended."""

    name: str
    outcome: str
    attempts: int
    """Of one with an answer."""
    maybe_sent: bool
    """Of one with an error."""
    broken: str
    """What about it must not be; empty if all is well."""


async def call(client: SageMakerClient, name: str) -> Record:
    """One call."""
    try:
        response = await client.update_endpoint(endpoint_name=name, endpoint_config_name="churn-v2")
    except errors.SdkError as error:
        return Record(name, type(error).__name__, 0, error.maybe_sent, "")
    except Exception as error:
        return Record(name, "", 0, True, f"not an SdkError: {error!r}")
    attempts = response.response_metadata.attempts
    wrong = "" if response.endpoint_arn == RIGHT + name else f"a wrong answer: {response.endpoint_arn}"
    return Record(name, "right answer" if attempts == 1 else "right answer, retried", attempts, False, wrong)


async def call_often(client: SageMakerClient, callers: list[str], calls: int) -> list[Record]:
    """All calls of some callers."""

    async def caller(name: str) -> list[Record]:
        return [await call(client, f"{name}-{number}") for number in range(calls)]

    return [record for records in await asyncio.gather(*map(caller, callers)) for record in records]


def in_threads(count: int, work: Callable[[list[str]], list[Record]], callers: list[str]) -> list[Record]:
    """The work of some callers on each thread, which all begin at once."""
    start = threading.Barrier(count)

    def begin(share: list[str]) -> list[Record]:
        start.wait()
        return work(share)

    with ThreadPoolExecutor(count) as pool:
        return [record for records in pool.map(begin, shares(callers, count)) for record in records]


def in_children(count: int, work: Callable[[list[str]], list[Record]], callers: list[str]) -> list[Record]:
    """The work of some callers in each forked child, and of the first ones here meanwhile."""
    forks = multiprocessing.get_context("fork")
    own, *others = shares(callers, count + 1)
    children = []
    for share in others:
        ours, theirs = forks.Pipe(duplex=False)
        child = forks.Process(target=lambda theirs=theirs, share=share: theirs.send(work(share)))
        child.start()
        children.append((child, ours))
    records = work(own)
    for child, pipe in children:
        records += pipe.recv()
        child.join()
    return records


def shares(callers: list[str], count: int) -> list[list[str]]:
    """As many lists of callers."""
    return [callers[number::count] for number in range(count)]


@attrs.define
class Soak:
    """One run."""

    calls: int
    """Of each caller."""
    seed: int = 1
    threads: int = 0
    forks: int = 0
    uvloop: bool = False
    outcomes: Counter[str] = attrs.field(factory=Counter)
    broken: list[str] = attrs.field(factory=list)

    def run(self) -> tuple[Level, Level]:
        """The level at half-time and in the end."""
        faults: Counter[str] = Counter()
        levels: list[Level] = []
        with serving(self.seed) as server:
            client = SageMakerClient(
                region="us-east-1",
                endpoint_url=server.url,
                credentials=Credentials("AKIDEXAMPLE", "a-secret-key"),
                clock=FastClock(),
                timeouts=TimeoutConfig(connect=5, read=1, attempt=5, operation=60),
            )
            with asyncio.Runner(loop_factory=self._loop_factory) as runner:

                def here(callers: list[str]) -> list[Record]:
                    return runner.run(call_often(client, callers, self.calls // 2))

                def elsewhere(callers: list[str]) -> list[Record]:
                    with asyncio.Runner(loop_factory=self._loop_factory) as own:
                        return own.run(call_often(client, callers, self.calls // 2))

                parent = os.getpid()
                for half in "ab":
                    callers = [f"{half}{caller}" for caller in range(CALLERS)]
                    if self.threads:
                        records = in_threads(self.threads, elsewhere, callers)
                    elif self.forks:
                        # Connections are open, and their loop is known, when the children are forked.
                        records = here([f"{half}first"])
                        records += in_children(
                            self.forks, lambda share: (here if os.getpid() == parent else elsewhere)(share), callers
                        )
                        callers.append(f"{half}first")
                    else:
                        records = here(callers)
                    runner.run(asyncio.sleep(0.2))
                    seen = server.seen()
                    faults += seen.faults
                    self._check(records, seen, len(callers) * (self.calls // 2))
                    del records, seen
                    levels.append(Level.now())
                runner.run(client.close())
        print(f"faults: {dict(sorted(faults.items()))}")
        return levels[0], levels[1]

    def _loop_factory(self) -> asyncio.AbstractEventLoop:
        if not self.uvloop:
            return asyncio.new_event_loop()
        import uvloop

        return uvloop.new_event_loop()

    def _check(self, records: list[Record], seen: Seen, expected: int) -> None:
        if len({record.name for record in records}) != expected:
            self.broken.append(f"{len(records)} calls ended, not {expected}")
        for name, outcome, attempts, maybe_sent, broken in records:
            self.outcomes[outcome] += 1
            if broken:
                self.broken.append(f"{name}: {broken}")
            elif attempts and seen.received[name] > attempts:
                self.broken.append(f"{name}: sent more often than reported")
            elif not attempts and seen.executed[name] and not maybe_sent:
                self.broken.append(f"{name}: executed in secret: {outcome}")


def grew(first: Level, second: Level) -> list[str]:
    """What grew by more than a little between two levels."""
    slack = {"objects": 3_000, "kilobytes": 4_096, "sockets": 100}
    return [
        f"{name} grew from {before} to {after}"
        for name, before in attrs.asdict(first).items()
        if (after := getattr(second, name)) > before * (1 + GROWTH_LIMIT) + slack[name]
    ]


def main() -> int:
    """Run, print what was found, and say if all of it held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--calls", type=int, default=250, metavar="N", help="of each caller, an even number (default 250)"
    )
    parser.add_argument("--seed", type=int, default=1)
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--threads", type=int, default=0, metavar="N", help="on N threads, with an event loop each")
    where.add_argument("--forks", type=int, default=0, metavar="N", help="in N forked children, and in the parent")
    parser.add_argument("--uvloop", action="store_true", help="on uvloop in place of asyncio's own loop")
    options = parser.parse_args()
    soak = Soak(options.calls, options.seed, options.threads, options.forks, options.uvloop)
    started = time.monotonic()
    half, end = soak.run()
    soak.broken += grew(half, end)
    print(f"outcomes: {dict(soak.outcomes.most_common())}")
    print(f"half-time: {half}\nend: {end}\n{time.monotonic() - started:.1f} s")
    print(*soak.broken[:20] or ["all held"], sep="\n")
    return 1 if soak.broken else 0


if __name__ == "__main__":
    sys.exit(main())
