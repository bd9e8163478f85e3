"""What is there of an endpoint: read, never changed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from .._errors import AccessDeniedException, NotFound, ServiceError
from ..sagemaker.described import as_request
from .names import OWNER_TAG, may_be_ours, search_prefix
from .scaling_spec import SERVICE, component_resource, variant_resource
from .versions import models_named, models_of_component, version_view
from .waking import POLICY as WAKE_POLICY
from .waking import alarm_name, component_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from datetime import datetime

    from .companions import Companions

T = TypeVar("T")

AT_ONCE = 8
"""How many reads are under way at a time."""
RESOURCES = 50
"""How many resources DescribeScalableTargets takes at once."""


@attrs.frozen(kw_only=True)
class Found:
    """A resource that is there."""

    described: Any
    tags: Mapping[str, str]

    def is_of(self, endpoint_name: str) -> bool:
        """Whether `deploy` made it for the endpoint."""
        return self.tags.get(OWNER_TAG) == endpoint_name

    @property
    def created(self) -> datetime:
        """When it was made."""
        created: datetime = self.described.creation_time
        return created


@attrs.frozen(kw_only=True)
class Observed:
    """An endpoint and what may belong to it, at one moment."""

    endpoint_name: str
    endpoint: Found | None
    configs: Mapping[str, Found]
    """The configuration in force, and those that were made for the endpoint, by name."""
    models: Mapping[str, Found]
    """The models that these configurations and the components name, and those that were made for the endpoint."""
    components: Mapping[str, Found]
    targets: Mapping[tuple[str, str], Any]
    """Scalable targets by resource and dimension."""
    policies: Mapping[tuple[str, str], tuple[Any, ...]]
    alarms: Mapping[str, Any]
    """The alarms that wake inference components from zero copies, by the component."""

    @property
    def status(self) -> str:
        """The endpoint's status; empty if there is none."""
        return "" if self.endpoint is None else str(self.endpoint.described.endpoint_status)

    @property
    def in_force(self) -> Found | None:
        """The configuration that serves. None if there is none, or it was deleted."""
        return None if self.endpoint is None else self.configs.get(self.in_force_name)

    @property
    def in_force_name(self) -> str:
        """Its name; empty where there is no endpoint."""
        return "" if self.endpoint is None else str(self.endpoint.described.endpoint_config_name)

    def view(self) -> dict[str, Any] | None:
        """The content of the version in force, as `Version.view` has it."""
        if self.in_force is None:
            return None
        models = {name: as_request(found.described) for name, found in self.models.items()}
        return version_view(as_request(self.in_force.described), models)

    def own(self, found: Mapping[str, Found]) -> dict[str, Found]:
        """Those of them that were made for the endpoint, the latest first."""
        ours = [(name, each) for name, each in found.items() if each.is_of(self.endpoint_name)]
        return dict(sorted(ours, key=lambda item: (item[1].created, item[0]), reverse=True))


