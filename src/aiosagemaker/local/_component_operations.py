"""The control plane's operations on inference components."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

from ..sagemaker import (
    CreateInferenceComponentResponse,
    DeleteInferenceComponentResponse,
    DescribeInferenceComponentResponse,
    InferenceComponentStatus,
    ListInferenceComponentsResponse,
    UpdateInferenceComponentResponse,
    UpdateInferenceComponentRuntimeConfigResponse,
)
from ..sagemaker.rules import fractions_of
from ._components import Component, ComponentMoves, component_pool, component_server
from ._operations import check_container
from ._refusals import invalid
from ._rules import check_rules
from ._scalable_target import COPIES
from ._store import listed

if TYPE_CHECKING:
    from ..sagemaker import InferenceComponentSpecification
    from ._world import World


class InferenceComponents:
    """Inference components."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._moves = ComponentMoves(world)

    async def create_inference_component(self, request: Any) -> CreateInferenceComponentResponse:
        world = self._world
        world.components.check_free(request.inference_component_name)
        endpoint = world.endpoints.get(request.endpoint_name)
        if not endpoint.by_component:
            raise invalid(f'Endpoint "{endpoint.arn}" hosts models of its variants, not inference components.')
        check_rules(request)
        fleet = endpoint.fleet or endpoint.pending
        names = [variant.name for variant in fleet.variants] if fleet else []
        variant_name = request.variant_name or (names[0] if len(names) == 1 else None)
        if variant_name not in names:
            raise invalid(f'Could not find variant "{variant_name}" of endpoint "{endpoint.arn}".')
        await self._check(request.specification)
        # While S3 was asked, another request may have taken the name.
        world.components.check_free(request.inference_component_name)
        name, now = request.inference_component_name, world.pace.now()
        component = Component(
            name=name,
            arn=world.components.arn(name),
            endpoint_name=endpoint.name,
            endpoint_arn=endpoint.arn,
            variant_name=variant_name,
            spec=request.specification,
            pool=component_pool(name, request.specification, world),
            desired=request.runtime_config.copy_count if request.runtime_config else 1,
            created=now,
            modified=now,
        )
        world.components.add(name, component, request.tags)
        world.move(self._moves.create(component))
        return CreateInferenceComponentResponse(inference_component_arn=component.arn)

    async def _check(self, spec: InferenceComponentSpecification) -> None:
        for container in component_server(spec, self._world).containers:
            await check_container(self._world, container)

    def describe_inference_component(self, request: Any) -> DescribeInferenceComponentResponse:
        return self._world.components.get(request.inference_component_name).describe()

    def list_inference_components(self, request: Any) -> ListInferenceComponentsResponse:
        found = [component.describe() for component in self._world.components]
        wanted = {
            "endpoint_name": request.endpoint_name_equals,
            "variant_name": request.variant_name_equals,
            "inference_component_status": request.status_equals,
        }
        for member, value in wanted.items():
            found = [item for item in found if value is None or getattr(item, member) == value]
        return cast("ListInferenceComponentsResponse", listed(request, found, "inference_component"))

    async def update_inference_component(self, request: Any) -> UpdateInferenceComponentResponse:
        component = self._settled(request.inference_component_name)
        count = request.runtime_config.copy_count if request.runtime_config else component.desired
        spec = request.specification
        if spec is None:
            self._scale(component, count)
            return UpdateInferenceComponentResponse(inference_component_arn=component.arn)
        await self._check(spec)
        config = request.deployment_config
        size = config.rolling_update_policy.maximum_batch_size if config and config.rolling_update_policy else None
        step = size.value if size and size.type == "COPY_COUNT" else math.ceil(_part(size) * count)
        component.deployment_config = config
        component.status = InferenceComponentStatus.UPDATING
        self._world.move(self._moves.update(component, spec, count, max(1, step)))
        return UpdateInferenceComponentResponse(inference_component_arn=component.arn)

    def update_inference_component_runtime_config(self, request: Any) -> UpdateInferenceComponentRuntimeConfigResponse:
        component = self._settled(request.inference_component_name)
        self._scale(component, request.desired_runtime_config.copy_count)
        return UpdateInferenceComponentRuntimeConfigResponse(inference_component_arn=component.arn)

    def _scale(self, component: Component, count: int) -> None:
        component.status = InferenceComponentStatus.UPDATING
        self._world.move(self._moves.scale(component, count))

    def rescale(self, component: Component, count: int) -> None:
        """Give a settled component another number of copies."""
        self._scale(component, count)

    def delete_inference_component(self, request: Any) -> DeleteInferenceComponentResponse:
        component = self._world.components.get(request.inference_component_name)
        if component.status not in (InferenceComponentStatus.IN_SERVICE, InferenceComponentStatus.FAILED):
            raise _in_progress(component)
        component.status = InferenceComponentStatus.DELETING
        self._world.targets.pop((f"inference-component/{component.name}", COPIES), None)
        self._world.move(self._delete(component))
        return DeleteInferenceComponentResponse()

    async def _delete(self, component: Component) -> None:
        await self._moves.delete(component)
        self._world.components.remove(component.name)

    def _settled(self, name: str) -> Component:
        component = self._world.components.get(name)
        if component.status not in (InferenceComponentStatus.IN_SERVICE, InferenceComponentStatus.FAILED):
            raise _in_progress(component)
        return component


def _part(size: Any) -> float:
    return min(fractions_of(size, {}), default=1.0) if size else 1.0


def _in_progress(component: Component) -> Exception:
    return invalid(f'Cannot update in-progress inference component "{component.arn}".')
