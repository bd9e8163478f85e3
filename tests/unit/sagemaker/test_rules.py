"""The rules that AWS documents beside its model."""

from __future__ import annotations

from typing import Any

import pytest

from aiosagemaker import SizedStream
from aiosagemaker.errors import ArgumentError
from aiosagemaker.sagemaker import (
    BlueGreenUpdatePolicy,
    CapacitySize,
    CreateEndpointConfigRequest,
    CreateEndpointRequest,
    DeploymentConfig,
    DesiredWeightAndCapacity,
    ListModelsRequest,
    ProductionVariant,
    ProductionVariantServerlessConfig,
    ProductionVariantServerlessUpdateConfig,
    RollingUpdatePolicy,
    TrafficRoutingConfig,
    UpdateEndpointRequest,
    UpdateEndpointWeightsAndCapacitiesRequest,
    check,
)
from aiosagemaker.sagemaker.rules import documented, shares_of
from aiosagemaker.sagemaker_metrics import BatchGetMetricsRequest
from aiosagemaker.sagemaker_runtime import InvokeEndpointRequest, InvokeEndpointWithResponseStreamRequest

BLUE_GREEN = "deployment_config.blue_green_update_policy"
ROUTING = f"{BLUE_GREEN}.traffic_routing_configuration"


def size(value: int, kind: str = "CAPACITY_PERCENT") -> CapacitySize:
    return CapacitySize(type=kind, value=value)


def policy(kind: str, *, wait: int = 60, termination: int | None = None, limit: int | None = None, **sizes: Any) -> Any:
    return BlueGreenUpdatePolicy(
        traffic_routing_configuration=TrafficRoutingConfig(type=kind, wait_interval_in_seconds=wait, **sizes),
        termination_wait_in_seconds=termination,
        maximum_execution_timeout_in_seconds=limit,
    )


def update(blue_green: Any = None, rolling: Any = None) -> UpdateEndpointRequest:
    config = DeploymentConfig(blue_green_update_policy=blue_green, rolling_update_policy=rolling)
    return UpdateEndpointRequest(endpoint_name="e", endpoint_config_name="c", deployment_config=config)


def rolling(value: int, kind: str = "CAPACITY_PERCENT") -> RollingUpdatePolicy:
    return RollingUpdatePolicy(maximum_batch_size=size(value, kind), wait_interval_in_seconds=60)


def serverless(memory: int = 1024, provisioned: int | None = None) -> ProductionVariant:
    config = ProductionVariantServerlessConfig(
        memory_size_in_mb=memory, max_concurrency=5, provisioned_concurrency=provisioned
    )
    return ProductionVariant(variant_name="v", model_name="m", serverless_config=config)


def create(*variants: ProductionVariant, shadows: Any = None) -> CreateEndpointConfigRequest:
    return CreateEndpointConfigRequest(
        endpoint_config_name="c", production_variants=variants, shadow_production_variants=shadows
    )


def paths(request: Any) -> list[str]:
    return [finding.path for finding in check(request)]


@pytest.mark.parametrize(
    "request_",
    [
        update(policy("ALL_AT_ONCE")),
        update(policy("CANARY", canary_size=size(50))),
        update(policy("LINEAR", linear_step_size=size(10), wait=59, limit=600)),
        update(policy("CANARY", canary_size=size(3, "INSTANCE_COUNT"))),
        update(rolling=rolling(5)),
        update(),
        create(serverless(6144, 5), serverless(1024)),
        create(serverless(), shadows=[serverless()]),
        ListModelsRequest(),
        CreateEndpointRequest(endpoint_name="e", endpoint_config_name="c"),
    ],
)
def test_nothing_to_find(request_: Any) -> None:
    """A request that keeps every rule has no findings."""
    assert check(request_) == ()


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (update(policy("ALL_AT_ONCE"), rolling(10)), ["deployment_config"]),
        (update(policy("CANARY", canary_size=size(51))), [f"{ROUTING}.canary_size.value"]),
        (update(policy("CANARY")), [f"{ROUTING}.canary_size"]),
        (update(policy("LINEAR", linear_step_size=size(9))), [f"{ROUTING}.linear_step_size.value"]),
        (update(policy("LINEAR", linear_step_size=size(51))), [f"{ROUTING}.linear_step_size.value"]),
        (update(rolling=rolling(4)), ["deployment_config.rolling_update_policy.maximum_batch_size.value"]),
        (update(rolling=rolling(51)), ["deployment_config.rolling_update_policy.maximum_batch_size.value"]),
        (
            update(policy("LINEAR", linear_step_size=size(10), wait=60, limit=600)),
            [f"{BLUE_GREEN}.maximum_execution_timeout_in_seconds"],
        ),
        (
            update(policy("ALL_AT_ONCE", wait=300, termination=300, limit=600)),
            [f"{BLUE_GREEN}.maximum_execution_timeout_in_seconds"],
        ),
        (create(serverless(1500)), ["production_variants[0].serverless_config.memory_size_in_mb"]),
        (create(serverless(provisioned=6)), ["production_variants[0].serverless_config.provisioned_concurrency"]),
        (create(serverless(), serverless(), shadows=[serverless()]), ["production_variants"]),
        (create(serverless(), shadows=[serverless()] * 2), ["shadow_production_variants"]),
    ],
)
def test_findings(request_: Any, expected: list[str]) -> None:
    """Each broken rule is one finding, at the member that breaks it."""
    assert paths(request_) == expected


