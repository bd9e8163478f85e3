"""A version that did not come up."""

from __future__ import annotations

from typing import Any

import pytest
from tests.integration.hosting_cases import make_spec, scaled, serving, state_of

from aiosagemaker.hosting import DeploymentFailed, deploy


async def test_first_version() -> None:
    """A first version that does not start leaves nothing behind, and the error says so."""
    async with serving() as hosting:
        with pytest.raises(DeploymentFailed, match="which never served, was removed"):
            await deploy(hosting.client, make_spec(image="bad"))
        assert (await hosting.client.list_endpoints()).endpoints == ()
        assert (await hosting.client.list_models()).models == ()


async def test_scaling_is_put_back() -> None:
    """After a later version that does not start, all is as it was, scaling that stood in its way included."""
    async with serving() as hosting:
        spec = make_spec(scaling=scaled())
        await deploy(hosting.client, spec)
        before: Any = await state_of(hosting)
        other = make_spec("2", image="bad", scaling=scaled())
        variants = [each.with_instance_type("ml.c5.large") for each in other.config.production_variants]
        import attrs

        other = attrs.evolve(other, config=other.config.with_production_variants(variants))
        with pytest.raises(DeploymentFailed, match="as before"):
            await deploy(hosting.client, other)
        after: Any = await state_of(hosting)
        assert (after["targets"], after["policies"]) == (before["targets"], before["policies"])
        assert after.keys() == before.keys()