class Reader:
    """Reads what there is. A resource that ends meanwhile is one that is not there."""

    def __init__(self, companions: Companions, endpoint_name: str) -> None:
        self._client: Any = companions.client
        self._companions = companions
        self._name = endpoint_name
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def observe(
        self, *, configs: Iterable[str] = (), models: Iterable[str] = (), scaling: bool = False
    ) -> Observed:
        """Everything of the endpoint, and the configurations and models of these names.

        `scaling` says that its scaling must be known; else a caller who may not read it is told that there is none.
        """
        endpoint = await self._found(
            lambda: self._client.describe_endpoint(endpoint_name=self._name), lambda it: it.endpoint_arn
        )
        listed_configs, listed_models = await asyncio.gather(
            self._names("endpoint_config", configs), self._names("model", models)
        )
        in_force = {endpoint.described.endpoint_config_name} if endpoint is not None else set[str]()
        found_configs = await self._each(in_force | listed_configs, self.config)
        components = await self._components() if endpoint is not None else {}
        named = {name for each in found_configs.values() for name in models_named(each.described)}
        named |= {name for each in components.values() for name in models_of_component(each.described)}
        found_models = await self._each(named | listed_models, self.model)
        targets, policies = await self._scaling(found_configs, components, scaling)
        return Observed(
            endpoint_name=self._name,
            endpoint=endpoint,
            configs={name: each for name, each in found_configs.items() if name in in_force or self._wanted(each)},
            models=found_models,
            components=components,
            targets=targets,
            policies=policies,
            alarms=await self._alarms(policies),
        )

    def _wanted(self, found: Found) -> bool:
        return found.is_of(self._name)

    async def config(self, name: str) -> Found | None:
        """A configuration; None if there is none of the name."""
        return await self._found(
            lambda: self._client.describe_endpoint_config(endpoint_config_name=name),
            lambda it: it.endpoint_config_arn,
        )

    async def model(self, name: str) -> Found | None:
        """A model; None if there is none of the name."""
        return await self._found(lambda: self._client.describe_model(model_name=name), lambda it: it.model_arn)

    async def component(self, name: str) -> Found | None:
        """An inference component; None if there is none of the name."""
        return await self._found(
            lambda: self._client.describe_inference_component(inference_component_name=name),
            lambda it: it.inference_component_arn,
        )

    async def _found(self, describe: Callable[[], Awaitable[Any]], arn: Callable[[Any], str]) -> Found | None:
        async with self._gate:
            try:
                described = await describe()
                tags = await self._client.paginate_list_tags(resource_arn=arn(described)).collect()
            except NotFound:
                return None
        return Found(described=described, tags={tag.key: tag.value for tag in tags})

    async def _each(self, names: Iterable[str], read: Callable[[str], Awaitable[Found | None]]) -> dict[str, Found]:
        wanted = sorted(names)
        found = await asyncio.gather(*map(read, wanted))
        return {name: each for name, each in zip(wanted, found, strict=True) if each is not None}

    async def _names(self, kind: str, asked: Iterable[str]) -> set[str]:
        """The names that may be the endpoint's, and those that were asked for."""
        listing = getattr(self._client, f"paginate_list_{kind}s")(name_contains=search_prefix(self._name))
        listed = [getattr(item, f"{kind}_name") async for item in listing]
        return {name for name in listed if may_be_ours(name, self._name)} | set(asked)

    async def _components(self) -> dict[str, Found]:
        listing = self._client.paginate_list_inference_components(endpoint_name_equals=self._name)
        names = [item.inference_component_name async for item in listing]
        return await self._each(names, self.component)

    async def _scaling(
        self, configs: Mapping[str, Found], components: Mapping[str, Found], needed: bool
    ) -> tuple[dict[tuple[str, str], Any], dict[tuple[str, str], tuple[Any, ...]]]:
        variants = {
            variant.variant_name
            for each in configs.values()
            for variant in (
                *(each.described.production_variants or ()),
                *(each.described.shadow_production_variants or ()),
            )
        }
        resources = [variant_resource(self._name, name) for name in sorted(variants)]
        resources += [component_resource(name) for name in sorted(components)]
        if not resources:
            return {}, {}
        scaling = self._companions.scaling
        try:
            targets: list[Any] = []
            for start in range(0, len(resources), RESOURCES):
                some = resources[start : start + RESOURCES]
                listing = scaling.paginate_describe_scalable_targets(service_namespace=SERVICE, resource_ids=some)
                targets += [target async for target in listing]
        except AccessDeniedException:
            if needed:
                raise
            return {}, {}
        found = {(target.resource_id, str(target.scalable_dimension)): target for target in targets}
        policies: dict[tuple[str, str], tuple[Any, ...]] = {}
        for resource, dimension in found:
            listing = scaling.paginate_describe_scaling_policies(
                service_namespace=SERVICE, resource_id=resource, scalable_dimension=dimension
            )
            policies[resource, dimension] = tuple([policy async for policy in listing])
        return found, policies

    async def _alarms(self, policies: Mapping[tuple[str, str], tuple[Any, ...]]) -> dict[str, Any]:
        # CloudWatch is asked where there is a policy that an alarm acts by, and by nobody else's permission.
        waking = [
            resource.rpartition("/")[2]
            for (resource, _), each in policies.items()
            if any(policy.policy_name == WAKE_POLICY for policy in each)
        ]
        if not waking:
            return {}
        names = [alarm_name(component) for component in waking]
        found = await self._companions.cloudwatch.describe_alarms(alarm_names=names, alarm_types=["MetricAlarm"])
        return {component_of(alarm): alarm for alarm in found.metric_alarms or ()}

    async def users(
        self, observed: Observed, configs: Mapping[str, Found], models: Mapping[str, Found]
    ) -> dict[str, str]:
        """Which of these configurations and models something else uses, each with what does.

        What uses a resource was made or changed after it, which is what the listings are asked for.
        """
        used: dict[str, str] = {}
        if configs:
            for other in await self._later("endpoint", "last_modified", configs):
                if other != self._name:
                    described = await self._gone_is_none(self._client.describe_endpoint(endpoint_name=other))
                    name = described.endpoint_config_name if described is not None else ""
                    if name in configs:
                        used.setdefault(name, f"endpoint {other}")
        if models:
            for other in await self._later("endpoint_config", "creation", models):
                described = await self._gone_is_none(self._client.describe_endpoint_config(endpoint_config_name=other))
                if described is not None and other not in observed.configs:
                    for name in models_named(described) & models.keys():
                        used.setdefault(name, f"endpoint configuration {other}")
            for other in await self._later("inference_component", "last_modified", models):
                described = await self._gone_is_none(
                    self._client.describe_inference_component(inference_component_name=other)
                )
                if described is not None and other not in observed.components:
                    for name in models_of_component(described) & models.keys():
                        used.setdefault(name, f"inference component {other}")
        return used

    async def _later(self, kind: str, time: str, than: Mapping[str, Found]) -> list[str]:
        since = min(found.created for found in than.values()).replace(microsecond=0)
        listing = getattr(self._client, f"paginate_list_{kind}s")(**{f"{time}_time_after": since})
        return [getattr(item, f"{kind}_name") async for item in listing]

    async def _gone_is_none(self, described: Awaitable[T]) -> T | None:
        try:
            return await described
        except NotFound:
            return None


def is_gone(error: ServiceError) -> bool:
    """Whether a refusal says that what it is about is not there, or no longer."""
    return isinstance(error, NotFound) or error.code in ("ObjectNotFoundException", "ResourceNotFound")
