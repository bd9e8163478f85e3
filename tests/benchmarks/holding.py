"""What stays in memory: `python holding.py calls|waiters URL COUNT`, JSON out."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
from pathlib import Path

from cases import KEYS

from aiosagemaker import Clock, Credentials, SageMakerClient
from aiosagemaker.errors import WaiterTimeout


def resident() -> int:
    """The process's resident memory, in bytes."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Held(Clock):
    """A clock whose sleepers all wait for one event."""

    def __init__(self) -> None:
        self.woken = asyncio.Event()
        self._changed = asyncio.Event()
        self.sleeping = 0
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, delay: float) -> None:
        self.sleeping += 1
        self._changed.set()
        await self.woken.wait()

    async def asleep(self, count: int) -> None:
        """Return when that many sleep."""
        while self.sleeping < count:
            self._changed.clear()
            await self._changed.wait()


async def calls(url: str, count: int) -> dict[str, float]:
    """How resident memory grows over many calls."""
    async with SageMakerClient(region="us-east-1", endpoint_url=url, credentials=Credentials(*KEYS)) as client:

        async def caller(share: int) -> None:
            for _ in range(share):
                await client.describe_endpoint(endpoint_name="churn")

        async def run(total: int) -> None:
            await asyncio.gather(*(caller(total // 32) for _ in range(32)))

        await run(max(count // 5, 32))
        before = resident()
        await run(count)
        return {"before": before, "grown": resident() - before, "count": count}


async def waiters(url: str, count: int) -> dict[str, float]:
    """What a waiter costs that has polled once and sleeps."""
    clock = Held()
    config = {"region": "us-east-1", "endpoint_url": url, "credentials": Credentials(*KEYS), "clock": clock}
    async with SageMakerClient(**config) as client:
        await client.describe_endpoint(endpoint_name="churn")

        async def wait() -> None:
            try:
                await client.wait_until_endpoint_deleted(endpoint_name="churn", timeout=60)
            except WaiterTimeout:
                return

        warm = [asyncio.create_task(wait()) for _ in range(100)]
        await clock.asleep(100)
        before = resident()
        tasks = [asyncio.create_task(wait()) for _ in range(count)]
        await clock.asleep(100 + count)
        grown = resident() - before
        clock.now = 1000.0
        clock.woken.set()
        await asyncio.gather(*warm, *tasks)
        return {"before": before, "grown": grown, "count": count, "each": grown / count}


if __name__ == "__main__":
    kind, address, number = sys.argv[1:]
    sys.stdout.write(json.dumps(asyncio.run({"calls": calls, "waiters": waiters}[kind](address, int(number)))))
