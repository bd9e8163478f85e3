"""Inference components as requests make and list them."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.local.components import NEEDS, ask, create, hosts, spec

from aiosagemaker.errors import AlreadyExists, ValidationException
from aiosagemaker.sagemaker import (
    InferenceComponentContainerSpecification,
    InferenceComponentSpecification,
)


async def test_own_container(hosting: Any) -> None:
    """A component may have a container of its own rather than a model."""
    await hosts(hosting)
    container = InferenceComponentContainerSpecification(image="c", environment={"K": "V"})
    await create(
        hosting,
        specification=InferenceComponentSpecification(container=container, compute_resource_requirements=NEEDS),
    )
    await hosting.clock.advance(30)
    assert await ask(hosting) == b"c:x"
    assert hosting.models["c"].asked[0].environment["K"] == "V"
    found = await hosting.sm.describe_inference_component(inference_component_name="one")
    assert found.specification.container.deployed_image.specified_image == "c"


async def test_lists_and_refusals(hosting: Any) -> None:
    """Components are listed by endpoint; names are taken once; an endpoint that hosts some cannot be deleted."""
    await hosts(hosting)
    await create(hosting)
    await create(hosting, "two")
    await hosting.clock.advance(30)
    listed = await hosting.sm.list_inference_components(endpoint_name_equals="e", sort_by="Name")
    assert [item.inference_component_name for item in listed.inference_components] == ["two", "one"]
    assert not (await hosting.sm.list_inference_components(status_equals="Failed")).inference_components
    with pytest.raises(AlreadyExists):
        await create(hosting)
    with pytest.raises(ValidationException, match="while it hosts inference components: one, two"):
        await hosting.sm.delete_endpoint(endpoint_name="e")
    with pytest.raises(ValidationException, match='Could not find variant "x"'):
        await create(hosting, "three", variant_name="x")
    await hosting.config("plain", hosting.variant("a"))
    await hosting.endpoint("plain", "plain")
    with pytest.raises(ValidationException, match="hosts models of its variants"):
        await hosting.sm.create_inference_component(
            inference_component_name="x", endpoint_name="plain", variant_name="a", specification=spec("a")
        )
