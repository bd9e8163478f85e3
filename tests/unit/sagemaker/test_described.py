"""Descriptions become the requests that make the same again."""

from __future__ import annotations

import datetime as dt
import pickle

import pytest

from aiosagemaker.errors import ArgumentError
from aiosagemaker.sagemaker import (
    ContainerDefinition,
    CreateEndpointConfigRequest,
    CreateEndpointRequest,
    CreateInferenceComponentRequest,
    CreateModelRequest,
    DeployedImage,
    DescribeEndpointConfigResponse,
    DescribeEndpointResponse,
    DescribeInferenceComponentResponse,
    DescribeModelResponse,
    DescribeTrainingJobRequest,
    InferenceComponentContainerSpecificationSummary,
    InferenceComponentRuntimeConfigSummary,
    InferenceComponentSpecificationSummary,
    ProductionVariant,
    Tag,
)
from aiosagemaker.sagemaker.described import as_request

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
ARN = "arn:aws:sagemaker:us-east-1:123456789012:x/y"
MODEL = DescribeModelResponse(
    model_name="m", primary_container=ContainerDefinition(image="i"), model_arn=ARN, creation_time=NOW
)


def test_model() -> None:
    """All that was asked for comes back, nothing that the service chose, and tags where they are given."""
    asked = CreateModelRequest(model_name="m", primary_container=ContainerDefinition(image="i"))
    assert MODEL.as_request() == asked
    tags = [Tag(key="a", value="b"), Tag(key="aws:x", value="y")]
    assert MODEL.as_request(tags=tags) == MODEL.as_request(tags={"a": "b"}) == asked.with_tags(tags[:1])


def test_config() -> None:
    """A configuration, with its variants."""
    variant = ProductionVariant(variant_name="v", model_name="m", instance_type="ml.m5.large", initial_instance_count=1)
    described = DescribeEndpointConfigResponse(
        endpoint_config_name="c", endpoint_config_arn=ARN, creation_time=NOW, production_variants=[variant]
    )
    assert described.as_request() == CreateEndpointConfigRequest(
        endpoint_config_name="c", production_variants=[variant]
    )


def test_endpoint() -> None:
    """An endpoint, whose last deployment's policy is that of the next."""
    described = DescribeEndpointResponse.from_dict(
        {
            "EndpointName": "e",
            "EndpointArn": ARN,
            "EndpointConfigName": "c",
            "EndpointStatus": "InService",
            "CreationTime": NOW,
            "LastModifiedTime": NOW,
            "LastDeploymentConfig": {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "a"}]}},
        }
    )
    request = described.as_request()
    assert isinstance(request, CreateEndpointRequest)
    assert request.to_dict() == {
        "EndpointName": "e",
        "EndpointConfigName": "c",
        "DeploymentConfig": {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "a"}]}},
    }


def test_component() -> None:
    """A component, of which a description has image and copies in other places."""
    container = InferenceComponentContainerSpecificationSummary(
        deployed_image=DeployedImage(specified_image="i", resolved_image="i@1"), environment={"A": "b"}
    )
    described = DescribeInferenceComponentResponse(
        inference_component_name="c",
        inference_component_arn=ARN,
        endpoint_name="e",
        endpoint_arn=ARN,
        variant_name="v",
        specification=InferenceComponentSpecificationSummary(container=container),
        runtime_config=InferenceComponentRuntimeConfigSummary(desired_copy_count=2, current_copy_count=1),
        creation_time=NOW,
        last_modified_time=NOW,
    )
    request = described.as_request()
    assert isinstance(request, CreateInferenceComponentRequest)
    assert request.to_dict() == {
        "InferenceComponentName": "c",
        "EndpointName": "e",
        "VariantName": "v",
        "Specification": {"Container": {"Image": "i", "Environment": {"A": "b"}}},
        "RuntimeConfig": {"CopyCount": 2},
    }


def test_nothing_else_can_be_made_again() -> None:
    """Anything else is refused, in words that say what is taken."""
    with pytest.raises(ArgumentError, match="Model, EndpointConfig, Endpoint, InferenceComponent"):
        as_request(DescribeTrainingJobRequest(training_job_name="t"))


def test_it_is_a_response_like_any_other() -> None:
    """It pickles, compares and hashes as all do."""
    again = pickle.loads(pickle.dumps(MODEL))
    assert again == MODEL
    assert hash(again) == hash(MODEL)
