"""Removing an endpoint, and what belongs to it."""

from __future__ import annotations

from tests.integration.hosting_cases import left, make_spec, serving

from aiosagemaker.hosting import (
    deploy,
    plan_teardown,
    teardown,
)


async def test_teardown_keeps_what_others_use() -> None:
    """What another endpoint uses is kept and named; all else that belongs to the endpoint goes."""
    async with serving() as hosting:
        client = hosting.client
        await deploy(client, make_spec("1"))
        _, configs, models = await left(client)
        await client.create_endpoint(endpoint_name="other", endpoint_config_name=configs[0])
        await client.wait_until_endpoint_in_service(endpoint_name="other")
        planned = await plan_teardown(client, "churn")
        done = await teardown(client, "churn")
        assert await left(client) == (["other"], configs, models)
        assert [change.why for change in done.kept][:1] == ["used by endpoint other"]
        assert [change.name for change in planned.writes] == ["churn"]


async def test_teardown_of_what_is_not_there() -> None:
    """There is nothing to do."""
    async with serving() as hosting:
        assert not await plan_teardown(hosting.client, "churn")
        assert not (await teardown(hosting.client, "churn")).changes
