"""What the tests of hosting share: specs, a service to deploy on, its whole state, and calls that are watched."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import attrs

from aiosagemaker import RetryConfig
from aiosagemaker.errors import ThrottlingException
from aiosagemaker.hosting import EndpointSpec, ScalingSpec
from aiosagemaker.hosting.events import Teller
from aiosagemaker.hosting.waiting import Waits
from aiosagemaker.local import LocalSageMaker, ModelRequest
from aiosagemaker.sagemaker import (
    ContainerDefinition,
    CreateEndpointConfigRequest,
    CreateInferenceComponentRequest,
    CreateModelRequest,
    InferenceComponentComputeResourceRequirements,
    InferenceComponentContainerSpecification,
    InferenceComponentRuntimeConfig,
    InferenceComponentSpecification,
    ProductionVariant,
)

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Callable

ROLE = "arn:aws:iam::123456789012:role/sagemaker"
SPEED = 10_000
READS = ("Describe", "List", "Get", "Filter")


class Model:
    """A model in this process that starts or not, as it is told."""

    def __init__(self) -> None:
        self.broken = False

    async def __call__(self, request: ModelRequest) -> bytes:
        return request.body

    async def ping(self) -> bool:
        if self.broken:
            raise OSError("out of memory")
        return True


def make_spec(
    version: str = "1", *, name: str = "churn", count: int = 1, image: str = "m", **members: Any
) -> EndpointSpec:
    """An endpoint of one variant; `version` is in the model's environment."""
    variant = ProductionVariant(
        variant_name="main", model_name="churn", instance_type="ml.m5.large", initial_instance_count=count
    )
    container = ContainerDefinition(image=image, environment={"VERSION": version})
    given: dict[str, Any] = {
        "config": CreateEndpointConfigRequest(endpoint_config_name="any", production_variants=[variant]),
        "models": [CreateModelRequest(model_name="churn", primary_container=container, execution_role_arn=ROLE)],
    }
    return EndpointSpec(endpoint_name=name, **{**given, **members})


def scaled(low: int = 1, high: int = 3, invocations: float = 1e6) -> list[ScalingSpec]:
    """The variant's scaling."""
    return [ScalingSpec(variant_name="main", min_capacity=low, max_capacity=high, invocations=invocations)]


def component(name: str, version: str, *, copies: int = 1) -> CreateInferenceComponentRequest:
    """A component with a container of its own."""
    return CreateInferenceComponentRequest(
        inference_component_name=name,
        endpoint_name="any",
        variant_name="main",
        specification=InferenceComponentSpecification(
            container=InferenceComponentContainerSpecification(image="m", environment={"VERSION": version}),
            compute_resource_requirements=InferenceComponentComputeResourceRequirements(min_memory_required_in_mb=128),
        ),
        runtime_config=InferenceComponentRuntimeConfig(copy_count=copies),
    )


def on_components(components: list[CreateInferenceComponentRequest], **members: Any) -> EndpointSpec:
    """An endpoint of components."""
    variant = ProductionVariant(variant_name="main", instance_type="ml.m5.large", initial_instance_count=1)
    config = CreateEndpointConfigRequest(
        endpoint_config_name="any", production_variants=[variant], execution_role_arn=ROLE
    )
    return EndpointSpec(endpoint_name="churn", config=config, components=components, **members)


@attrs.frozen
class Hosting:
    """A service, its client, and what was called."""

    local: LocalSageMaker
    client: Any
    calls: list[str]
    model: Model

    @property
    def writes(self) -> list[str]:
        """The calls that write, so far."""
        return [call for call in self.calls if not call.startswith(READS)]


@asynccontextmanager
async def serving(**members: Any) -> AsyncIterator[Hosting]:
    """A service whose image `m` is a model that can be broken, `bad` one that never starts, and any other echoes."""
    bad, model = Model(), Model()
    bad.broken = True
    images = {"m": model, "bad": bad, "*": Model()}
    async with (
        LocalSageMaker(**{"images": images, "speed": SPEED, "patience": 5, **members}) as local,
        local.client(retry=RetryConfig(max_attempts=4, max_backoff=0.01)) as client,
    ):
        calls: list[str] = []
        count_calls(local, calls.append)
        yield Hosting(local, client, calls, model)


