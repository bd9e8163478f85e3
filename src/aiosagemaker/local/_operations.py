"""The control plane's operations: models, configurations and tags, and where the others are found.

Each has the client's own name for it. Unknown names are refused in the service's words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..sagemaker import (
    AddTagsResponse,
    CreateEndpointConfigResponse,
    CreateModelResponse,
    DeleteEndpointConfigResponse,
    DeleteModelResponse,
    DeleteTagsResponse,
    DescribeEndpointConfigResponse,
    DescribeModelResponse,
    EndpointStatus,
    ListTagsResponse,
    Tag,
)
from ..sagemaker.models import NAMESPACE as CONTROL
from ._model_data import Source
from ._refusals import invalid, not_found
from ._rules import check_rules
from ._store import TAG_LIMIT, listed, page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .._shapes.namespace import Namespace
    from .._shapes.structure import Response
    from ..sagemaker import ContainerDefinition
    from ._world import World

TAGS_PAGE_SIZE = 50


class Offer:
    """The operations of one service that are offered: the public methods of some objects, by the client's names."""

    def __init__(self, namespace: Namespace, groups: Sequence[object]) -> None:
        known = {row["method"] for row in namespace.schema.operations.values()}
        self._methods = {name: getattr(group, name) for group in groups for name in vars(type(group)).keys() & known}

    def __call__(self, method: str) -> Callable[[Any], Any] | None:
        """The method for an operation, or None for one that is not offered."""
        return self._methods.get(method)


class Models:
    """Models."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def create_model(self, request: Any) -> CreateModelResponse:
        world = self._world
        world.models.check_free(request.model_name)
        check_rules(request)
        containers = (*((request.primary_container,) if request.primary_container else ()), *(request.containers or ()))
        for container in containers:
            await check_container(world, container)
        # While S3 was asked, another request may have taken the name.
        world.models.check_free(request.model_name)
        arn = world.models.arn(request.model_name)
        described = DescribeModelResponse(model_arn=arn, creation_time=world.pace.now(), **shared(request))
        world.models.add(request.model_name, described, request.tags)
        return CreateModelResponse(model_arn=arn)

    def describe_model(self, request: Any) -> DescribeModelResponse:
        return self._world.models.get(request.model_name)

    def delete_model(self, request: Any) -> DeleteModelResponse:
        self._world.models.remove(request.model_name)
        return DeleteModelResponse()

    def list_models(self, request: Any) -> Response:
        return listed(request, self._world.models, "model")


async def check_container(world: World, container: ContainerDefinition) -> None:
    """Raises the refusal of a container that cannot be run."""
    world.images.check(container.image or "", container.environment or {})
    source = Source.of(container)
    if source is None:
        if container.mode == "MultiModel":
            raise invalid("ModelDataUrl must be specified for a container with Mode MultiModel.")
    elif not await world.model_data.exists(source):
        if world.strictness.strict:
            raise invalid(f"Could not find model data at {source.uri}.")
        world.strictness.unplayed(f"the model data at {source.uri}", ", which finds nothing there")


class Configs:
    """Endpoint configurations."""

    def __init__(self, world: World) -> None:
        self._world = world

    def create_endpoint_config(self, request: Any) -> CreateEndpointConfigResponse:
        world = self._world
        world.configs.check_free(request.endpoint_config_name)
        check_rules(request)
        for variant in (*request.production_variants, *(request.shadow_production_variants or ())):
            if variant.model_name is not None:
                world.models.get(variant.model_name)
        arn = world.configs.arn(request.endpoint_config_name)
        described = DescribeEndpointConfigResponse(
            endpoint_config_arn=arn, creation_time=world.pace.now(), **shared(request)
        )
        world.configs.add(request.endpoint_config_name, described, request.tags)
        return CreateEndpointConfigResponse(endpoint_config_arn=arn)

    def describe_endpoint_config(self, request: Any) -> DescribeEndpointConfigResponse:
        return self._world.configs.get(request.endpoint_config_name)

    def delete_endpoint_config(self, request: Any) -> DeleteEndpointConfigResponse:
        config = self._world.configs.get(request.endpoint_config_name)
        for endpoint in self._world.endpoints:
            moving = endpoint.status in (EndpointStatus.CREATING, EndpointStatus.UPDATING, EndpointStatus.ROLLING_BACK)
            if moving and any(fleet.config is config for fleet in endpoint.fleets):
                raise invalid(
                    f'Cannot delete endpoint configuration "{config.endpoint_config_arn}": it is in use by endpoint '
                    f'"{endpoint.arn}", which is {endpoint.status}.'
                )
        self._world.configs.remove(request.endpoint_config_name)
        return DeleteEndpointConfigResponse()

    def list_endpoint_configs(self, request: Any) -> Response:
        return listed(request, self._world.configs, "endpoint_config")


class Tags:
    """Tags of every kind of resource."""

    def __init__(self, world: World) -> None:
        self._world = world

    def add_tags(self, request: Any) -> AddTagsResponse:
        check_rules(request)
        tags = self._tags_of(request.resource_arn)
        merged = {**tags, **{tag.key: tag.value for tag in request.tags}}
        if len(merged) > TAG_LIMIT:
            raise invalid(f"A resource has at most {TAG_LIMIT} tags.")
        tags.update(merged)
        return AddTagsResponse(tags=_tag_list(tags))

    def delete_tags(self, request: Any) -> DeleteTagsResponse:
        check_rules(request)
        tags = self._tags_of(request.resource_arn)
        for key in request.tag_keys:
            tags.pop(key, None)
        return DeleteTagsResponse()

    def list_tags(self, request: Any) -> ListTagsResponse:
        found, token = page(request, _tag_list(self._tags_of(request.resource_arn)), TAGS_PAGE_SIZE)
        return ListTagsResponse(tags=found, next_token=token)

    def _tags_of(self, arn: str) -> dict[str, str]:
        tags = self._world.tags
        if arn.lower() not in tags:
            kind = arn.rpartition(":")[2].partition("/")[0].replace("endpoint-config", "endpoint configuration")
            raise not_found(kind.replace("inference-component", "inference component"), arn)
        return tags[arn.lower()]


def shared(request: Any) -> dict[str, Any]:
    """What a Describe operation repeats of a Create request: everything but the tags."""
    row = CONTROL.shapes[request.__shape__]
    names = [member["name"] for member in row.get("members", {}).values()]
    return {name: getattr(request, name) for name in names if name != "tags"}


def _tag_list(tags: Mapping[str, str]) -> list[Tag]:
    return [Tag(key=key, value=value) for key, value in tags.items()]
