"""A running endpoint as a spec."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from .._errors import NotFound
from ..sagemaker.described import as_request, tag_tuple
from .companions import Companions
from .names import OWNER_TAG, handle
from .observed import Reader
from .scaling_spec import scaling_of
from .versions import VARIANTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..application_autoscaling.client import ApplicationAutoScalingClient
    from ..sagemaker.client import SageMakerClient


async def running_spec(
    client: SageMakerClient, endpoint_name: str, scaling: ApplicationAutoScalingClient | None
) -> dict[str, Any]:
    """The members of the EndpointSpec. Raises NotFound, or what a read failed with."""
    async with Companions(client, given_scaling=scaling) as companions:
        observed = await Reader(companions, endpoint_name).observe()
    if observed.endpoint is None:
        raise NotFound(f"Could not find endpoint {endpoint_name!r}.", operation="DescribeEndpoint", http_status=400)
    if observed.in_force is None:
        text = f"Could not find endpoint configuration {observed.in_force_name!r}, which the endpoint has."
        raise NotFound(text, operation="DescribeEndpointConfig", http_status=400)
    names = {
        name: handle(name, endpoint_name) if found.is_of(endpoint_name) else name
        for name, found in observed.models.items()
    }
    config = as_request(observed.in_force.described)
    described = observed.endpoint.described
    named = {
        variant.model_name
        for member in VARIANTS
        for variant in getattr(config, member) or ()
        if variant.model_name is not None
    }
    components: list[Any] = []
    for found in observed.components.values():
        component = as_request(found.described, tags=_own(found.tags))
        if component.specification is not None and component.specification.model_name is not None:
            named.add(component.specification.model_name)
            specification = component.specification
            renamed = attrs.evolve(
                specification, model_name=names.get(specification.model_name, specification.model_name)
            )
            component = attrs.evolve(component, specification=renamed)
        components.append(component)
    targets = [scaling_of(target, observed.policies.get(key, ())) for key, target in observed.targets.items()]
    return {
        "endpoint_name": endpoint_name,
        "config": attrs.evolve(config, endpoint_config_name=endpoint_name, **_renamed(config, names)),
        "models": [
            attrs.evolve(as_request(found.described), model_name=names[name])
            for name, found in observed.models.items()
            if name in named
        ],
        "deployment_config": described.last_deployment_config,
        "tags": tag_tuple(_own(observed.endpoint.tags)),
        "components": components,
        "scaling": [each for each in targets if each is not None],
    }


def _own(tags: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in tags.items() if key != OWNER_TAG}


def _renamed(config: Any, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        member: tuple(
            variant
            if variant.model_name is None
            else attrs.evolve(variant, model_name=names.get(variant.model_name, variant.model_name))
            for variant in getattr(config, member)
        )
        for member in VARIANTS
        if getattr(config, member) is not None
    }
