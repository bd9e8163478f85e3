"""200 callers against a server that fails 30 % of requests: `python -m tests.benchmarks.soak [--quick]`.

Every call must end with the right answer or a typed error, nothing may be executed without a word of it, and memory
and open sockets must not grow. Exits with 1 if any of it does not hold.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import random
import sys
import time
from collections import Counter
from pathlib import Path

import attrs
from tests.integration.fault_server import FaultServer, Peer, answer, chunked

from aiosagemaker import SageMakerClient, errors
from aiosagemaker._clock import Clock
from aiosagemaker.config import TimeoutConfig
from aiosagemaker.credentials import Credentials

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


@attrs.define
class Soak:
    """One run."""

    calls: int
    seed: int = 1
    outcomes: Counter[str] = attrs.field(factory=Counter)
    broken: list[str] = attrs.field(factory=list)

    async def run(self) -> tuple[Level, Level]:
        """The level at half-time and in the end."""
        service, server = Service(self.seed), FaultServer()
        server.plan = [service.serve]
        await server.start()
        async with SageMakerClient(
            region="us-east-1",
            endpoint_url=server.url,
            credentials=Credentials("AKIDEXAMPLE", "a-secret-key"),
            clock=FastClock(),
            timeouts=TimeoutConfig(connect=5, read=1, attempt=5, operation=60),
        ) as client:
            levels: list[Level] = []
            for half in "ab":
                names = [f"{half}{caller}" for caller in range(CALLERS)]
                await asyncio.gather(*(self._call_often(client, service, server, name) for name in names))
                await asyncio.sleep(0.1)
                levels.append(Level.now())
        await server.stop()
        print(f"faults: {dict(sorted(service.faults.items()))}")
        return levels[0], levels[1]

    async def _call_often(self, client: SageMakerClient, service: Service, server: FaultServer, caller: str) -> None:
        for number in range(self.calls // 2):
            name = f"{caller}-{number}"
            try:
                response = await client.update_endpoint(endpoint_name=name, endpoint_config_name="churn-v2")
            except errors.SdkError as error:
                self.outcomes[type(error).__name__] += 1
                self._check(error.maybe_sent or not service.executed[name], name, f"executed in secret: {error!r}")
            except Exception as error:
                self._check(False, name, f"not an SdkError: {error!r}")
            else:
                attempts = response.response_metadata.attempts
                self.outcomes["right answer" if attempts == 1 else "right answer, retried"] += 1
                self._check(response.endpoint_arn == RIGHT + name, name, f"a wrong answer: {response.endpoint_arn}")
                self._check(service.received[name] <= attempts, name, "sent more often than reported")
            del service.executed[name], service.received[name]
            server.requests.clear()

    def _check(self, holds: bool, name: str, text: str) -> None:
        if not holds:
            self.broken.append(f"{name}: {text}")


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
    parser.add_argument("--quick", action="store_true", help="10 calls a caller instead of 250")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    soak = Soak(calls=10 if options.quick else 250, seed=options.seed)
    started = time.monotonic()
    half, end = asyncio.run(soak.run())
    soak.broken += grew(half, end)
    print(f"outcomes: {dict(soak.outcomes.most_common())}")
    print(f"half-time: {half}\nend: {end}\n{time.monotonic() - started:.1f} s")
    print(*soak.broken[:20] or ["all held"], sep="\n")
    return 1 if soak.broken else 0


if __name__ == "__main__":
    sys.exit(main())
