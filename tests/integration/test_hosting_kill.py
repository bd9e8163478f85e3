"""A deployment that is killed anywhere, and run again, comes to the same end, and leaves nothing over."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import attrs
import pytest
from tests.integration.hosting_cases import (
    READS,
    Hosting,
    Killer,
    component,
    make_spec,
    on_components,
    scaled,
    serving,
    state_of,
)

from aiosagemaker import Clock, SageMakerClient
from aiosagemaker.hosting import ScalingSpec, deploy, teardown
from aiosagemaker.sagemaker import ProductionVariant

ROOT = Path(__file__).parents[2]
NAME = "churn"
BEFORE = make_spec("1", tags={"team": "a", "old": "x"}, scaling=scaled())


def _after() -> Any:
    bigger = ProductionVariant(
        variant_name="main", model_name="churn", instance_type="ml.m5.xlarge", initial_instance_count=1
    )
    spec = make_spec("2", tags={"team": "b"}, scaling=scaled(high=4))
    return attrs.evolve(spec, config=spec.config.with_production_variants([bigger]))


AFTER = _after()
STARTS: dict[str, tuple[Any, Any]] = {
    "create": (None, AFTER),
    "update": (BEFORE, AFTER),
    "components": (
        on_components([component("a", "1"), component("b", "1")]),
        on_components([component("a", "2", copies=2), component("c", "1")]),
    ),
    "teardown": (AFTER, None),
}
"""What is deployed before, and what then; None for nothing."""


async def _become(hosting: Hosting, spec: Any) -> None:
    await (teardown(hosting.client, NAME) if spec is None else deploy(hosting.client, spec, keep=1))


async def _begin(hosting: Hosting, spec: Any) -> None:
    await teardown(hosting.client, NAME)
    if spec is not None:
        await _become(hosting, spec)


@pytest.mark.parametrize("start", STARTS)
async def test_cancelled_at_every_call(start: str) -> None:
    """Cancelled before each of its calls, and after each that writes, and run again: the end is that of one run."""
    before, after = STARTS[start]
    async with serving() as hosting:
        killer = Killer(hosting.local)
        await _begin(hosting, before)
        killer.calls.clear()
        await _become(hosting, after)
        whole, wanted = list(killer.calls), await state_of(hosting)
        cases = [(number, False) for number in range(len(whole))]
        cases += [(number, True) for number, call in enumerate(whole) if not call.startswith(READS)]
        struck = 0
        for number, later in cases:
            await _begin(hosting, before)
            task = asyncio.create_task(_become(hosting, after))
            killer.arm(task, number, after=later)
            await asyncio.wait([task])
            struck += task.cancelled()
            killer.disarm()
            await _become(hosting, after)
            assert await state_of(hosting) == wanted, (number, later, whole)
        # How often it polls is not the same each time, so that the last calls of one run are not in each other one.
        assert struck > 0.8 * len(cases)


@pytest.mark.parametrize("start", STARTS)
async def test_the_answer_of_every_write_is_lost(start: str) -> None:
    """Whichever call's answer is lost, once or three times, the end is the same, without an error."""
    before, after = STARTS[start]
    async with serving() as hosting:
        await _begin(hosting, before)
        hosting.calls.clear()
        await _become(hosting, after)
        writes, wanted = dict.fromkeys(hosting.writes), await state_of(hosting)
        for times in (1, 3):
            for call in writes:
                await _begin(hosting, before)
                hosting.local.faults.drop_response(call, times)
                await _become(hosting, after)
                hosting.local.faults.clear()
                assert await state_of(hosting) == wanted, (call, times)


@pytest.mark.models
async def test_what_wakes_from_zero_is_neither_lost_nor_left() -> None:
    """Killed after any call that writes and run again, what scales to zero has its alarm; torn down likewise, none."""
    zero = ScalingSpec(inference_component_name="a", min_capacity=0, max_capacity=2, concurrency=5)
    spec = on_components([component("a", "1")], scaling=[zero])
    async with serving() as hosting:
        killer = Killer(hosting.local)
        world: Any = hosting.local._world
        for start, after, alarms in ((None, spec, ["aiosagemaker-wake-a"]), (spec, None, [])):
            await _begin(hosting, start)
            killer.calls.clear()
            await _become(hosting, after)
            writes = [number for number, call in enumerate(killer.calls) if not call.startswith(READS)]
            for number in writes:
                await _begin(hosting, start)
                task = asyncio.create_task(_become(hosting, after))
                killer.arm(task, number, after=True)
                await asyncio.wait([task])
                killer.disarm()
                await _become(hosting, after)
                assert list(world.alarms.described) == alarms, number
                assert bool(world.targets) == bool(alarms), number


@pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does")
@pytest.mark.parametrize("start", ["create", "update"])
async def test_killed_process(start: str) -> None:
    """A process that is killed by SIGKILL at any of some calls leaves what another run completes to the same end."""
    before, after = STARTS[start]
    async with serving() as hosting:
        await _begin(hosting, before)
        hosting.calls.clear()
        await _become(hosting, after)
        wanted = await state_of(hosting)
        for call in (
            "CreateEndpoint" if before is None else "UpdateEndpoint",
            "PutScalingPolicy",
        ):
            await _begin(hosting, before)
            paths = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
            environ = {**os.environ, **hosting.local.environ, "PYTHONPATH": paths}
            process = await asyncio.create_subprocess_exec(sys.executable, __file__, start, env=environ)
            hosting.calls.clear()
            async with asyncio.timeout(30):
                while call not in hosting.calls:
                    assert process.returncode is None
                    await asyncio.sleep(0.002)
            process.send_signal(signal.SIGKILL)
            assert await process.wait() == -signal.SIGKILL
            await _become(hosting, after)
            assert await state_of(hosting) == wanted, call


class _Hurried(Clock):
    """Polls as fast as the service's time passes."""

    async def sleep(self, delay: float) -> None:
        await asyncio.sleep(min(delay, 0.01))


async def _in_a_process(start: str) -> None:
    async with SageMakerClient(clock=_Hurried()) as client:
        await deploy(client, STARTS[start][1], keep=1)


if __name__ == "__main__":
    asyncio.run(_in_a_process(sys.argv[1]))
