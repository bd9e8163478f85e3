"""A local service that tests drive: in-process models, and a clock that moves when it is told to."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from aiosagemaker import Clock, RetryConfig
from aiosagemaker.local import LocalSageMaker, ModelRequest, ModelResponse
from aiosagemaker.sagemaker import ContainerDefinition, ProductionVariant

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

ROLE = "arn:aws:iam::123456789012:role/sagemaker"


class ManualClock(Clock):
    """Sleeps end when `advance` reaches their time; what is drawn by chance is given."""

    def __init__(self) -> None:
        self.now = 0.0
        self.wall = time.time()
        self.chance = 0.5
        self._order = itertools.count()
        self._sleeping: list[tuple[float, int, asyncio.Future[None]]] = []

    def time(self) -> float:
        return self.wall

    def random(self) -> float:
        return self.chance

    async def sleep(self, delay: float) -> None:
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleeping, (self.now + delay, next(self._order), future))
        await future

    async def advance(self, seconds: float) -> None:
        """Let so much time pass, and everything happen that it brings about."""
        end = self.now + seconds
        await settle()
        while self._sleeping and self._sleeping[0][0] <= end:
            self.now, _, future = heapq.heappop(self._sleeping)
            if not future.done():
                future.set_result(None)
            await settle()
        self.now = end


async def settle() -> None:
    """Let every task run until it waits."""
    for _ in range(50):
        await asyncio.sleep(0)


class Model:
    """An in-process model that names itself, and starts or not as it is told.

    `gate` is waited for before an answer; with `sessions` it opens one when it is asked to, for so long, and closes it.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.starts = True
        self.fails = False
        self.asked: list[ModelRequest] = []
        self.gate: asyncio.Event | None = None
        self.sessions: timedelta | None = None

    async def __call__(self, request: ModelRequest) -> ModelResponse | bytes:
        self.asked.append(request)
        if self.gate is not None:
            await self.gate.wait()
        if self.sessions and request.session_id == "NEW_SESSION":
            end = datetime.now(UTC) + self.sessions
            return ModelResponse(b"", new_session_id=f"s-{len(self.asked)}; Expires={end:%Y-%m-%dT%H:%M:%SZ}")
        if self.sessions and request.body == b"close":
            return ModelResponse(b"", closed_session_id=request.session_id)
        if self.fails or request.body == b"raise":
            raise ValueError("no such feature")
        return f"{self.name}:".encode() + request.body

    async def ping(self) -> bool:
        if not self.starts:
            raise OSError("out of memory")
        return True


@attrs.frozen
class Hosting:
    """The service, its clients, and the steps that tests share."""

    local: LocalSageMaker
    sm: Any
    rt: Any
    clock: Any
    models: Mapping[str, Model]

    async def model(self, name: str, *, image: str | None = None, environment: Mapping[str, str] | None = None) -> None:
        container = ContainerDefinition(image=image or name, environment=environment or {})
        await self.sm.create_model(model_name=name, primary_container=container, execution_role_arn=ROLE)

    async def config(self, name: str, *variants: ProductionVariant, **members: Any) -> None:
        await self.sm.create_endpoint_config(endpoint_config_name=name, production_variants=variants, **members)

    async def version(self, name: str, count: int = 1, **members: Any) -> None:
        """A model and a configuration of that name, its variant too."""
        await self.model(name)
        await self.config(name, variant(name, count, **members))

    async def endpoint(self, config: str, name: str = "e") -> None:
        """An endpoint that is in service."""
        await self.sm.create_endpoint(endpoint_name=name, endpoint_config_name=config)
        await self.clock.advance(30)

    async def status(self, name: str = "e") -> str:
        return str((await self.sm.describe_endpoint(endpoint_name=name)).endpoint_status)

    async def fleets(self) -> tuple[Any, ...]:
        """Status, then weight and instances of the present and the pending fleet's first variant."""
        endpoint = await self.sm.describe_endpoint(endpoint_name="e")
        present = endpoint.production_variants[0]
        pending = endpoint.pending_deployment_summary and endpoint.pending_deployment_summary.production_variants[0]
        first = (present.current_weight, present.current_instance_count)
        second = (pending.current_weight, pending.current_instance_count) if pending else None
        return (str(endpoint.endpoint_status), first, second)

    def variant(self, name: str, count: int | None = 1, **members: Any) -> ProductionVariant:
        """A variant of the model of that name."""
        return variant(name, count, **members)

    async def started(self, name: str = "e") -> None:
        """Wait, in real time, for what starting an endpoint does beside the clock: files are unpacked in a thread."""
        for _ in range(500):
            if await self.status(name) != "Creating":
                return
            await asyncio.sleep(0.01)

    async def settle(self) -> None:
        """Let what was begun beside the calls come to where it waits, real sockets and files included."""
        for _ in range(5):
            await settle()
            await asyncio.sleep(0.002)

    async def answers(self, count: int, **members: Any) -> dict[str, int]:
        """How often each variant answered."""
        told: dict[str, int] = {}
        for _ in range(count):
            answer = await self.rt.invoke_endpoint(endpoint_name="e", body=b"", **members)
            told[answer.invoked_production_variant] = told.get(answer.invoked_production_variant, 0) + 1
        return told


def variant(name: str, count: int | None = 1, **members: Any) -> ProductionVariant:
    """A variant of the model of that name."""
    given = {"instance_type": "ml.m5.large", "initial_instance_count": count, "model_name": name, **members}
    return ProductionVariant(variant_name=name, **given)


@pytest.fixture
def manual_clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def make_variant() -> Callable[..., ProductionVariant]:
    return variant


@pytest.fixture
async def hosting() -> AsyncIterator[Hosting]:
    """A service whose images a, b and c are in-process models, at the pace of a clock that the test moves."""
    clock = ManualClock()
    models = {name: Model(name) for name in "abc"}
    async with AsyncExitStack() as stack:
        local = await stack.enter_async_context(
            LocalSageMaker(images=models, clock=clock, speed=1, quotas={"ml.p3.2xlarge": 2})
        )
        retry = RetryConfig(max_attempts=1, consistency_retry="off")
        sm = await stack.enter_async_context(local.client(retry=retry))
        rt = await stack.enter_async_context(local.runtime(retry=retry))
        yield Hosting(local, sm, rt, clock, models)


@pytest.fixture
async def scaling(hosting: Hosting) -> AsyncIterator[Any]:
    """A client of Application Auto Scaling, beside an endpoint e with a variant a."""
    await hosting.version("a")
    await hosting.endpoint("a")
    async with hosting.local.scaling(retry=RetryConfig(max_attempts=1)) as client:
        yield client
