"""What is there of an endpoint."""

from __future__ import annotations

from typing import Any

from tests.integration.hosting_cases import component, make_spec, on_components, scaled, serving

from aiosagemaker.errors import AccessDeniedException, ServiceError
from aiosagemaker.hosting import deploy
from aiosagemaker.hosting.companions import Companions
from aiosagemaker.hosting.observed import Reader, is_gone
from aiosagemaker.hosting.versions import version_of


async def test_nothing(observe: Any) -> None:
    """Where there is nothing, all is empty."""
    async with serving() as hosting:
        observed = await observe(hosting.client)
        assert (observed.status, observed.in_force, observed.in_force_name, observed.view()) == ("", None, "", None)
        assert not (observed.configs)
        assert not (observed.models)
        assert not (observed.components)
        assert not (observed.targets)


async def test_all_of_it(observe: Any) -> None:
    """An endpoint is read with its configurations, models, components and scaling, and nothing is written."""
    async with serving() as hosting:
        for version in "12":
            await deploy(hosting.client, make_spec(version, scaling=scaled()), keep=2)
        hosting.calls.clear()
        observed = await observe(hosting.client)
        assert hosting.writes == []
        assert (len(observed.configs), len(observed.models), len(observed.targets)) == (2, 2, 1)
        assert observed.view() == version_of(make_spec("2")).view()
        assert next(iter(observed.own(observed.configs))) == observed.in_force_name


async def test_components(observe: Any) -> None:
    """Components are read with their tags, by which they are the endpoint's."""
    async with serving() as hosting:
        await deploy(hosting.client, on_components([component("c", "1")]))
        observed = await observe(hosting.client)
        assert {name: found.is_of("churn") for name, found in observed.components.items()} == {"c": True}


async def test_users() -> None:
    """What another endpoint or configuration uses is found, with what uses it."""
    async with serving() as hosting:
        client: Any = hosting.client
        await deploy(client, make_spec())
        async with Companions(client) as companions:
            reader = Reader(companions, "churn")
            observed = await reader.observe()
            assert await reader.users(observed, observed.configs, observed.models) == {}
            await client.create_endpoint(endpoint_name="other", endpoint_config_name=observed.in_force_name)
            users = await reader.users(observed, observed.configs, observed.models)
        assert users == {observed.in_force_name: "endpoint other"}


def test_gone() -> None:
    """A refusal says that something is gone by its kind or by its code."""
    assert is_gone(ServiceError("no", code="ObjectNotFoundException"))
    assert not is_gone(AccessDeniedException("no", code="AccessDeniedException"))
