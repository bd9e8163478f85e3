"""The control plane's operations: a method for each that is offered, by the client's own name for it."""

from __future__ import annotations

import asyncio
import functools
import logging
from typing import TYPE_CHECKING, Any

import attrs

from ..sagemaker import (
    AddTagsResponse,
    CreateEndpointConfigResponse,
    CreateEndpointResponse,
    CreateModelResponse,
    DeleteEndpointConfigResponse,
    DeleteEndpointResponse,
    DeleteModelResponse,
    DeleteTagsResponse,
    DescribeEndpointConfigResponse,
    DescribeModelResponse,
    EndpointStatus,
    ListTagsResponse,
    Tag,
    UpdateEndpointResponse,
    UpdateEndpointWeightsAndCapacitiesResponse,
)
from ..sagemaker.models import NAMESPACE as CONTROL
from ..sagemaker.rules import documented
from ._deployments import Deployments
from ._endpoints import SETTLED, Endpoint
from ._fleets import Fleet, Variant
from ._instances import startup_limit
from ._pools import Pool
from ._refusals import in_progress, invalid, not_found, over_quota, unhealthy
from ._store import TAG_LIMIT, Table, listed, page

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from .._shapes.structure import Response
    from ..sagemaker import ContainerDefinition, DeploymentConfig, ProductionVariant
    from ._account import Account
    from ._images import Images
    from ._pace import Pace
    from .faults import Faults

_logger = logging.getLogger("aiosagemaker.local")

TAGS_PAGE_SIZE = 50


