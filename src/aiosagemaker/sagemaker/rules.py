"""Rules that the service documents beside its model: no client checks them, and a service refuses late or not at all.

Each rule's source is the member's page in
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Types_Amazon_SageMaker_Service.html, named at the rule.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from .._errors import ArgumentError, ParamValidationError
from .._shapes import constraints
from .._shapes.body import SizedStream

if TYPE_CHECKING:
    from .._shapes.structure import Request

MEBIBYTE = 1024 * 1024
PAYLOAD = 25 * MEBIBYTE
"""What the body of an invocation may hold, in bytes."""
SERVERLESS_PAYLOAD = 4 * MEBIBYTE
"""The same where the endpoint is serverless."""
MOST_PERCENT = 50
"""Of a variant's instances, in one step of a deployment."""


@attrs.frozen
class Finding:
    """One rule that a request breaks."""

    path: str
    """Where, in Python's member names: `production_variants[0].serverless_config.memory_size_in_mb`."""
    message: str
    """What must hold, in words."""

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


Found = Iterator[tuple[str, str]]
Counts = Mapping[str, int]
"""Instance counts of a configuration's variants by name, where they are known."""


def check(request: Request[Any], /, *, serverless: bool = False) -> tuple[Finding, ...]:
    """What the service would refuse of a request, before it is sent; empty if nothing is known.

    First every constraint of the model, as `validate()` has them; if all hold, the documented rules: for
    CreateEndpointConfig, CreateEndpoint, UpdateEndpoint and UpdateEndpointWeightsAndCapacities, and for the runtime's
    invocations. A size given as an instance count cannot be judged without the configuration's own counts, and passes.

    Args:
        request: a request of SageMaker's control plane or of its runtime.
        serverless: whether the endpoint invoked is serverless, which takes less. Default False.

    Raises:
        ArgumentError: `request` is neither.
    """
    service = request.__namespace__.schema.metadata.get("name") if hasattr(request, "__operation__") else None
    if service not in ("sagemaker", "sagemaker-runtime"):
        raise ArgumentError(f"check takes a request of SageMaker's control plane or runtime, not {request!r:.80}")
    try:
        constraints.check(request, strict=True)
    except ParamValidationError as error:
        return tuple(Finding(violation.path, violation.expected) for violation in error.violations)
    if service == "sagemaker-runtime":
        return tuple(Finding(*found) for found in _invocation(request, serverless=serverless))
    return documented(request)


def documented(request: Any, counts: Counts | None = None) -> tuple[Finding, ...]:
    """What a request that the model's constraints allow breaks of the documented rules."""
    rules = _RULES.get(request.__operation__, ())
    return tuple(Finding(*found) for rule in rules for found in rule(request, counts or {}))


def shares_of(routing: Any, counts: Counts) -> list[float]:
    """The new fleet's part of the traffic after each step of blue/green routing; the last is 1."""
    size = {"CANARY": routing.canary_size, "LINEAR": routing.linear_step_size}.get(routing.type)
    step = min(fractions_of(size, counts), default=1.0)
    if step >= 1:
        return [1.0]
    if routing.type == "CANARY":
        return [step, 1.0]
    return [min(1.0, step * (index + 1)) for index in range(math.ceil(round(1 / step, 6)))]


def waiting_time(policy: Any, counts: Counts) -> int:
    """The seconds that a blue/green policy waits in all: once after every step, and before the old fleet ends."""
    routing = policy.traffic_routing_configuration
    waits = len(shares_of(routing, counts)) * routing.wait_interval_in_seconds
    return int(waits + (policy.termination_wait_in_seconds or 0))


def fractions_of(size: Any, counts: Counts) -> tuple[float, ...]:
    """A capacity size as a part of each variant's instances; empty if that takes counts that are not known."""
    if size is None:
        return ()
    if size.type == "CAPACITY_PERCENT":
        return (size.value / 100,)
    return tuple(size.value / count for count in counts.values() if count)


def _deployment(request: Any, counts: Counts) -> Found:
    config = request.deployment_config
    if config is None:
        return
    if config.blue_green_update_policy is not None and config.rolling_update_policy is not None:
        # DeploymentConfig: "Only one update policy should be used".
        yield "deployment_config", "only one of blue_green_update_policy and rolling_update_policy may be set"
    if config.blue_green_update_policy is not None:
        yield from _blue_green(config.blue_green_update_policy, counts)
    if config.rolling_update_policy is not None:
        path = "deployment_config.rolling_update_policy"
        # RollingUpdatePolicy: "Value must be between 5% to 50% of the variant's total instance count."
        yield from _size(config.rolling_update_policy.maximum_batch_size, f"{path}.maximum_batch_size", 5, counts)


