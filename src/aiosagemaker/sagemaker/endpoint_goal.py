"""Whether an endpoint that is in service is what was asked for, or was rolled back.

After an update that fails, an endpoint is in service again, as it was before
(https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html, `RollingBack`): its status alone
never tells. What tells is what it serves, the status on the way, and a reason for a failure that was not there before.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import attrs

from .._errors import RolledBack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .models import DescribeEndpointResponse, DesiredWeightAndCapacity, ProductionVariantSummary

STALE_POLLS = 3
"""How many polls may still show an endpoint as it was before its update, for the service's reads to catch up."""
_IN_SERVICE = "InService"
_ROLLING_BACK = "RollingBack"


def _as_tuple(value: Iterable[DesiredWeightAndCapacity] | None) -> tuple[DesiredWeightAndCapacity, ...]:
    return tuple(value or ())


@attrs.frozen(kw_only=True)
class EndpointTarget:
    """What an endpoint was asked to become."""

    endpoint_config_name: str | None = None
    """The configuration, as for UpdateEndpoint. Default: any."""
    desired_weights_and_capacities: tuple[DesiredWeightAndCapacity, ...] = attrs.field(
        default=None, converter=_as_tuple
    )
    """Per variant the weight, the count or the serverless settings, as for UpdateEndpointWeightsAndCapacities. Default:
    any."""

    def __bool__(self) -> bool:
        return self.endpoint_config_name is not None or bool(self.desired_weights_and_capacities)

    def unmet(self, response: DescribeEndpointResponse) -> list[str]:
        """What the endpoint is not, in words; nothing if it is what was asked for."""
        wanted = self.endpoint_config_name
        found = list[str]()
        if wanted is not None and response.endpoint_config_name != wanted:
            found.append(f"endpoint_config_name {response.endpoint_config_name!r}, not {wanted!r}")
        every = (*(response.production_variants or ()), *(response.shadow_production_variants or ()))
        variants = {variant.variant_name: variant for variant in every}
        for desired in self.desired_weights_and_capacities:
            found += _unmet(desired, variants.get(desired.variant_name))
        return found


def _unmet(desired: DesiredWeightAndCapacity, variant: ProductionVariantSummary | None) -> Iterator[str]:
    if variant is None:
        yield f"no variant {desired.variant_name}"
        return
    name = desired.variant_name
    weight, count = _said(variant, "weight"), _said(variant, "instance_count")
    asked = desired.desired_weight
    if asked is not None and (weight is None or not math.isclose(weight, asked, rel_tol=1e-6)):
        yield f"variant {name} with weight {weight}, not {asked:g}"
    if desired.desired_instance_count is not None and count != desired.desired_instance_count:
        yield f"variant {name} with {count} instances, not {desired.desired_instance_count}"
    serverless, current = desired.serverless_update_config, variant.current_serverless_config
    if serverless is not None:
        for member in ("max_concurrency", "provisioned_concurrency"):
            limit, is_now = getattr(serverless, member), getattr(current, member, None)
            if limit is not None and limit != is_now:
                yield f"variant {name} with {member} {is_now}, not {limit}"


def _said(variant: ProductionVariantSummary, what: str) -> Any:
    # In service the two agree; while they do not, it has not come to what is desired.
    current = getattr(variant, f"current_{what}")
    return getattr(variant, f"desired_{what}") if current is None else current


class EndpointGoal:
    """One endpoint on its way to a target: told of each poll, it says at the end whether it came there."""

    def __init__(self, name: str, target: EndpointTarget) -> None:
        """`name` is what messages call the wait."""
        self._name = name
        self._target = target
        self._first: DescribeEndpointResponse | None = None
        self._moved = False
        self._rolled_back = False
        self._reason: str | None = None
        self._stale = 0
        self._pending: str | None = None

    @property
    def needs_description(self) -> bool:
        """Whether a status alone could not tell that the endpoint has come."""
        return bool(self._target) or self._rolled_back or self._moved

    def saw_status(self, status: str) -> None:
        """A status, where nothing else is known."""
        if status == _ROLLING_BACK:
            self._rolled_back = True
        # What is created cannot have been rolled back.
        if status not in (_IN_SERVICE, "Creating"):
            self._moved = True

    def saw(self, response: DescribeEndpointResponse, /) -> None:
        if "endpoint_status" in getattr(response.response_metadata, "filled", ()):
            return
        self.saw_status(response.endpoint_status)
        if self._first is None:
            self._first = response
        if (
            response.last_modified_time != self._first.last_modified_time
            or response.pending_deployment_summary is not None
        ):
            self._moved = True
        if response.pending_deployment_summary is not None:
            self._pending = response.pending_deployment_summary.endpoint_config_name
        reason = response.failure_reason
        if reason and (reason != self._first.failure_reason or self._rolled_back):
            self._reason = reason

    def reached(self, response: DescribeEndpointResponse, /) -> bool:
        unmet = self._target.unmet(response)
        if not unmet:
            # What was being brought up is what is served after an update that succeeds.
            lost = self._pending is not None and self._pending != response.endpoint_config_name
            if (self._rolled_back or self._reason or lost) and not self._came(response):
                raise self._failed("in service as it was before: the update was rolled back", response)
            return True
        if not (self._moved or self._rolled_back or self._reason) and self._stale < STALE_POLLS:
            self._stale += 1
            return False
        raise self._failed(f"in service with {', '.join(unmet)}", response)

    def _came(self, response: DescribeEndpointResponse) -> bool:
        """Whether what was asked for was not there, and now is: whatever happened on the way did not undo it."""
        return bool(self._target) and self._first is not None and bool(self._target.unmet(self._first))

    def _failed(self, what: str, response: DescribeEndpointResponse) -> RolledBack[DescribeEndpointResponse]:
        reason = self._reason or response.failure_reason
        text = f"{self._name}: {what}"
        return RolledBack(f"{text}: {reason}" if reason else text, reason=reason or text, last_response=response)
