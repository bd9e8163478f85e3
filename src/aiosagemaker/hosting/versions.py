"""Versions: what a spec is as requests, with the names that follow from their content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from ..sagemaker.described import tag_tuple
from .names import OWNER_TAG, content, content_name, model_stem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .spec_members import SpecMembers

VARIANTS = ("production_variants", "shadow_production_variants")


@attrs.frozen(kw_only=True)
class Version:
    """One version of an endpoint: a configuration and the models that come with it."""

    config: Any
    """A CreateEndpointConfigRequest."""
    models: Mapping[str, Any]
    """CreateModelRequests by their names."""

    @property
    def name(self) -> str:
        """The configuration's name."""
        name: str = self.config.endpoint_config_name
        return name

    def view(self) -> dict[str, Any]:
        """The content, without the names that follow from it: each variant has its model within."""
        return version_view(self.config, self.models)


def version_view(config: Any, models: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration's content, with those of its models that are known in the place of their names."""
    seen = content(config, "EndpointConfigName")
    for member in ("ProductionVariants", "ShadowProductionVariants"):
        for variant in seen.get(member, ()):
            model = models.get(variant.get("ModelName", ""))
            if model is not None:
                variant["Model"] = content(model, "ModelName")
                del variant["ModelName"]
    return seen


def candidates(spec: SpecMembers) -> tuple[Version, ...]:
    """The versions that a spec allows, the first choice first: one more for each instance type to fall back to."""
    return (version_of(spec), *(version_of(spec, each) for each in spec.instance_types))


def version_of(spec: SpecMembers, instance_type: str | None = None) -> Version:
    """A spec as requests; with `instance_type` in place of that of every variant that has one."""
    tags = spec_tags(spec)
    names = content_model_names(spec)
    models = {
        names[model.model_name]: model.with_model_name(names[model.model_name]).with_tags(_with_tags(model.tags, tags))
        for model in spec.models
    }
    config: Any = spec.config.with_tags(_with_tags(spec.config.tags, tags))
    for member in VARIANTS:
        if (variants := getattr(config, member)) is not None:
            variants = [_variant(variant, names, instance_type) for variant in variants]
            config = getattr(config, f"with_{member}")(variants)
    name = content_name(spec.endpoint_name, spec.endpoint_name, content(config, "EndpointConfigName"))
    return Version(config=config.with_endpoint_config_name(name), models=models)


def content_model_names(spec: SpecMembers) -> dict[str, str]:
    """What each of a spec's models is called when it is made."""
    return {
        model.model_name: content_name(
            model_stem(spec.endpoint_name, model.model_name), spec.endpoint_name, content(model, "ModelName")
        )
        for model in spec.models
    }


def components(spec: SpecMembers) -> Iterator[Any]:
    """The inference components as requests. Callers name them, so that their names are the spec's own."""
    names, tags = content_model_names(spec), spec_tags(spec)
    for component in spec.components:
        made = component.with_tags(_with_tags(component.tags, tags)).with_endpoint_name(spec.endpoint_name)
        if component.specification is not None:
            made = made.with_specification(_named(component.specification, names))
        if specifications := getattr(component, "specifications", None):
            made = made.with_specifications([_named(each, names) for each in specifications])
        yield made


def spec_tags(spec: SpecMembers) -> dict[str, str]:
    """The tags of everything that is made of a spec."""
    return {**{tag.key: tag.value for tag in spec.tags}, OWNER_TAG: spec.endpoint_name}


def tags_of(request: Any) -> dict[str, str]:
    """A request's tags by key."""
    return {tag.key: tag.value for tag in request.tags or ()}


def _with_tags(own: Any, tags: Mapping[str, str]) -> Any:
    return tag_tuple({**{tag.key: tag.value for tag in own or ()}, **tags})


def _variant(variant: Any, names: Mapping[str, str], instance_type: str | None) -> Any:
    changed: dict[str, Any] = {}
    if variant.model_name in names:
        changed["model_name"] = names[variant.model_name]
    if instance_type is not None and variant.instance_type is not None:
        changed["instance_type"] = instance_type
    return attrs.evolve(variant, **changed)


def _named(specification: Any, names: Mapping[str, str]) -> Any:
    if specification.model_name not in names:
        return specification
    return attrs.evolve(specification, model_name=names[specification.model_name])


def models_named(config: Any) -> set[str]:
    """The models that a configuration, described or asked for, names."""
    variants = (*(config.production_variants or ()), *(config.shadow_production_variants or ()))
    return {variant.model_name for variant in variants if variant.model_name is not None}


def models_of_component(component: Any) -> set[str]:
    """The models that a component, described or asked for, names."""
    every = (component.specification, *(getattr(component, "specifications", None) or ()))
    return {each.model_name for each in every if each is not None and each.model_name is not None}


def counts_of(config: Any) -> dict[str, int]:
    """A configuration's instances by variant."""
    return {each.variant_name: each.initial_instance_count or 1 for each in config.production_variants or ()}