def count_calls(local: LocalSageMaker, called: Callable[[str], object]) -> None:
    """Have every call to the service told before it is carried out."""
    faults: Any = local.faults
    before = faults.before

    async def told(operation: str) -> None:
        if operation != "InvokeEndpoint":
            called(operation)
        await before(operation)

    faults.before = told


class Killer:
    """Cancels a task before the service carries out its call of some number, or after, with the answer lost."""

    def __init__(self, local: LocalSageMaker) -> None:
        self._faults: Any = local.faults
        self._before, self._drops = self._faults.before, self._faults.drops
        self.calls = list[str]()
        self._at = -1
        self._after = False
        self._task: asyncio.Task[Any] | None = None
        self._faults.before, self._faults.drops = self._come, self._gone

    def arm(self, task: asyncio.Task[Any], number: int, *, after: bool) -> None:
        """Cancel the task at its call of that number, from now on."""
        self.calls.clear()
        self._task, self._at, self._after = task, number, after

    def disarm(self) -> None:
        """Let what comes now pass."""
        self._task = None

    async def _come(self, operation: str) -> None:
        self.calls.append(operation)
        if self._task is not None and len(self.calls) - 1 == self._at and not self._after:
            self._task.cancel()
            raise ThrottlingException("too late", code="ThrottlingException", http_status=400)
        await self._before(operation)

    def _gone(self, operation: str) -> bool:
        if self._task is not None and self._after and len(self.calls) - 1 == self._at:
            self._task.cancel()
            self._task = None
            return True
        dropped: bool = self._drops(operation)
        return dropped


async def state_of(hosting: Hosting) -> Any:
    """Everything that the account has, without times, so that two can be compared."""
    client = hosting.client
    made: dict[str, Any] = {}
    configs = [each.endpoint_config_name async for each in client.paginate_list_endpoint_configs()]
    for each in await client.paginate_list_models().collect():
        described = (await client.describe_model(model_name=each.model_name)).to_dict()
        made[f"model {each.model_name}"] = await _plain(client, described, "ModelArn")
    for config in configs:
        described = (await client.describe_endpoint_config(endpoint_config_name=config)).to_dict()
        made[f"config {config}"] = await _plain(client, described, "EndpointConfigArn")
    for endpoint in await client.paginate_list_endpoints().collect():
        found = (await client.describe_endpoint(endpoint_name=endpoint.endpoint_name)).to_dict()
        made[f"endpoint {endpoint.endpoint_name}"] = await _plain(client, found, "EndpointArn")
    for each in await client.paginate_list_inference_components().collect():
        name = each.inference_component_name
        described = (await client.describe_inference_component(inference_component_name=name)).to_dict()
        made[f"component {name}"] = await _plain(client, described, "InferenceComponentArn")
    async with hosting.local.scaling() as scaling:
        targets = await scaling.paginate_describe_scalable_targets(service_namespace="sagemaker").collect()
        policies = await scaling.paginate_describe_scaling_policies(service_namespace="sagemaker").collect()
    made["targets"] = sorted((each.resource_id, each.min_capacity, each.max_capacity) for each in targets)
    made["policies"] = sorted((each.resource_id, each.policy_name) for each in policies)
    return made


async def _plain(client: Any, described: dict[str, Any], arn: str) -> Any:
    tags = await client.paginate_list_tags(resource_arn=described[arn]).collect()
    left = ("CreationTime", "LastModifiedTime", "ResponseMetadata")
    kept = {key: value for key, value in described.items() if key not in left}
    return kept, sorted((tag.key, tag.value) for tag in tags)


async def names(pages: Any, member: str) -> list[str]:
    return sorted([getattr(item, member) async for item in pages])


async def left(client: Any) -> tuple[list[str], list[str], list[str]]:
    """The names of all endpoints, configurations and models."""
    return (
        await names(client.paginate_list_endpoints(), "endpoint_name"),
        await names(client.paginate_list_endpoint_configs(), "endpoint_config_name"),
        await names(client.paginate_list_models(), "model_name"),
    )


async def add_component(client: Any, name: str) -> None:
    """Put a component on the endpoint that deploy did not make, and wait for what becomes of it."""
    await client.send(component(name, "1").with_endpoint_name("churn"))
    await Waits(client, Teller(client._session.clock, None), None).component_settled(name)
