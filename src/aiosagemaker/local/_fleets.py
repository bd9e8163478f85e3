"""Fleets: the running variants of one endpoint configuration, and the endpoint that sends traffic to them."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING, Any

import attrs

from ..sagemaker import (
    DeployedImage,
    DescribeEndpointResponse,
    EndpointStatus,
    PendingDeploymentSummary,
    PendingProductionVariantSummary,
    ProductionVariantStatus,
    ProductionVariantSummary,
    VariantStatus,
)
from ._instances import StartFailed, startup_limit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from ..sagemaker import ContainerDefinition, DeploymentConfig, DescribeEndpointConfigResponse, ProductionVariant
    from ._instances import Instance, Launcher
    from ._pace import Pace

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
REASON_LENGTH = 1024
"""What FailureReason holds, in characters."""


@attrs.define(eq=False, kw_only=True)
class Variant:
    """One variant: what was asked for, and the instances that are up."""

    spec: ProductionVariant
    container: ContainerDefinition
    launcher: Launcher
    pace: Pace
    weight: float
    desired: int
    """Instances, when the fleet is whole."""
    instances: list[Instance] = attrs.field(factory=list["Instance"])
    target: int = 0
    """Instances, as last asked for."""
    credit: float = 0.0
    _turn: int = 0

    @classmethod
    def of(cls, spec: ProductionVariant, container: ContainerDefinition, launcher: Launcher, pace: Pace) -> Variant:
        """A variant as its configuration has it. A serverless one has one instance here."""
        weight = 1.0 if spec.initial_variant_weight is None else spec.initial_variant_weight
        count = spec.initial_instance_count or 1
        return cls(spec=spec, container=container, launcher=launcher, pace=pace, weight=weight, desired=count)

    @property
    def name(self) -> str:
        """Its name."""
        name: str = self.spec.variant_name
        return name

    async def start(self, instance: Instance) -> None:
        """Raises StartFailed for an instance that does not come up in the variant's time."""
        limit = startup_limit(self.pace, self.spec.container_startup_health_check_timeout_in_seconds)
        try:
            await instance.start(limit)
        except StartFailed as error:
            text = f"The primary container for production variant {self.name} did not pass the ping health check: "
            raise StartFailed(f"{text}{error}"[:REASON_LENGTH]) from error

    async def resize(self, count: int) -> None:
        """Start or stop instances. Raises StartFailed if one does not come up; the others that were new end too."""
        self.target = count
        surplus = self.instances[count:]
        del self.instances[count:]
        # A deployment that is called off must not leave what it was stopping half stopped.
        await asyncio.shield(stop_all(surplus))
        fresh = [self.launcher.launch() for _ in range(count - len(self.instances))]
        try:
            async with asyncio.TaskGroup() as group:
                for instance in fresh:
                    group.create_task(self.start(instance))
        except ExceptionGroup as failures:
            await stop_all(fresh)
            raise failures.exceptions[0] from None
        except asyncio.CancelledError:
            await stop_all(fresh)
            raise
        self.instances += fresh

    def next_instance(self) -> Instance:
        """The instances in turn."""
        self._turn += 1
        return self.instances[self._turn % len(self.instances)]

    def summary(self, share: float, stage: ProductionVariantStatus | None) -> dict[str, Any]:
        """What DescribeEndpoint's two kinds of summary say of a variant whose fleet has a share of the traffic."""
        image = self.container.image or ""
        serverless = self.spec.serverless_config
        return {
            "variant_name": self.name,
            "instance_type": self.spec.instance_type,
            "deployed_images": (DeployedImage(specified_image=image, resolved_image=image),),
            "current_weight": self.weight * share,
            "desired_weight": self.weight,
            "current_instance_count": None if serverless else len(self.instances),
            "desired_instance_count": None if serverless else self.desired,
            "current_serverless_config": serverless,
            "desired_serverless_config": serverless,
            "variant_status": (stage,) if stage else None,
        }


async def stop_all(instances: Iterable[Instance]) -> None:
    """Stop instances, all at once."""
    await asyncio.gather(*(instance.stop() for instance in instances))


@attrs.define(eq=False)
class Fleet:
    """The variants of one configuration, started and stopped together."""

    config: DescribeEndpointConfigResponse
    variants: tuple[Variant, ...]
    shadows: tuple[Variant, ...]
    share: float = 0.0
    """Its part of the endpoint's traffic."""
    stage: ProductionVariantStatus | None = None

    def __iter__(self) -> Iterator[Variant]:
        yield from self.variants
        yield from self.shadows

    def variant(self, name: str) -> Variant | None:
        """The production variant of that name."""
        return next((variant for variant in self.variants if variant.name == name), None)

    def counts(self) -> dict[str, int]:
        """Its production variants' desired instances."""
        return {variant.name: variant.desired for variant in self.variants}

    def enter(self, status: VariantStatus | None, now: datetime) -> None:
        """Show what is being done to the variants."""
        self.stage = None if status is None else ProductionVariantStatus(status=status, start_time=now)

    async def resize(self, part: float = 1.0, *, up: bool = True) -> None:
        """Run a part of each variant's desired instances; a broken number counts as the next one up, or down."""
        round_ = math.ceil if up else math.floor
        for variant in self:
            await variant.resize(round_(round(part * variant.desired, 6)))

    async def stop(self) -> None:
        """Stop every instance."""
        await asyncio.gather(*(variant.resize(0) for variant in self))


@attrs.define(eq=False, kw_only=True)
class Endpoint:
    """An endpoint: the one thing here that changes."""

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
                if variant.instances and target in (None, variant.name)
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