def _blue_green(policy: Any, counts: Counts) -> Found:
    path = "deployment_config.blue_green_update_policy"
    routing = policy.traffic_routing_configuration
    for kind, member, least in (("CANARY", "canary_size", 0), ("LINEAR", "linear_step_size", 10)):
        # TrafficRoutingConfig: a canary "less than or equal to 50%", a step "10-50%" of the total instance count.
        size, at = getattr(routing, member), f"{path}.traffic_routing_configuration.{member}"
        if routing.type == kind and size is None:
            yield at, f"required for traffic routing of type {kind}"
        if size is not None:
            yield from _size(size, at, least, counts)
    limit = policy.maximum_execution_timeout_in_seconds
    waiting = waiting_time(policy, counts)
    if limit is not None and limit <= waiting:
        # BlueGreenUpdatePolicy: "the timeout value should be larger than the total waiting time".
        yield f"{path}.maximum_execution_timeout_in_seconds", f"must be above the {waiting} s of the policy's waits"


def _size(size: Any, path: str, least: int, counts: Counts) -> Found:
    if all(least / 100 <= fraction <= MOST_PERCENT / 100 for fraction in fractions_of(size, counts)):
        return
    between = f"{least} to {MOST_PERCENT} %" if least else f"at most {MOST_PERCENT} %"
    yield f"{path}.value", f"must be {between} of the variant's instances"


def _variants(request: Any, _: Counts) -> Found:
    for member in ("production_variants", "shadow_production_variants"):
        for index, variant in enumerate(getattr(request, member) or ()):
            if variant.serverless_config is not None:
                path = f"{member}[{index}].serverless_config"
                # ProductionVariantServerlessConfig: "Valid values are in 1 GB increments".
                if variant.serverless_config.memory_size_in_mb % 1024:
                    yield f"{path}.memory_size_in_mb", "must be in 1 GB increments: 1024, 2048 ... 6144"
                yield from _concurrency(variant.serverless_config, path)


def _concurrency(config: Any, path: str) -> Found:
    provisioned, most = config.provisioned_concurrency, config.max_concurrency
    if provisioned is not None and most is not None and provisioned > most:
        # ProductionVariantServerlessConfig: "Should be less than or equal to MaxConcurrency."
        yield f"{path}.provisioned_concurrency", f"must not be above max_concurrency ({most})"


def _shadows(request: Any, _: Counts) -> Found:
    # CreateEndpointConfig: "you can only specify one variant for ProductionVariants and one variant for" the shadows.
    if request.shadow_production_variants:
        for member in ("production_variants", "shadow_production_variants"):
            if len(getattr(request, member)) > 1:
                yield member, "at most one variant when shadow_production_variants is set"


def _desired(request: Any, _: Counts) -> Found:
    for index, desired in enumerate(request.desired_weights_and_capacities):
        if desired.serverless_update_config is not None:
            path = f"desired_weights_and_capacities[{index}].serverless_update_config"
            yield from _concurrency(desired.serverless_update_config, path)


def _invocation(request: Any, *, serverless: bool) -> Found:
    if request.__operation__ not in ("InvokeEndpoint", "InvokeEndpointWithResponseStream"):
        return
    # https://docs.aws.amazon.com/general/latest/gr/sagemaker.html, "Service quotas": payloads of invocations.
    most = SERVERLESS_PAYLOAD if serverless else PAYLOAD
    body = request.body
    length = body.length if isinstance(body, SizedStream) else memoryview(body).nbytes
    if length > most:
        kind = "a serverless endpoint" if serverless else "an endpoint"
        yield "body", f"{kind} takes at most {most // MEBIBYTE} MB ({most} bytes), not {length}"
    # https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
    attributes = request.custom_attributes
    if attributes is not None and not all(" " < character <= "~" for character in attributes):
        yield "custom_attributes", "visible US-ASCII characters only (RFC 7230, 3.2.6)"


_RULES: dict[str, tuple[Callable[[Any, Counts], Found], ...]] = {
    "CreateEndpoint": (_deployment,),
    "CreateEndpointConfig": (_variants, _shadows),
    "UpdateEndpoint": (_deployment,),
    "UpdateEndpointWeightsAndCapacities": (_desired,),
}