@attrs.define(eq=False, kw_only=True)
class Operations:
    """What the service does for each request. Unknown names are refused in the service's words."""

    account: Account
    images: Images
    model_data: Mapping[str, str]
    quotas: Mapping[str, int]
    pace: Pace
    faults: Faults
    empty_folder: str
    tasks: set[asyncio.Task[None]] = attrs.field(factory=set["asyncio.Task[None]"])
    tags: dict[str, dict[str, str]] = attrs.field(factory=dict[str, dict[str, str]])
    deployments: Deployments = attrs.field(init=False)
    models: Table[DescribeModelResponse] = attrs.field(init=False)
    configs: Table[DescribeEndpointConfigResponse] = attrs.field(init=False)
    endpoints: Table[Endpoint] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.deployments = Deployments(self.pace)
        self.models = Table("model", "model", self.account, self.tags)
        self.configs = Table("endpoint configuration", "endpoint-config", self.account, self.tags)
        self.endpoints = Table("endpoint", "endpoint", self.account, self.tags)

    def offered(self, method: str) -> Callable[[Any], Any] | None:
        """The method for an operation, or None for one that is not offered."""
        return getattr(self, method) if method in _OFFERED else None

    def begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something beside the requests, until it ends or the service does."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (failure := task.exception()) is not None:
            _logger.error("an endpoint's task failed", exc_info=failure)

    # Models

    def create_model(self, request: Any) -> CreateModelResponse:
        self.models.check_free(request.model_name)
        if request.primary_container is not None and request.containers:
            raise invalid("Both PrimaryContainer and Containers cannot be specified.")
        if len(request.containers or ()) > 1:
            raise invalid("aiosagemaker.local runs models of one container alone.")
        for container in (request.primary_container, *(request.containers or ())):
            if container is not None:
                self.images.check(container.image or "", container.environment or {})
        arn = self.models.arn(request.model_name)
        described = DescribeModelResponse(model_arn=arn, creation_time=self.pace.now(), **_shared(request))
        self.models.add(request.model_name, described, request.tags)
        return CreateModelResponse(model_arn=arn)

    def describe_model(self, request: Any) -> DescribeModelResponse:
        return self.models.get(request.model_name)

    def delete_model(self, request: Any) -> DeleteModelResponse:
        self.models.remove(request.model_name)
        return DeleteModelResponse()

    def list_models(self, request: Any) -> Response:
        return listed(request, self.models, "model")

    # Endpoint configurations

    def create_endpoint_config(self, request: Any) -> CreateEndpointConfigResponse:
        self.configs.check_free(request.endpoint_config_name)
        _refuse_findings(request, {})
        for variant in (*request.production_variants, *(request.shadow_production_variants or ())):
            if variant.model_name is None:
                raise invalid(f"Variant {variant.variant_name} has no ModelName; inference components are not offered.")
            self.models.get(variant.model_name)
        arn = self.configs.arn(request.endpoint_config_name)
        described = DescribeEndpointConfigResponse(
            endpoint_config_arn=arn, creation_time=self.pace.now(), **_shared(request)
        )
        self.configs.add(request.endpoint_config_name, described, request.tags)
        return CreateEndpointConfigResponse(endpoint_config_arn=arn)

    def describe_endpoint_config(self, request: Any) -> DescribeEndpointConfigResponse:
        return self.configs.get(request.endpoint_config_name)

    def delete_endpoint_config(self, request: Any) -> DeleteEndpointConfigResponse:
        config = self.configs.get(request.endpoint_config_name)
        for endpoint in self.endpoints:
            moving = endpoint.status in (EndpointStatus.CREATING, EndpointStatus.UPDATING, EndpointStatus.ROLLING_BACK)
            if moving and any(fleet.config is config for fleet in endpoint.fleets):
                raise invalid(
                    f'Cannot delete endpoint configuration "{config.endpoint_config_arn}": it is in use by endpoint '
                    f'"{endpoint.arn}", which is {endpoint.status}.'
                )
        self.configs.remove(request.endpoint_config_name)
        return DeleteEndpointConfigResponse()

    def list_endpoint_configs(self, request: Any) -> Response:
        return listed(request, self.configs, "endpoint_config")

    # Endpoints

    def create_endpoint(self, request: Any) -> CreateEndpointResponse:
        self.endpoints.check_free(request.endpoint_name)
        config = self._visible_config(request.endpoint_config_name)
        _refuse_findings(request, _counts(config))
        self._check_quotas(config)
        fleet = self._fleet(config)
        now = self.pace.now()
        endpoint = Endpoint(
            name=request.endpoint_name,
            arn=self.endpoints.arn(request.endpoint_name),
            config_name=config.endpoint_config_name,
            created=now,
            modified=now,
            pending=fleet,
            deployment_config=request.deployment_config,
        )
        self.endpoints.add(request.endpoint_name, endpoint, request.tags)
        endpoint.task = self.begin(self.deployments.create(endpoint, fleet))
        return CreateEndpointResponse(endpoint_arn=endpoint.arn)

    def describe_endpoint(self, request: Any) -> Any:
        return self.endpoints.get(request.endpoint_name).describe()

    def list_endpoints(self, request: Any) -> Response:
        described = [endpoint.describe() for endpoint in self.endpoints]
        if request.status_equals is not None:
            described = [item for item in described if item.endpoint_status == request.status_equals]
        return listed(request, described, "endpoint")

    def update_endpoint(self, request: Any) -> UpdateEndpointResponse:
        endpoint = self._settled(request.endpoint_name)
        config = self._visible_config(request.endpoint_config_name)
        _refuse_findings(request, _counts(config))
        self._check_quotas(config)
        green = self._fleet(config)
        if request.retain_all_variant_properties:
            excluded = {item.variant_property_type for item in request.exclude_retained_variant_properties or ()}
            _retain(endpoint, green, excluded)
        deployment: DeploymentConfig | None = request.deployment_config
        if deployment is None and request.retain_deployment_config:
            deployment = endpoint.deployment_config
        endpoint.deployment_config = deployment
        endpoint.status = EndpointStatus.UPDATING
        endpoint.task = self.begin(self.deployments.update(endpoint, green, deployment))
        return UpdateEndpointResponse(endpoint_arn=endpoint.arn)

    def update_endpoint_weights_and_capacities(self, request: Any) -> UpdateEndpointWeightsAndCapacitiesResponse:
        endpoint = self._settled(request.endpoint_name)
        _refuse_findings(request, {})
        wanted: dict[str, tuple[float, int]] = {}
        for desired in request.desired_weights_and_capacities:
            variant = endpoint.fleet.variant(desired.variant_name) if endpoint.fleet else None
            if variant is None:
                raise invalid(f'Could not find variant "{desired.variant_name}" of endpoint "{endpoint.arn}".')
            weight = variant.weight if desired.desired_weight is None else desired.desired_weight
            count = variant.desired if desired.desired_instance_count is None else desired.desired_instance_count
            self._check_quota(variant.spec.instance_type, count - variant.desired)
            wanted[variant.name] = weight, count
        endpoint.status = EndpointStatus.UPDATING
        endpoint.task = self.begin(self.deployments.rescale(endpoint, wanted))
        return UpdateEndpointWeightsAndCapacitiesResponse(endpoint_arn=endpoint.arn)

    def delete_endpoint(self, request: Any) -> DeleteEndpointResponse:
        endpoint = self.endpoints.get(request.endpoint_name)
        if endpoint.status not in (*SETTLED, EndpointStatus.FAILED):
            raise in_progress(endpoint.arn)
        endpoint.status = EndpointStatus.DELETING
        endpoint.task = self.begin(self._delete(endpoint))
        return DeleteEndpointResponse()

    async def _delete(self, endpoint: Endpoint) -> None:
        await self.deployments.delete(endpoint)
        self.endpoints.remove(endpoint.name)

    def maintain(self, name: str, seconds: float) -> None:
        """Take an endpoint through maintenance."""
        endpoint = self._settled(name)
        endpoint.task = self.begin(self.deployments.maintain(endpoint, seconds))

    def _settled(self, name: str) -> Endpoint:
        endpoint = self.endpoints.get(name)
        if endpoint.status == EndpointStatus.FAILED:
            raise invalid(f'Cannot update failed endpoint "{endpoint.arn}". Delete it, and create it again.')
        if endpoint.status not in SETTLED:
            raise in_progress(endpoint.arn)
        return endpoint

    # Tags

    def add_tags(self, request: Any) -> AddTagsResponse:
        tags = self._tags_of(request.resource_arn)
        merged = {**tags, **{tag.key: tag.value for tag in request.tags}}
        if len(merged) > TAG_LIMIT:
            raise invalid(f"A resource has at most {TAG_LIMIT} tags.")
        tags.update(merged)
        return AddTagsResponse(tags=_tag_list(tags))

    def delete_tags(self, request: Any) -> DeleteTagsResponse:
        tags = self._tags_of(request.resource_arn)
        for key in request.tag_keys:
            tags.pop(key, None)
        return DeleteTagsResponse()

    def list_tags(self, request: Any) -> ListTagsResponse:
        found, token = page(request, _tag_list(self._tags_of(request.resource_arn)), TAGS_PAGE_SIZE)
        return ListTagsResponse(tags=found, next_token=token)

    def _tags_of(self, arn: str) -> dict[str, str]:
        if arn.lower() not in self.tags:
            kind = arn.rpartition(":")[2].partition("/")[0].replace("endpoint-config", "endpoint configuration")
            raise not_found(kind, arn)
        return self.tags[arn.lower()]

    # What endpoints are made of

    def _visible_config(self, name: str) -> DescribeEndpointConfigResponse:
        config = self.configs.get(name)
        age = (self.pace.now() - config.creation_time).total_seconds() * self.pace.speed
        if age < self.faults.invisible:
            raise not_found("endpoint configuration", config.endpoint_config_arn)
        return config

    def _fleet(self, config: DescribeEndpointConfigResponse) -> Fleet:
        production = tuple(self._variant(variant) for variant in config.production_variants)
        shadows = tuple(self._variant(variant) for variant in config.shadow_production_variants or ())
        return Fleet(config, production, shadows)

    def _variant(self, spec: ProductionVariant) -> Variant:
        model = self.models.get(spec.model_name or "")
        container: ContainerDefinition | None = model.primary_container or next(iter(model.containers or ()), None)
        if container is None:
            raise invalid(f'Model "{model.model_arn}" has no container.')
        image = container.image or ""
        environment = {
            "AWS_REGION": self.account.region,
            "SM_MODEL_DIR": self.model_data.get(container.model_data_url or "", self.empty_folder),
            **(container.environment or {}),
        }
        launch = functools.partial(self.images.launch, image, environment, _logger.debug)
        pool = Pool(
            launch=launch,
            told=functools.partial(unhealthy, spec.variant_name),
            startup_seconds=startup_limit(self.pace, spec.container_startup_health_check_timeout_in_seconds),
            pace=self.pace,
            begin=self.begin,
        )
        return Variant.of(spec, container, pool)

    def _check_quotas(self, config: DescribeEndpointConfigResponse) -> None:
        for variant in (*config.production_variants, *(config.shadow_production_variants or ())):
            self._check_quota(variant.instance_type, variant.initial_instance_count or 1)

    def _check_quota(self, instance_type: str | None, wanted: int) -> None:
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


