"""The account as it is: a region, and the resources that run in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from ._refusals import over_quota
from ._region import Region
from ._store import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ._components import Component
    from ._endpoints import Endpoint
    from ._scalable_target import ScalableTarget


@attrs.define(eq=False, kw_only=True)
class World(Region):
    """What every operation works on."""

    quotas: dict[str, int]
    endpoints: Table[Endpoint] = attrs.field(init=False)
    components: Table[Component] = attrs.field(init=False)
    targets: dict[tuple[str, str], ScalableTarget] = attrs.field(factory=dict[tuple[str, str], "ScalableTarget"])
    """What scales, by resource and dimension."""

    def __attrs_post_init__(self) -> None:
        Region.__attrs_post_init__(self)
        self.endpoints = Table("endpoint", "endpoint", self.account, self.tags)
        self.components = Table("inference component", "inference-component", self.account, self.tags)

    def endpoint_named(self, name: str) -> Endpoint | None:
        """The endpoint of exactly that name, as the runtime finds it.

        "The name is case-insensitive in CreateEndpoint, but the case is preserved and must be matched".
        """
        return next((endpoint for endpoint in self.endpoints if endpoint.name == name), None)

    def components_of(self, endpoint_name: str) -> Iterator[Component]:
        """The inference components of an endpoint."""
        return (each for each in self.components if each.endpoint_name.lower() == endpoint_name.lower())

    def check_quota(self, instance_type: str | None, wanted: int) -> None:
        """Raises the refusal of more instances than the account may have."""
        if instance_type is None or instance_type not in self.quotas:
            return
        used = sum(
            variant.desired
            for endpoint in self.endpoints
            for fleet in endpoint.fleets
            for variant in fleet
            if variant.spec.instance_type == instance_type
        )
        if used + wanted > self.quotas[instance_type]:
            raise over_quota(str(instance_type), self.quotas[instance_type], used, wanted)
