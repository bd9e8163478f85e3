"""A deployment that is killed anywhere, and run again, comes to the same end, and leaves nothing over."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.integration.hosting_cases import READS, Hosting, Killer, make_spec, scaled, serving, state_of

from aiosagemaker.hosting import deploy, teardown
from aiosagemaker.sagemaker import ProductionVariant

BEFORE = make_spec("1", tags={"team": "a", "old": "x"}, scaling=scaled())


def _after() -> Any:
    bigger = ProductionVariant(
        variant_name="main", model_name="churn", instance_type="ml.m5.xlarge", initial_instance_count=1
    )
    spec = make_spec("2", tags={"team": "b"}, scaling=scaled(high=4))
    return make_spec(
        "2", tags={"team": "b"}, scaling=scaled(high=4), config=spec.config.with_production_variants([bigger])
    )


AFTER = _after()


async def _begin(hosting: Hosting, start: str) -> None:
    if start == "update":
        await deploy(hosting.client, BEFORE, keep=1)
    if start == "teardown":
        await deploy(hosting.client, AFTER)


async def _work(hosting: Hosting, start: str) -> None:
    if start == "teardown":
        await teardown(hosting.client, AFTER.endpoint_name)
    else:
        await deploy(hosting.client, AFTER, keep=1)


@pytest.mark.parametrize("start", ["create", "update", "teardown"])
async def test_cancelled_at_every_call(start: str) -> None:
    """Cancelled before each of its calls, and after each that writes, and run again: the end is that of one run."""
    async with serving() as hosting:
        killer = Killer(hosting.local)
        await _begin(hosting, start)
        killer.calls.clear()
        await _work(hosting, start)
        whole, wanted = list(killer.calls), await state_of(hosting, "churn")
        cases = [(number, False) for number in range(len(whole))]
        cases += [(number, True) for number, call in enumerate(whole) if not call.startswith(READS)]
        for number, after in cases:
            await teardown(hosting.client, AFTER.endpoint_name)
            await _begin(hosting, start)
            task = asyncio.create_task(_work(hosting, start))
            killer.arm(task, number, after=after)
            await asyncio.wait([task])
            await _work(hosting, start)
            assert await state_of(hosting, "churn") == wanted, (number, after, whole)
