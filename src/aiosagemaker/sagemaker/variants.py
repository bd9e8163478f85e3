"""Production variants at one moment, and their parts of the traffic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .models import PendingProductionVariantSummary, ProductionVariantSummary


@attrs.frozen(kw_only=True)
class VariantSnapshot:
    """One production variant of an endpoint at one moment; None where the service does not say."""

    name: str
    current_instance_count: int | None
    desired_instance_count: int | None
    current_weight: float | None
    desired_weight: float | None

    @classmethod
    def of(cls, variant: ProductionVariantSummary | PendingProductionVariantSummary) -> VariantSnapshot:
        """From what DescribeEndpoint says of the variant."""
        return cls(
            name=variant.variant_name,
            current_instance_count=variant.current_instance_count,
            desired_instance_count=variant.desired_instance_count,
            current_weight=variant.current_weight,
            desired_weight=variant.desired_weight,
        )


def traffic(weights: Iterable[float | None]) -> list[float]:
    """The part of the traffic, from 0 to 1, that goes by each of these weights; nothing where none has any."""
    known = [weight or 0.0 for weight in weights]
    whole = sum(known)
    return [weight / whole for weight in known] if whole else []


@attrs.frozen
class Fleets:
    """An endpoint's variants."""

    serving: tuple[VariantSnapshot, ...]
    pending: tuple[VariantSnapshot, ...]
    """Those that an update is bringing up."""

    @classmethod
    def of(cls, described: Any) -> Fleets:
        """From what DescribeEndpoint says."""
        summary = described.pending_deployment_summary
        return cls(
            tuple(map(VariantSnapshot.of, described.production_variants or ())),
            tuple(map(VariantSnapshot.of, (summary.production_variants if summary else None) or ())),
        )

    @property
    def traffic(self) -> dict[str, float]:
        """The part of the traffic that each variant has which serves; what is left has the new fleet."""
        parts = traffic(each.current_weight for each in (*self.serving, *self.pending))
        return {each.name: part for each, part in zip(self.serving, parts, strict=False)}

    def __str__(self) -> str:
        told = [
            f"{each.name} {each.current_instance_count} of {each.desired_instance_count}"
            for each in self.serving
            if each.current_instance_count is not None
        ]
        if self.pending and (shares := self.traffic):
            told.append(f"{1 - sum(shares.values()):.0%} of the traffic to the new version")
        return ", ".join(told)
