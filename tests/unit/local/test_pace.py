"""The service's time, and how it is changed."""

from __future__ import annotations

import asyncio
import time

from aiosagemaker import Clock
from aiosagemaker.local import LocalSageMaker
from aiosagemaker.local._pace import Pace, QuickClock


async def test_skip() -> None:
    """Skipped time has passed for whoever waits, and whoever waits for longer waits for the rest."""
    pace = Pace(Clock(), speed=1, patience=1)
    short, long = (asyncio.create_task(pace.wait(seconds)) for seconds in (50, 100.05))
    await asyncio.sleep(0)
    pace.skip(50)
    await asyncio.wait_for(short, 1)
    assert not long.done()
    pace.skip(50)
    await asyncio.wait_for(long, 1)


async def test_change() -> None:
    """Another speed holds for the rest of what is waited for."""
    pace = Pace(Clock(), speed=1, patience=1)
    waiting = asyncio.create_task(pace.wait(100))
    await asyncio.sleep(0)
    assert not waiting.done()
    pace.change(10_000)
    await asyncio.wait_for(waiting, 1)
    assert pace.speed == 10_000


async def test_cancelled() -> None:
    """A wait can be called off."""
    waiting = asyncio.create_task(Pace(Clock(), speed=1, patience=1).wait(100))
    await asyncio.sleep(0)
    waiting.cancel()
    assert (await asyncio.gather(waiting, return_exceptions=True))[0].__class__ is asyncio.CancelledError


def test_limit() -> None:
    """Real work has its real time, however fast the service's passes."""
    assert Pace(Clock(), speed=1000, patience=30).limit(60) == 30
    assert Pace(Clock(), speed=1, patience=30).limit(60) == 60


async def test_quick_clock() -> None:
    """What a client sleeps passes at the service's pace, and never slower than it asked for."""
    pace = Pace(Clock(), speed=1000, patience=1)
    begun = time.monotonic()
    await QuickClock(pace).sleep(30)
    assert time.monotonic() - begun < 5
    pace.change(0.001)
    await asyncio.wait_for(QuickClock(pace).sleep(0.01), 5)


async def test_waits_are_quick() -> None:
    """A wait of the service's own client with its default delays of half a minute ends at once."""
    from aiosagemaker.sagemaker import ContainerDefinition, ProductionVariant

    begun = time.monotonic()
    async with LocalSageMaker(speed=1000) as local, local.client() as client:
        await client.create_model(model_name="m", primary_container=ContainerDefinition(image="i"))
        variant = ProductionVariant(
            variant_name="v", model_name="m", initial_instance_count=1, instance_type="ml.m5.large"
        )
        await client.create_endpoint_config(endpoint_config_name="c", production_variants=[variant])
        await client.create_endpoint(endpoint_name="e", endpoint_config_name="c")
        await client.wait_until_endpoint_in_service(endpoint_name="e")
    assert time.monotonic() - begun < 15
