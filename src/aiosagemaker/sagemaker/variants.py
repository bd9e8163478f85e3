"""Production variants at one moment, and their parts of the traffic."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
