"""The control plane's operations on endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..sagemaker import (
    CreateEndpointResponse,
    DeleteEndpointResponse,
    EndpointStatus,
    UpdateEndpointResponse,
    UpdateEndpointWeightsAndCapacitiesResponse,
)
from ._deployments import Deployments
from ._endpoints import SETTLED, Endpoint
from ._fleets import Fleet
from ._refusals import in_progress, invalid, not_found
from ._rules import check_rules
from ._store import listed

if TYPE_CHECKING:
    from .._shapes.structure import Response
    from ..sagemaker import DeploymentConfig, DescribeEndpointConfigResponse
    from ._world import World


class Endpoints:
    """Endpoints."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._deployments = Deployments(world.pace, world.alarms)

    def create_endpoint(self, request: Any) -> CreateEndpointResponse:
        world = self._world
        world.endpoints.check_free(request.endpoint_name)
        config = self._visible_config(request.endpoint_config_name)
        check_rules(request, _counts(config))
        self._check_quotas(config)
        fleet = Fleet.of(config, request.endpoint_name, world)
        now = world.pace.now()
        endpoint = Endpoint(
            name=request.endpoint_name,
            arn=world.endpoints.arn(request.endpoint_name),
            config_name=config.endpoint_config_name,
            created=now,
            modified=now,
            pending=fleet,
            deployment_config=request.deployment_config,
        )
        world.endpoints.add(request.endpoint_name, endpoint, request.tags)
        world.move(self._deployments.create(endpoint, fleet))
        return CreateEndpointResponse(endpoint_arn=endpoint.arn)

    def describe_endpoint(self, request: Any) -> Any:
        return self._world.endpoints.get(request.endpoint_name).describe()

    def list_endpoints(self, request: Any) -> Response:
        described = [endpoint.describe() for endpoint in self._world.endpoints]
        if request.status_equals is not None:
            described = [item for item in described if item.endpoint_status == request.status_equals]
        return listed(request, described, "endpoint")

    def update_endpoint(self, request: Any) -> UpdateEndpointResponse:
        endpoint = self.settled(request.endpoint_name)
        config = self._visible_config(request.endpoint_config_name)
        check_rules(request, _counts(config))
        self._check_quotas(config)
        green = Fleet.of(config, endpoint.name, self._world)
        if endpoint.by_component and any(variant.pool is not None for variant in green):
            raise invalid(f'Endpoint "{endpoint.arn}" hosts inference components: ModelName must not be specified.')
        self._check_scaled(endpoint, green)
        if request.retain_all_variant_properties:
            excluded = {item.variant_property_type for item in request.exclude_retained_variant_properties or ()}
            _retain(endpoint, green, excluded)
        deployment: DeploymentConfig | None = request.deployment_config
        if deployment is None and request.retain_deployment_config:
            deployment = endpoint.deployment_config
        endpoint.deployment_config = deployment
        endpoint.status = EndpointStatus.UPDATING
        self._world.move(self._deployments.update(endpoint, green, deployment))
        return UpdateEndpointResponse(endpoint_arn=endpoint.arn)

    def update_endpoint_weights_and_capacities(self, request: Any) -> UpdateEndpointWeightsAndCapacitiesResponse:
        endpoint = self.settled(request.endpoint_name)
        check_rules(request)
        wanted: dict[str, tuple[float, int]] = {}
        for desired in request.desired_weights_and_capacities:
            variant = endpoint.fleet.variant(desired.variant_name) if endpoint.fleet else None
            if variant is None:
                raise invalid(f'Could not find variant "{desired.variant_name}" of endpoint "{endpoint.arn}".')
            if desired.serverless_update_config is not None:
                self._world.strictness.unplayed("ServerlessUpdateConfig")
            weight = variant.weight if desired.desired_weight is None else desired.desired_weight
            count = variant.desired if desired.desired_instance_count is None else desired.desired_instance_count
            self._world.check_quota(variant.spec.instance_type, count - variant.desired)
            wanted[variant.name] = weight, count
        self.rescale(endpoint, wanted)
        return UpdateEndpointWeightsAndCapacitiesResponse(endpoint_arn=endpoint.arn)

    def _check_scaled(self, endpoint: Endpoint, green: Fleet) -> None:
        """Raises the refusal of an update that would take away what scales, or change its instance type."""
        types = {variant.name: variant.spec.instance_type for variant in green}
        scaled = {resource for resource, _ in self._world.targets}
        names = [
            variant.name
            for variant in endpoint.fleet or ()
            if f"endpoint/{endpoint.name}/variant/{variant.name}" in scaled
            and types.get(variant.name) != variant.spec.instance_type
        ]
        if names:
            raise invalid(
                f'The variant(s) "{", ".join(names)}" must be deregistered as scalable targets with AWS Auto Scaling '
                "before they can be removed or have their instance type updated."
            )

    def rescale(self, endpoint: Endpoint, wanted: dict[str, tuple[float, int]]) -> None:
        """Give a settled endpoint's variants other weights and counts."""
        endpoint.status = EndpointStatus.UPDATING
        self._world.move(self._deployments.rescale(endpoint, wanted))

    def delete_endpoint(self, request: Any) -> DeleteEndpointResponse:
        world = self._world
        endpoint = world.endpoints.get(request.endpoint_name)
        if endpoint.status not in (*SETTLED, EndpointStatus.FAILED):
            raise in_progress(endpoint.arn)
        names = [component.name for component in world.components_of(endpoint.name)]
        if names:
            raise invalid(
                f'Cannot delete endpoint "{endpoint.arn}" while it hosts inference components: {", ".join(names)}.'
            )
        endpoint.status = EndpointStatus.DELETING
        world.move(self._delete(endpoint))
        return DeleteEndpointResponse()

    async def _delete(self, endpoint: Endpoint) -> None:
        await self._deployments.delete(endpoint)
        self._world.endpoints.remove(endpoint.name)
        # What scaled it goes with it: "If you delete the resource, the scalable target is deleted too" is what
        # Application Auto Scaling's user guide says of SageMaker's variants in other words.
        for key in [key for key in self._world.targets if key[0].startswith(f"endpoint/{endpoint.name}/")]:
            del self._world.targets[key]

    def maintain(self, name: str, seconds: float) -> None:
        """Take an endpoint through maintenance."""
        endpoint = self.settled(name)
        self._world.move(self._deployments.maintain(endpoint, seconds))

    def settled(self, name: str) -> Endpoint:
        """An endpoint that may be changed. Raises the refusal of one that may not."""
        endpoint = self._world.endpoints.get(name)
        if endpoint.status == EndpointStatus.FAILED:
            raise invalid(f'Cannot update failed endpoint "{endpoint.arn}". Delete it, and create it again.')
        if endpoint.status not in SETTLED:
            raise in_progress(endpoint.arn)
        return endpoint

    def _visible_config(self, name: str) -> DescribeEndpointConfigResponse:
        world = self._world
        config = world.configs.get(name)
        age = (world.pace.now() - config.creation_time).total_seconds() * world.pace.speed
        if age < world.faults.invisible:
            raise not_found("endpoint configuration", config.endpoint_config_arn)
        return config

    def _check_quotas(self, config: DescribeEndpointConfigResponse) -> None:
        for variant in (*config.production_variants, *(config.shadow_production_variants or ())):
            self._world.check_quota(variant.instance_type, variant.initial_instance_count or 1)


def _counts(config: DescribeEndpointConfigResponse) -> dict[str, int]:
    return {variant.variant_name: variant.initial_instance_count or 1 for variant in config.production_variants}


def _retain(endpoint: Endpoint, green: Fleet, excluded: set[Any]) -> None:
    for variant in green.variants:
        present = endpoint.fleet.variant(variant.name) if endpoint.fleet else None
        if present is not None and "DesiredWeight" not in excluded:
            variant.weight = present.weight
        if present is not None and "DesiredInstanceCount" not in excluded:
            variant.desired = present.desired
