"""What AWS refuses beside its model's constraints."""

from __future__ import annotations

from typing import Any

import pytest

from aiosagemaker.errors import ValidationException
from aiosagemaker.local._rules import check_rules
from aiosagemaker.sagemaker import (
    AddTagsRequest,
    AsyncInferenceConfig,
    AsyncInferenceOutputConfig,
    ContainerDefinition,
    CreateEndpointConfigRequest,
    CreateInferenceComponentRequest,
    CreateModelRequest,
    DeleteTagsRequest,
    DesiredWeightAndCapacity,
    InferenceComponentRuntimeConfig,
    InferenceComponentSpecification,
    InferenceExecutionConfig,
    ProductionVariant,
    ProductionVariantManagedInstanceScaling,
    ProductionVariantServerlessConfig,
    Tag,
    UpdateEndpointWeightsAndCapacitiesRequest,
)

SERVERLESS = ProductionVariantServerlessConfig(memory_size_in_mb=2048, max_concurrency=5)


def model(*containers: ContainerDefinition, **members: Any) -> CreateModelRequest:
    return CreateModelRequest(model_name="m", containers=containers or None, **members)


def variant(name: str = "v", **members: Any) -> ProductionVariant:
    given = {"model_name": "m", "instance_type": "ml.m5.large", "initial_instance_count": 1, **members}
    return ProductionVariant(variant_name=name, **{key: value for key, value in given.items() if value is not None})


def config(*variants: ProductionVariant, **members: Any) -> CreateEndpointConfigRequest:
    return CreateEndpointConfigRequest(endpoint_config_name="c", production_variants=variants, **members)


def component(specification: InferenceComponentSpecification | None, copies: int = 1) -> Any:
    return CreateInferenceComponentRequest(
        inference_component_name="c",
        endpoint_name="e",
        specification=specification,
        runtime_config=InferenceComponentRuntimeConfig(copy_count=copies),
    )


IMAGE = ContainerDefinition(image="i")
SCALED = ProductionVariantManagedInstanceScaling(status="ENABLED", min_instance_count=1, max_instance_count=2)
ASYNC = AsyncInferenceConfig(output_config=AsyncInferenceOutputConfig(s3_output_path="s3://b/o"))
SPEC = InferenceComponentSpecification(model_name="m")


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (model(), "Either PrimaryContainer or Containers must be specified"),
        (model(IMAGE, IMAGE, primary_container=IMAGE), "Both PrimaryContainer and Containers"),
        (model(ContainerDefinition(mode="SingleModel")), "must specify an Image"),
        (model(*[ContainerDefinition(image="i", container_hostname="h")] * 2), "Duplicate ContainerHostname: h"),
        (
            model(IMAGE, IMAGE, inference_execution_config=InferenceExecutionConfig(mode="Direct")),
            "must have a ContainerHostname",
        ),
        (model(IMAGE, tags=[Tag(key="aws:x", value="")]), "aws: prefixed tag key names are not allowed"),
        (model(IMAGE, tags=[Tag(key="x", value="")] * 2), "Duplicate tag keys"),
        (config(variant(), variant()), "Duplicate VariantName: v"),
        (config(variant(), shadow_production_variants=[variant()]), "Duplicate VariantName: v"),
        (config(variant(instance_type=None, initial_instance_count=None)), "either InstanceType and"),
        (config(variant(serverless_config=SERVERLESS)), "either InstanceType and"),
        (config(variant(initial_instance_count=None)), "must specify InitialInstanceCount"),
        (config(variant(instance_type=None, serverless_config=SERVERLESS)), "must not specify InitialInstanceCount"),
        (config(variant(managed_instance_scaling=SCALED)), "only supported for inference component endpoints"),
        (config(variant("a"), variant("b", model_name=None)), "ModelName must be specified for every variant"),
        (config(variant(model_name=None)), "ExecutionRoleArn is required"),
        (config(variant("a"), variant("b"), shadow_production_variants=[variant("c")]), "Only one variant"),
        (
            config(
                variant(instance_type=None, initial_instance_count=None, serverless_config=SERVERLESS),
                async_inference_config=ASYNC,
            ),
            "AsyncInferenceConfig is not supported with ServerlessConfig",
        ),
        (
            config(
                variant(
                    instance_type=None,
                    initial_instance_count=None,
                    serverless_config=SERVERLESS.with_provisioned_concurrency(9),
                )
            ),
            r"ProductionVariants\[0\].ServerlessConfig.ProvisionedConcurrency: must not be above MaxConcurrency",
        ),
        (
            UpdateEndpointWeightsAndCapacitiesRequest(
                endpoint_name="e", desired_weights_and_capacities=[DesiredWeightAndCapacity(variant_name="v")] * 2
            ),
            "Duplicate VariantName: v",
        ),
        (component(None), "Specification must be specified"),
        (component(InferenceComponentSpecification()), "either ModelName or Container"),
        (component(SPEC), "ComputeResourceRequirements must be specified"),
        (component(SPEC, 0), "copy count an integer larger than 0"),
        (AddTagsRequest(resource_arn="a", tags=[Tag(key="AWS:x", value="")]), "aws: prefixed"),
        (DeleteTagsRequest(resource_arn="a", tag_keys=["aws:x"]), "aws: prefixed"),
    ],
)
def test_refused(request_: Any, said: str) -> None:
    """What AWS would refuse is refused, in its words where they are known, with the wire's names."""
    with pytest.raises(ValidationException, match=said):
        check_rules(request_)


@pytest.mark.parametrize(
    "request_",
    [
        model(IMAGE),
        model(primary_container=IMAGE),
        config(variant("a"), variant("b")),
        config(variant(instance_type=None, initial_instance_count=None, serverless_config=SERVERLESS)),
        config(variant(model_name=None, managed_instance_scaling=SCALED), execution_role_arn="arn:aws:iam::1:role/r"),
        config(variant("a"), shadow_production_variants=[variant("b")]),
        config(variant(), async_inference_config=ASYNC),
    ],
)
def test_allowed(request_: Any) -> None:
    """What AWS takes passes."""
    check_rules(request_)
