"""Fleets: the running variants of one endpoint configuration."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import attrs

from ..sagemaker import (
    DeployedImage,
    ProductionVariantStatus,
    VariantStatus,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ..sagemaker import ContainerDefinition, DescribeEndpointConfigResponse, ProductionVariant
    from ._pools import Pool


@attrs.define(eq=False, kw_only=True)
class Variant:
    """One variant: what was asked for, and the copies that serve."""

    spec: ProductionVariant
    container: ContainerDefinition
    pool: Pool
    weight: float
    desired: int
    """Instances, when the fleet is whole."""
    credit: float = 0.0

    @classmethod
    def of(cls, spec: ProductionVariant, container: ContainerDefinition, pool: Pool) -> Variant:
        """A variant as its configuration has it. A serverless one has one instance here."""
        weight = 1.0 if spec.initial_variant_weight is None else spec.initial_variant_weight
        count = spec.initial_instance_count or 1
        return cls(spec=spec, container=container, pool=pool, weight=weight, desired=count)

    @property
    def name(self) -> str:
        """Its name."""
        name: str = self.spec.variant_name
        return name

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
            "current_instance_count": None if serverless else len(self.pool.serving),
            "desired_instance_count": None if serverless else self.desired,
            "current_serverless_config": serverless,
            "desired_serverless_config": serverless,
            "variant_status": (stage,) if stage else None,
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
            await variant.pool.resize(round_(round(part * variant.desired, 6)))

    async def stop(self) -> None:
        """Retire every instance. Returns when the last has ended."""
        await self.resize(0)
        await self.ended()

    async def ended(self) -> None:
        """Returns when what was retired has ended."""
        for variant in self:
            await variant.pool.ended()
