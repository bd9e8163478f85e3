"""The members of a spec."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from .._errors import ArgumentError
from ..sagemaker.described import tag_tuple

if TYPE_CHECKING:
    from ..sagemaker.models import (
        CreateEndpointConfigRequest,
        CreateInferenceComponentRequest,
        CreateModelRequest,
        DeploymentConfig,
        Tag,
    )
    from .scaling_spec import ScalingSpec


def _as_tags(value: Any) -> tuple[Any, ...]:
    return tag_tuple(value)


def _as_tuple(value: Iterable[Any]) -> tuple[Any, ...]:
    if isinstance(value, (str, bytes, Mapping)):
        raise ArgumentError(f"a list is wanted, not {value!r:.80}")
    return tuple(value)


@attrs.frozen(kw_only=True)
class SpecMembers:
    """See EndpointSpec."""

    endpoint_name: str
    """The endpoint's name."""
    config: CreateEndpointConfigRequest
    """The configuration: variants and shadow variants, data capture, asynchronous inference, explainer, key, network.
    Its own name does not matter."""
    models: tuple[CreateModelRequest, ...] = attrs.field(default=(), converter=_as_tuple)
    """The models that are made for it."""
    deployment_config: DeploymentConfig | None = None
    """How an update goes about: blue/green or rolling, and the alarms that roll it back. Default: all at once."""
    tags: tuple[Tag, ...] = attrs.field(default=(), converter=_as_tags)
    """The tags of the endpoint and of all that is made for it; a mapping will do. Default none."""
    components: tuple[CreateInferenceComponentRequest, ...] = attrs.field(default=(), converter=_as_tuple)
    """The inference components on it. Default none."""
    scaling: tuple[ScalingSpec, ...] = attrs.field(default=(), converter=_as_tuple)
    """What scales, and how. Default nothing."""
    instance_types: tuple[str, ...] = attrs.field(default=(), converter=_as_tuple)
    """The instance types to fall back to, in order, if there is no capacity for the variants' own. Default none."""

    def __attrs_post_init__(self) -> None:
        variants = [
            variant.variant_name
            for member in (self.config.production_variants, self.config.shadow_production_variants)
            for variant in member or ()
        ]
        components = [component.inference_component_name for component in self.components]
        _check_once("model", [model.model_name for model in self.models])
        _check_once("variant", variants)
        _check_once("inference component", components)
        _check_once("scaling target", [each.resource_id(self.endpoint_name) for each in self.scaling])
        for each in self.scaling:
            known = variants if each.variant_name is not None else components
            name = each.variant_name if each.variant_name is not None else each.inference_component_name
            if name not in known:
                raise ArgumentError(f"scaling: {name!r} is none of {', '.join(known) or 'nothing'}")


def _check_once(kind: str, names: list[str]) -> None:
    twice = sorted({str(name) for name in names if names.count(name) > 1})
    if twice:
        raise ArgumentError(f"{kind} {', '.join(twice)}: named twice")