def test_scaling() -> None:
    """Scaling provisioned concurrency above the maximum is found."""
    config = ProductionVariantServerlessUpdateConfig(max_concurrency=1, provisioned_concurrency=2)
    request = UpdateEndpointWeightsAndCapacitiesRequest(
        endpoint_name="e",
        desired_weights_and_capacities=[DesiredWeightAndCapacity(variant_name="v", serverless_update_config=config)],
    )
    (finding,) = check(request)
    assert str(finding) == (
        "desired_weights_and_capacities[0].serverless_update_config.provisioned_concurrency: "
        "must not be above max_concurrency (1)"
    )


def test_instance_counts() -> None:
    """A size in instances is judged once the variants' counts are known, for each of them."""
    request = update(policy("CANARY", canary_size=size(3, "INSTANCE_COUNT")))
    assert not documented(request, {"a": 6})
    assert [finding.path for finding in documented(request, {"a": 6, "b": 5})] == [f"{ROUTING}.canary_size.value"]


def test_constraints_come_first() -> None:
    """What breaks the model's own constraints is told as they tell it, and no rule is asked about it."""
    (finding,) = check(create(serverless(8192)))
    assert str(finding) == "production_variants[0].serverless_config.memory_size_in_mb: expected at most 6144"


def test_what_can_be_checked() -> None:
    """Only a request can be checked, of the control plane or the runtime."""
    for wrong in (BatchGetMetricsRequest(metric_queries=[]), size(1), None):
        with pytest.raises(ArgumentError, match="check takes a request"):
            check(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "shares"),
    [
        ({"kind": "ALL_AT_ONCE"}, [1.0]),
        ({"kind": "CANARY", "canary_size": size(20)}, [0.2, 1.0]),
        ({"kind": "LINEAR", "linear_step_size": size(30)}, [0.3, 0.6, 0.9, 1.0]),
        ({"kind": "LINEAR", "linear_step_size": size(50)}, [0.5, 1.0]),
        ({"kind": "CANARY", "canary_size": size(1, "INSTANCE_COUNT")}, [0.25, 1.0]),
    ],
)
def test_steps(given: dict[str, Any], shares: list[float]) -> None:
    """Traffic shifts in the steps that the routing says, the last to all."""
    routing = policy(given.pop("kind"), **given).traffic_routing_configuration
    assert shares_of(routing, {"v": 4}) == pytest.approx(shares)


INVOKE = InvokeEndpointRequest(endpoint_name="e", body=b"")


@pytest.mark.parametrize(
    ("request_", "serverless", "found"),
    [
        (INVOKE, False, []),
        (INVOKE.with_body(bytes(25 * 1024 * 1024)), False, []),
        (INVOKE.with_body(bytes(25 * 1024 * 1024 + 1)), False, ["body"]),
        (INVOKE.with_body(bytes(4 * 1024 * 1024)), True, []),
        (INVOKE.with_body(bytes(4 * 1024 * 1024 + 1)), True, ["body"]),
        (INVOKE.with_body(SizedStream(lambda: None, 26_214_401)), False, ["body"]),  # type: ignore[arg-type, return-value]  # never read
        (INVOKE.with_custom_attributes("a=b;c=d"), False, []),
        (INVOKE.with_custom_attributes("a b"), False, ["custom_attributes"]),
        (INVOKE.with_custom_attributes("a" * 1025), False, ["custom_attributes"]),
        (INVOKE.with_session_id("NEW_SESSION"), False, []),
        (
            InvokeEndpointWithResponseStreamRequest(endpoint_name="e", body=b"", session_id="abc"),
            False,
            [],
        ),
    ],
)
def test_invocations(request_: Any, serverless: bool, found: list[str]) -> None:
    """What an invocation may hold is held against the documented limits."""
    assert [finding.path for finding in check(request_, serverless=serverless)] == found
