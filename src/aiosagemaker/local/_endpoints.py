"""Endpoints: the one thing here that changes, and the way that a request takes through it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from ..sagemaker import (
    DescribeEndpointResponse,
    EndpointStatus,
    PendingDeploymentSummary,
    PendingProductionVariantSummary,
    ProductionVariantSummary,
)
from ._capture import capture_summary

if TYPE_CHECKING:
    import asyncio
    from datetime import datetime

    from ..sagemaker import DeploymentConfig
    from ._fleets import Fleet, Variant

SERVING = frozenset(
    {
        EndpointStatus.IN_SERVICE,
        EndpointStatus.UPDATING,
        EndpointStatus.SYSTEM_UPDATING,
        EndpointStatus.ROLLING_BACK,
        EndpointStatus.UPDATE_ROLLBACK_FAILED,
    }
)
"""The states in which an endpoint answers."""
SETTLED = frozenset({EndpointStatus.IN_SERVICE, EndpointStatus.UPDATE_ROLLBACK_FAILED})
"""The states in which an endpoint may be changed."""


@attrs.define(eq=False, kw_only=True)
class Endpoint:
    """An endpoint."""

    name: str
    arn: str
    config_name: str
    created: datetime
    modified: datetime
    status: EndpointStatus = EndpointStatus.CREATING
    fleet: Fleet | None = None
    """What serves."""
    pending: Fleet | None = None
    """What is to serve."""
    pending_since: datetime | None = None
    failure_reason: str | None = None
    deployment_config: DeploymentConfig | None = None
    task: asyncio.Task[None] | None = None

    @property
    def fleets(self) -> list[Fleet]:
        """The fleets that exist."""
        return [fleet for fleet in (self.fleet, self.pending) if fleet is not None]

    @property
    def by_component(self) -> bool:
        """Whether inference components run on it, rather than models of its variants."""
        return any(variant.pool is None for fleet in self.fleets for variant in fleet)

    def shift(self, share: float) -> None:
        """Send a part of the traffic to the pending fleet, the rest to the present one."""
        for fleet, part in ((self.pending, share), (self.fleet, 1 - share)):
            if fleet is not None:
                fleet.share = part

    def route(self, target: str | None) -> tuple[Fleet, Variant] | None:
        """Who is to answer: by weight among those that can, in even alternation rather than by chance.

        The variant that is furthest behind its part is next, so that numbers agree with weights at any time.
        """
        parts: list[tuple[float, Fleet, Variant]] = []
        for fleet in self.fleets:
            whole = sum(variant.weight for variant in fleet.variants) or 1.0
            parts += [
                (fleet.share * variant.weight / whole, fleet, variant)
                for variant in fleet.variants
                if variant.pool is not None and variant.pool.serving and target in (None, variant.name)
            ]
        total = sum(part for part, _, _ in parts)
        if not parts:
            return None
        for part, _, variant in parts:
            # A variant of weight 0 answers when it is the target, as nothing else could.
            variant.credit += part if total else 1.0
        _, fleet, chosen = max(parts, key=lambda item: item[2].credit)
        chosen.credit -= total or float(len(parts))
        return fleet, chosen

    def describe(self) -> DescribeEndpointResponse:
        """What DescribeEndpoint says."""
        fleet = self.fleet
        return DescribeEndpointResponse(
            endpoint_name=self.name,
            endpoint_arn=self.arn,
            endpoint_config_name=self.config_name,
            endpoint_status=self.status,
            production_variants=_summaries(ProductionVariantSummary, fleet, fleet.variants) if fleet else None,
            shadow_production_variants=(
                _summaries(ProductionVariantSummary, fleet, fleet.shadows) if fleet and fleet.shadows else None
            ),
            failure_reason=self.failure_reason,
            creation_time=self.created,
            last_modified_time=self.modified,
            last_deployment_config=self.deployment_config,
            data_capture_config=capture_summary(fleet.config.data_capture_config, self.status) if fleet else None,
            async_inference_config=fleet.config.async_inference_config if fleet else None,
            explainer_config=fleet.config.explainer_config if fleet else None,
            pending_deployment_summary=self._pending_summary(),
        )

    def _pending_summary(self) -> PendingDeploymentSummary | None:
        fleet = self.pending
        if fleet is None:
            return None
        return PendingDeploymentSummary(
            endpoint_config_name=fleet.config.endpoint_config_name,
            production_variants=_summaries(PendingProductionVariantSummary, fleet, fleet.variants),
            shadow_production_variants=(
                _summaries(PendingProductionVariantSummary, fleet, fleet.shadows) if fleet.shadows else None
            ),
            start_time=self.pending_since,
        )


def _summaries(cls: type[Any], fleet: Fleet, variants: tuple[Variant, ...]) -> tuple[Any, ...]:
    known = {field.name for field in attrs.fields(cls)}
    said = (variant.summary(fleet.share, fleet.stage) for variant in variants)
    return tuple(cls(**{name: value for name, value in each.items() if name in known}) for each in said)
