"""Inference components: models with copies of their own on the instances of an endpoint's variant."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import attrs

from ..sagemaker import (
    DeployedImage,
    DescribeInferenceComponentResponse,
    InferenceComponentContainerSpecificationSummary,
    InferenceComponentRuntimeConfigSummary,
    InferenceComponentSpecificationSummary,
    InferenceComponentStatus,
)
from ..sagemaker.models import ContainerDefinition
from ._deployments import PROVISION_SECONDS, RELEASE_SECONDS
from ._instances import StartFailed
from ._logs import component_group
from ._refusals import component_unhealthy
from ._servers import Server, pool_of

if TYPE_CHECKING:
    from datetime import datetime

    from ..sagemaker import InferenceComponentSpecification
    from ._pools import Pool
    from ._region import Region


@attrs.define(eq=False, kw_only=True)
class Component:
    """An inference component."""

    name: str
    arn: str
    endpoint_name: str
    endpoint_arn: str
    variant_name: str
    spec: InferenceComponentSpecification
    pool: Pool
    desired: int
    created: datetime
    modified: datetime
    status: InferenceComponentStatus = InferenceComponentStatus.CREATING
    failure_reason: str | None = None
    deployment_config: Any = None

    def describe(self) -> DescribeInferenceComponentResponse:
        """What DescribeInferenceComponent says."""
        container = self.spec.container
        return DescribeInferenceComponentResponse(
            inference_component_name=self.name,
            inference_component_arn=self.arn,
            endpoint_name=self.endpoint_name,
            endpoint_arn=self.endpoint_arn,
            variant_name=self.variant_name,
            failure_reason=self.failure_reason,
            specification=InferenceComponentSpecificationSummary(
                model_name=self.spec.model_name,
                container=None
                if container is None
                else InferenceComponentContainerSpecificationSummary(
                    deployed_image=DeployedImage(specified_image=container.image, resolved_image=container.image),
                    artifact_url=container.artifact_url,
                    environment=container.environment,
                ),
                startup_parameters=self.spec.startup_parameters,
                compute_resource_requirements=self.spec.compute_resource_requirements,
            ),
            runtime_config=InferenceComponentRuntimeConfigSummary(
                desired_copy_count=self.desired, current_copy_count=len(self.pool.serving)
            ),
            creation_time=self.created,
            last_modified_time=self.modified,
            inference_component_status=self.status,
            last_deployment_config=self.deployment_config,
        )


def component_server(spec: InferenceComponentSpecification, region: Region) -> Server:
    """What a component runs: the containers of its model, or one of its own."""
    if spec.model_name is not None:
        return Server.of(region.models.get(spec.model_name))
    container = spec.container
    definition = ContainerDefinition(
        image=container.image if container else None,
        model_data_url=container.artifact_url if container else None,
        environment=container.environment if container else None,
    )
    return Server(containers=(definition,))


def component_pool(name: str, spec: InferenceComponentSpecification, region: Region) -> Pool:
    """A pool, empty yet, of a component's copies."""
    startup = spec.startup_parameters
    return pool_of(
        component_server(spec, region),
        region,
        group=component_group(name),
        stream="copy",
        told=lambda reason: component_unhealthy(name, reason),
        startup_timeout=startup.container_startup_health_check_timeout_in_seconds if startup else None,
    )


class ComponentMoves:
    """Takes components from one settled state to the next."""

    def __init__(self, region: Region) -> None:
        self._region = region

    async def create(self, component: Component) -> None:
        """Creating, then InService or Failed."""
        await self._scale(component, component.desired, InferenceComponentStatus.FAILED)

    async def scale(self, component: Component, count: int) -> None:
        """Updating, then InService with so many copies, or as before."""
        before, component.desired = component.desired, count
        await self._scale(component, count, InferenceComponentStatus.IN_SERVICE)
        if component.failure_reason is not None:
            component.desired = before

    async def _scale(self, component: Component, count: int, failed: InferenceComponentStatus) -> None:
        region = self._region
        component.failure_reason = None
        await region.pace.wait(PROVISION_SECONDS)
        try:
            await component.pool.resize(count)
        except StartFailed as error:
            component.pool.target = len(component.pool.serving)
            component.failure_reason = str(error)
        await component.pool.ended()
        component.modified = region.pace.now()
        component.status = InferenceComponentStatus.IN_SERVICE if component.failure_reason is None else failed

    async def update(self, component: Component, spec: InferenceComponentSpecification, count: int, step: int) -> None:
        """Updating by batches of `step` copies, then InService with the new specification, or with the old one."""
        region, old = self._region, component.pool
        component.failure_reason = None
        fresh = component_pool(component.name, spec, region)
        fresh.sessions = old.sessions
        await region.pace.wait(PROVISION_SECONDS)
        try:
            for batch in range(math.ceil(count / step) if count else 0):
                await fresh.resize(min(count, step * (batch + 1)))
                # The new copies serve beside the old ones until these have gone.
                component.pool = fresh
                await old.resize(max(0, len(old.serving) - step))
        except StartFailed as error:
            component.failure_reason = str(error)
            component.pool = old
            await fresh.resize(0)
            await old.resize(component.desired)
        else:
            component.pool, component.spec, component.desired = fresh, spec, count
            await old.resize(0)
        await old.ended()
        await fresh.ended()
        component.modified = region.pace.now()
        component.status = InferenceComponentStatus.IN_SERVICE

    async def delete(self, component: Component) -> None:
        """Deleting, until nothing of it is left."""
        await self._region.pace.wait(RELEASE_SECONDS)
        await component.pool.resize(0)
        await component.pool.ended()