_OFFERED = frozenset(row["method"] for row in CONTROL.schema.operations.values()) & vars(Operations).keys()
"""An operation is offered if it has a method; the model says which methods are operations."""


def _shared(request: Any) -> dict[str, Any]:
    """What a Describe operation repeats of a Create request: everything but the tags."""
    row = CONTROL.shapes[request.__shape__]
    names = [member["name"] for member in row["members"].values()]
    return {name: getattr(request, name) for name in names if name != "tags"}


def _counts(config: DescribeEndpointConfigResponse) -> dict[str, int]:
    return {variant.variant_name: variant.initial_instance_count or 1 for variant in config.production_variants}


def _refuse_findings(request: Any, counts: Mapping[str, int]) -> None:
    findings = documented(request, counts)
    if findings:
        raise invalid("; ".join(map(str, findings)))


def _tag_list(tags: Mapping[str, str]) -> list[Tag]:
    return [Tag(key=key, value=value) for key, value in tags.items()]


def _retain(endpoint: Endpoint, green: Fleet, excluded: set[Any]) -> None:
    for variant in green.variants:
        present = endpoint.fleet.variant(variant.name) if endpoint.fleet else None
        if present is not None and "DesiredWeight" not in excluded:
            variant.weight = present.weight
        if present is not None and "DesiredInstanceCount" not in excluded:
            variant.desired = present.desired
