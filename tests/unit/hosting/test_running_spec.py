"""A running endpoint as a spec."""

from __future__ import annotations

import attrs
from tests.integration.hosting_cases import left, make_spec, serving

from aiosagemaker.hosting import (
    EndpointSpec,
    deploy,
)
from aiosagemaker.sagemaker import (
    Tag,
)


async def test_from_endpoint() -> None:
    """A running endpoint, made by hand, is a spec: deployed as it is it changes nothing, a copy makes another."""
    async with serving() as hosting:
        client = hosting.client
        made = make_spec("1")
        await client.send(made.models[0])
        await client.send(made.config.with_endpoint_config_name("by-hand"))
        await client.create_endpoint(
            endpoint_name="churn", endpoint_config_name="by-hand", tags=[Tag(key="a", value="b")]
        )
        await client.wait_until_endpoint_in_service(endpoint_name="churn")
        spec = await EndpointSpec.from_endpoint(client, "churn")
        assert spec.models == made.models
        deployment = await deploy(client, spec)
        assert deployment.endpoint_config_name == "by-hand"
        assert "UpdateEndpoint" not in hosting.calls
        await deploy(client, attrs.evolve(spec, endpoint_name="copy"))
        assert (await left(client))[0] == ["churn", "copy"]
