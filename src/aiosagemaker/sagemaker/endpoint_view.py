"""An endpoint as notebooks and terminals show it: its variants, old and new, with their parts of the traffic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from .._shapes.display import members_view
from .._shapes.structure import evolve
from .._shapes.view import Table
from .variants import traffic

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .._shapes.view import View
    from .models import DescribeEndpointResponse, PendingProductionVariantSummary, ProductionVariantSummary


def endpoint_view(endpoint: DescribeEndpointResponse) -> View:
    """What is shown of an endpoint: its variants in one table, all else as it is."""
    pending = endpoint.pending_deployment_summary
    apart: dict[str, None] = {"production_variants": None, "shadow_production_variants": None}
    view = members_view(
        evolve(endpoint, **apart, pending_deployment_summary=evolve(pending, **apart) if pending else None)
    )
    rows = [
        *_rows(serving=endpoint.production_variants, new=pending.production_variants if pending else None),
        *_rows(
            shadow=endpoint.shadow_production_variants,
            new_shadow=pending.shadow_production_variants if pending else None,
        ),
    ]
    if not rows:
        return view
    columns = [name for name in rows[0] if any(row[name] is not None for row in rows)]
    variants = Table("variants", tuple(columns), tuple(tuple(row[name] for name in columns) for row in rows))
    return attrs.evolve(view, tables=(variants, *view.tables))


def _rows(
    **fleets: Sequence[ProductionVariantSummary | PendingProductionVariantSummary] | None,
) -> Iterator[dict[str, object]]:
    """A row for each variant; the fleets share the traffic."""
    found = [(fleet, variant) for fleet, variants in fleets.items() for variant in variants or ()]
    shares = traffic(variant.current_weight for _, variant in found)
    for index, (fleet, variant) in enumerate(found):
        yield {
            "variant": variant.variant_name,
            "fleet": fleet.replace("_", " "),
            "traffic": f"{shares[index]:.0%}" if shares else None,
            "instances": _towards(variant.current_instance_count, " of ", variant.desired_instance_count),
            "instance type": getattr(variant, "instance_type", None),  # the fleet that serves does not say
            "weight": _towards(variant.current_weight, " to ", variant.desired_weight),
            "status": ", ".join(str(each.status) for each in variant.variant_status or ()) or None,
            "images": ", ".join(each.specified_image or "" for each in variant.deployed_images or ()) or None,
        }


def _towards(current: float | None, word: str, desired: float | None) -> str | None:
    if current is None:
        return None
    return f"{current:g}" if desired in (None, current) else f"{current:g}{word}{desired:g}"
