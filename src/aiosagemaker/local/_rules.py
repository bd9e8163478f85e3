"""What AWS refuses beside its model's constraints. Where its own words are not known, ours say what must hold."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from ..sagemaker.rules import documented
from ._refusals import invalid, wire_path, wire_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .._shapes.structure import Request

MOST_CONTAINERS = 15
"""In a pipeline: "a linear sequence of two to fifteen containers" (inference-pipelines)."""


def check_rules(request: Request[Any], counts: Mapping[str, int] | None = None) -> None:
    """Raises the refusal of a request that breaks a rule. `counts` are instances by variant, where they are known."""
    found = [
        f"{wire_path(request, finding.path)}: {wire_words(request, finding.message)}"
        for finding in documented(request, counts)
    ]
    found += _tags(request)
    found += (_RULES.get(request.__operation__) or _none)(request)
    if found:
        raise invalid("; ".join(found))


def _none(request: Any) -> Iterator[str]:
    yield from ()


def _tags(request: Any) -> Iterator[str]:
    tags = getattr(request, "tags", None) or ()
    keys = [tag.key for tag in tags] if tags else list(getattr(request, "tag_keys", None) or ())
    if any(key.lower().startswith("aws:") for key in keys):
        # https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html: the prefix is AWS's own.
        yield "aws: prefixed tag key names are not allowed for external use."
    if len(set(keys)) < len(keys):
        yield "Duplicate tag keys found. Please note that Tag keys are case insensitive."


def _model(request: Any) -> Iterator[str]:
    if request.primary_container is not None and request.containers:
        yield "Both PrimaryContainer and Containers cannot be specified."
    containers = [request.primary_container] if request.primary_container is not None else request.containers or ()
    if not containers:
        yield "Either PrimaryContainer or Containers must be specified."
    if len(containers) > MOST_CONTAINERS:
        yield f"Containers: at most {MOST_CONTAINERS} may be specified."
    for container in containers:
        if container.image is None and container.model_package_name is None:
            yield "Each container definition must specify an Image or a ModelPackageName."
    hosts = Counter(container.container_hostname for container in containers if container.container_hostname)
    yield from (f"Duplicate ContainerHostname: {name}." for name, count in hosts.items() if count > 1)
    direct = request.inference_execution_config is not None and request.inference_execution_config.mode == "Direct"
    if direct and any(container.container_hostname is None for container in containers):
        # https://docs.aws.amazon.com/sagemaker/latest/dg/multi-container-direct.html
        yield "Each container must have a ContainerHostname where InferenceExecutionConfig.Mode is Direct."


def _config(request: Any) -> Iterator[str]:
    shadows = request.shadow_production_variants or ()
    variants = (*request.production_variants, *shadows)
    names = Counter(variant.variant_name for variant in variants)
    yield from (f"Duplicate VariantName: {name}." for name, count in names.items() if count > 1)
    if shadows and (len(request.production_variants) > 1 or len(shadows) > 1):
        # CreateEndpointConfig: with shadows "you can only specify one variant for ProductionVariants and one variant
        # for ShadowProductionVariants".
        yield "Only one variant in ProductionVariants and one in ShadowProductionVariants may be specified."
    if shadows and any(variant.serverless_config for variant in variants):
        yield "ShadowProductionVariants are not supported with ServerlessConfig."
    by_model = {variant.model_name is not None for variant in variants}
    if len(by_model) > 1:
        yield "ModelName must be specified for every variant, or for none where inference components are to be used."
    if by_model == {False}:
        if request.execution_role_arn is None:
            yield "ExecutionRoleArn is required on an endpoint configuration for inference components."
        if any(variant.serverless_config for variant in variants):
            yield "ModelName must be specified for a variant with ServerlessConfig."
    if request.async_inference_config is not None and any(variant.serverless_config for variant in variants):
        yield "AsyncInferenceConfig is not supported with ServerlessConfig."
    for variant in variants:
        yield from _variant(variant)


def _variant(variant: Any) -> Iterator[str]:
    name = variant.variant_name
    if (variant.serverless_config is None) == (variant.instance_type is None and variant.instance_pools is None):
        yield f"Variant {name} must specify either InstanceType and InitialInstanceCount, or ServerlessConfig."
    elif variant.serverless_config is None and variant.initial_instance_count is None:
        yield f"Variant {name} must specify InitialInstanceCount with its InstanceType."
    elif variant.serverless_config is not None and variant.initial_instance_count is not None:
        yield f"Variant {name} must not specify InitialInstanceCount with ServerlessConfig."
    if variant.managed_instance_scaling is not None and variant.model_name is not None:
        # As AWS answered to the Terraform provider's tests.
        yield "ManagedInstanceScaling is only supported for inference component endpoints."


def _weights(request: Any) -> Iterator[str]:
    names = Counter(item.variant_name for item in request.desired_weights_and_capacities)
    yield from (f"Duplicate VariantName: {name}." for name, count in names.items() if count > 1)


def _component(request: Any) -> Iterator[str]:
    specification = request.specification
    if specification is None:
        yield "Specification must be specified."
        return
    if (specification.model_name is None) == (specification.container is None):
        yield "Specification must specify either ModelName or Container."
    elif specification.container is not None and specification.container.image is None:
        yield "Specification.Container must specify an Image."
    if specification.compute_resource_requirements is None:
        yield "Specification.ComputeResourceRequirements must be specified."
    if request.runtime_config is not None and not request.runtime_config.copy_count:
        # As AWS answered to others: a component scales to zero afterwards only.
        yield "Inference components copy count an integer larger than 0"


_RULES: dict[str, Callable[[Any], Iterator[str]]] = {
    "CreateModel": _model,
    "CreateEndpointConfig": _config,
    "UpdateEndpointWeightsAndCapacities": _weights,
    "CreateInferenceComponent": _component,
}
