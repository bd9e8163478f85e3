"""Fleets: the running variants of one endpoint configuration."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import attrs

from ..sagemaker import DeployedImage, ProductionVariantStatus, VariantStatus
from ._instances import StartFailed
from ._logs import endpoint_group
from ._refusals import no_capacity, unhealthy
from ._servers import Server, pool_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ..sagemaker import DescribeEndpointConfigResponse, ProductionVariant
    from ._pools import Pool
    from ._region import Region


@attrs.define(eq=False, kw_only=True)
class Variant:
    """One variant: what was asked for, and the copies that serve."""

    spec: ProductionVariant
    region: Region
    server: Server | None
    """None for instances that inference components are to run on."""
    pool: Pool | None
    weight: float
    desired: int
    """Instances, when the fleet is whole."""
    credit: float = 0.0
    shadow_credit: float = 0.0
    _bare: int = 0

    @classmethod
    def of(cls, spec: ProductionVariant, endpoint_name: str, region: Region) -> Variant:
        """A variant as its configuration has it. A serverless one has one instance here."""
        server = pool = None
        routing = spec.routing_config
        if spec.model_name is not None:
            server = Server.of(region.models.get(spec.model_name))
            pool = pool_of(
                server,
                region,
                group=endpoint_group(endpoint_name),
                stream=spec.variant_name,
                told=lambda reason: unhealthy(spec.variant_name, reason),
                startup_timeout=spec.container_startup_health_check_timeout_in_seconds,
                least_outstanding=routing is not None and routing.routing_strategy == "LEAST_OUTSTANDING_REQUESTS",
            )
        weight = 1.0 if spec.initial_variant_weight is None else spec.initial_variant_weight
        count = 1 if spec.initial_instance_count is None else spec.initial_instance_count
        return cls(spec=spec, region=region, server=server, pool=pool, weight=weight, desired=count)

    @property
    def name(self) -> str:
        """Its name."""
        name: str = self.spec.variant_name
        return name

    @property
    def current(self) -> int:
        """The instances that are up."""
        return self._bare if self.pool is None else len(self.pool.serving)

    async def resize(self, count: int) -> None:
        """Run so many instances. Raises StartFailed if there are none to be had, or one does not come up."""
        more = count - self.current
        if more > 0 and self.region.faults.lacks(self.spec.instance_type, more):
            raise StartFailed(no_capacity())
        if self.pool is None:
            self._bare = count
        else:
            await self.pool.resize(count)

    async def ended(self) -> None:
        """Returns when what was retired has ended."""
        if self.pool is not None:
            await self.pool.ended()

    def summary(self, share: float, stage: ProductionVariantStatus | None) -> dict[str, Any]:
        """What DescribeEndpoint's two kinds of summary say of a variant whose fleet has a share of the traffic."""
        images = [container.image or "" for container in self.server.containers] if self.server else []
        serverless = self.spec.serverless_config
        return {
            "variant_name": self.name,
            "instance_type": self.spec.instance_type,
            "deployed_images": tuple(DeployedImage(specified_image=name, resolved_image=name) for name in images),
            "current_weight": self.weight * share,
            "desired_weight": self.weight,
            "current_instance_count": None if serverless else self.current,
            "desired_instance_count": None if serverless else self.desired,
            "current_serverless_config": serverless,
            "desired_serverless_config": serverless,
            "variant_status": (stage,) if stage else None,
            "managed_instance_scaling": self.spec.managed_instance_scaling,
            "routing_config": self.spec.routing_config,
        }


@attrs.define(eq=False)
class Fleet:
    """The variants of one configuration, started and stopped together."""

    config: DescribeEndpointConfigResponse
    variants: tuple[Variant, ...]
    shadows: tuple[Variant, ...]
    share: float = 0.0
    """Its part of the endpoint's traffic."""
    stage: ProductionVariantStatus | None = None

    @classmethod
    def of(cls, config: DescribeEndpointConfigResponse, endpoint_name: str, region: Region) -> Fleet:
        """A configuration's fleet, of which nothing runs yet."""
        production = tuple(Variant.of(spec, endpoint_name, region) for spec in config.production_variants)
        shadows = tuple(Variant.of(spec, endpoint_name, region) for spec in config.shadow_production_variants or ())
        return cls(config, production, shadows)

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
        """Retire every instance. Returns when the last has ended."""
        await self.resize(0)
        await self.ended()

    async def ended(self) -> None:
        """Returns when what was retired has ended."""
        for variant in self:
            await variant.ended()
