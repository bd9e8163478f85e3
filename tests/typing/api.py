"""What type checkers must understand. Checked on the installed wheel, never run."""

from __future__ import annotations

import copy
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, assert_never, assert_type

import aiosagemaker
from aiosagemaker import (
    Config,
    Credentials,
    EventStream,
    HttpConfig,
    Request,
    Response,
    ResponseMetadata,
    RetryConfig,
    SageMakerClient,
    SageMakerRuntimeClient,
    ServerSentEvent,
    SizedStream,
    TimeoutConfig,
)
from aiosagemaker.errors import (
    ParamValidationError,
    ResourceInUse,
    ServiceError,
    ValidationException,
    Violation,
    WaiterError,
    WaiterFailed,
    WaiterTimeout,
)
from aiosagemaker.hooks import Hooks
from aiosagemaker.paginators import Paginator
from aiosagemaker.sagemaker import (
    BatchDescribeModelPackageError,
    BatchDescribeModelPackageResponse,
    ContainerDefinition,
    CreateEndpointConfigRequest,
    CreateEndpointConfigResponse,
    CreateEndpointRequest,
    CreateEndpointResponse,
    CreateModelRequest,
    DataCaptureConfig,
    DataCaptureConfigSummary,
    DeleteEndpointRequest,
    DeleteEndpointResponse,
    DescribeEndpointRequest,
    DescribeEndpointResponse,
    EndpointStatus,
    EndpointSummary,
    Filter,
    Finding,
    HumanLoopActivationConditionsConfig,
    ListEndpointsRequest,
    ListEndpointsResponse,
    NestedFilters,
    ProductionVariant,
    ProductionVariantInstanceType,
    ProductionVariantServerlessConfig,
    SearchExpression,
    Tag,
    check,
)
from aiosagemaker.sagemaker import ResourceInUse as ResourceInUseOfTheService
from aiosagemaker.sagemaker_metrics import Period
from aiosagemaker.sagemaker_runtime import (
    InvokeEndpointAsyncResponse,
    InvokeEndpointRequest,
    InvokeEndpointResponse,
    InvokeEndpointWithResponseStreamResponse,
    Outcome,
    PayloadPart,
)
from aiosagemaker.sagemaker_runtime.errors import ModelError


class Door:
    """A transport of one's own."""

    async def send(self, request: object, /) -> object:
        return request

    async def open(self, request: object, /) -> object:
        return request

    async def close(self) -> None:
        return None


async def main_job() -> None:
    config = (
        CreateEndpointConfigRequest(endpoint_config_name="churn-v2", production_variants=())
        .add_production_variants(
            ProductionVariant(
                variant_name="AllTraffic",
                model_name="churn",
                instance_type=ProductionVariantInstanceType.ML_M5_XLARGE,
                initial_instance_count=2,
            )
        )
        .add_tags(Tag(key="team", value="growth"))
    )
    assert_type(config, CreateEndpointConfigRequest)
    async with SageMakerClient(region="us-east-1") as client:
        assert_type(client, SageMakerClient)
        assert_type(await client.create_endpoint_config(config), CreateEndpointConfigResponse)
        created = await client.create_endpoint(endpoint_name="churn", endpoint_config_name="churn-v2")
        assert_type(created, CreateEndpointResponse)
        endpoint = await client.wait_until_endpoint_in_service(endpoint_name="churn", timeout=1800)
        assert_type(endpoint, DescribeEndpointResponse)
        assert_type(endpoint.endpoint_status, EndpointStatus)
        assert_type(endpoint.response_metadata, ResponseMetadata)
        assert_type(endpoint.response_metadata.request_id, str | None)
        assert_type(endpoint.http_status, int)


def members(endpoint: DescribeEndpointResponse, variant: ProductionVariant, container: ContainerDefinition) -> None:
    assert_type(endpoint.creation_time, datetime)
    assert_type(endpoint.failure_reason, str | None)
    assert_type(endpoint.data_capture_config, DataCaptureConfigSummary | None)
    assert_type(variant.instance_type, ProductionVariantInstanceType | None)
    assert_type(variant.initial_variant_weight, float | None)
    assert_type(variant.initial_instance_count, int | None)
    assert_type(container.environment, Mapping[str, str] | None)
    assert_type(SearchExpression().sub_expressions, tuple[SearchExpression, ...] | None)
    assert_type(CreateEndpointConfigRequest.from_dict({}).production_variants, tuple[ProductionVariant, ...])


def constructors(tags: list[Tag], variants: set[ProductionVariant], environment: dict[str, str]) -> None:
    CreateEndpointRequest(endpoint_name="churn", endpoint_config_name="churn-v2", tags=tags)
    CreateEndpointRequest(endpoint_name="churn", endpoint_config_name="churn-v2", tags=(tag for tag in tags))
    CreateEndpointRequest(endpoint_name="churn", endpoint_config_name="churn-v2", tags=None)
    CreateEndpointConfigRequest(endpoint_config_name="churn-v2", production_variants=variants)
    ProductionVariant(variant_name="a", instance_type="ml.m5.xlarge", initial_variant_weight=1)
    ContainerDefinition(image="image", environment=environment)
    ListEndpointsRequest(creation_time_after=datetime(2026, 1, 1, tzinfo=UTC))
    HumanLoopActivationConditionsConfig(human_loop_activation_conditions='{"Conditions": []}')
    HumanLoopActivationConditionsConfig(human_loop_activation_conditions={"Conditions": [1, {"a": None}]})
    BatchDescribeModelPackageResponse(
        batch_describe_model_package_error_map={
            "arn": BatchDescribeModelPackageError(error_code="code", error_response="words")
        }
    )
    DescribeEndpointResponse(
        endpoint_name="churn",
        endpoint_arn="arn",
        endpoint_status="InService",
        creation_time=datetime.now(UTC),
        last_modified_time=datetime.now(UTC),
        response_metadata=ResponseMetadata(http_status=200, request_id="id"),
    )


def value_setters(
    request: CreateEndpointConfigRequest, variant: ProductionVariant, listing: ListEndpointsRequest
) -> None:
    assert_type(request.with_endpoint_config_name("b"), CreateEndpointConfigRequest)
    assert_type(request.with_tags([Tag(key="team", value="growth")]), CreateEndpointConfigRequest)
    assert_type(request.with_tags(None), CreateEndpointConfigRequest)
    assert_type(request.with_enable_network_isolation(True), CreateEndpointConfigRequest)
    assert_type(variant.with_instance_type("ml.g5.xlarge"), ProductionVariant)
    assert_type(variant.with_instance_type(ProductionVariantInstanceType.ML_C4_LARGE), ProductionVariant)
    assert_type(variant.with_initial_variant_weight(0.5), ProductionVariant)
    assert_type(listing.with_creation_time_after(datetime.now(UTC)), ListEndpointsRequest)
    assert_type(listing.with_status_equals("Failed").with_sort_by("Name"), ListEndpointsRequest)


def list_and_map_setters(request: CreateEndpointConfigRequest, container: ContainerDefinition, tags: list[Tag]) -> None:
    assert_type(request.add_tags(*tags), CreateEndpointConfigRequest)
    assert_type(request.add_tags(tags[0], tags[1]), CreateEndpointConfigRequest)
    assert_type(request.without_tags(), CreateEndpointConfigRequest)
    assert_type(container.with_environment({"A": "1"}), ContainerDefinition)
    assert_type(container.put_environment("A", "1"), ContainerDefinition)
    assert_type(container.without_environment(), ContainerDefinition)
    nested = NestedFilters(nested_property_name="a", filters=[Filter(name="b")])
    assert_type(SearchExpression().add_nested_filters(nested).add_sub_expressions(SearchExpression()), SearchExpression)


def updaters(variant: ProductionVariant, request: CreateEndpointConfigRequest, model: CreateModelRequest) -> None:
    serverless = ProductionVariantServerlessConfig(memory_size_in_mb=2048, max_concurrency=5)
    assert_type(variant.with_serverless_config(serverless), ProductionVariant)
    assert_type(
        variant.with_serverless_config(lambda present: (present or serverless).with_max_concurrency(10)),
        ProductionVariant,
    )
    assert_type(variant.with_serverless_config(lambda present: None), ProductionVariant)

    def capture(present: DataCaptureConfig | None) -> DataCaptureConfig | None:
        return present and present.with_enable_capture(True)

    assert_type(request.with_data_capture_config(capture), CreateEndpointConfigRequest)
    assert_type(
        model.with_primary_container(
            lambda container: (container or ContainerDefinition()).put_environment("A", "1").with_image("image")
        ),
        CreateModelRequest,
    )
    assert_type(
        request.with_data_capture_config(
            lambda present: (
                present
                and present.with_capture_content_type_header(
                    lambda header: header and header.with_json_content_types(["application/json"])
                )
            )
        ),
        CreateEndpointConfigRequest,
    )


def copies(request: CreateEndpointRequest) -> None:
    assert_type(copy.copy(request), CreateEndpointRequest)
    if sys.version_info >= (3, 13):
        assert_type(copy.replace(request, endpoint_name="other"), CreateEndpointRequest)
    assert_type(request.to_dict(), dict[str, Any])
    assert_type(CreateEndpointRequest.from_dict(request.to_dict()), CreateEndpointRequest)
    assert_type(request.to_json(), str)
    assert_type(CreateEndpointRequest.from_json(b"{}"), CreateEndpointRequest)
    assert_type(request.validate(), None)
    assert_type({request: request == request}, dict[CreateEndpointRequest, bool])


ResponseT = TypeVar("ResponseT", bound=Response)


async def send_twice(client: SageMakerClient, request: Request[ResponseT]) -> ResponseT:
    await client.send(request)
    return await client.send(request)


async def send(client: SageMakerClient, request: DescribeEndpointRequest, delete: DeleteEndpointRequest) -> None:
    assert_type(await client.send(request), DescribeEndpointResponse)
    assert_type(await client.send(delete), DeleteEndpointResponse)
    assert_type(await client.describe_endpoint(request), DescribeEndpointResponse)

    assert_type(await send_twice(client, delete), DeleteEndpointResponse)


async def operations(client: SageMakerClient) -> None:
    assert_type(await client.list_endpoints(), ListEndpointsResponse)
    assert_type(await client.list_endpoints(status_equals="InService", max_results=10), ListEndpointsResponse)
    assert_type(await client.list_endpoints(status_equals=EndpointStatus.FAILED), ListEndpointsResponse)
    assert_type((await client.list_endpoints()).endpoints, tuple[EndpointSummary, ...])
    describe: Callable[[DescribeEndpointRequest], Awaitable[DescribeEndpointResponse]] = client.describe_endpoint
    await describe(DescribeEndpointRequest(endpoint_name="churn"))


async def waiters(client: SageMakerClient, request: DescribeEndpointRequest) -> None:
    def show(endpoint: DescribeEndpointResponse) -> None:
        assert_type(endpoint.endpoint_status, EndpointStatus)

    in_service = await client.wait_until_endpoint_in_service(
        request, timeout=timedelta(minutes=30), min_delay=1, max_delay=2.5, on_poll=show
    )
    assert_type(in_service, DescribeEndpointResponse)
    await client.wait_until_endpoint_in_service(endpoint_name="churn", on_poll=lambda endpoint: endpoint.endpoint_arn)
    await client.wait_until_endpoint_in_service(endpoint_name="churn", endpoint_config_name="churn-v2")
    assert_type(await client.wait_until_endpoint_deleted(endpoint_name="churn"), DescribeEndpointResponse | None)


async def paginators(client: SageMakerClient) -> None:
    paginator = client.paginate_list_endpoints(name_contains="churn", page_size=10)
    assert_type(paginator, Paginator[EndpointSummary, ListEndpointsResponse])
    assert_type(
        client.paginate_list_endpoints(ListEndpointsRequest()), Paginator[EndpointSummary, ListEndpointsResponse]
    )
    assert_type(paginator.pages(), AsyncIterator[ListEndpointsResponse])
    assert_type(await paginator.collect(limit=10), list[EndpointSummary])
    async for endpoint in paginator:
        assert_type(endpoint, EndpointSummary)
    async for page in paginator.pages():
        assert_type(page.next_token, str | None)


def enums(status: EndpointStatus) -> None:
    assert_type(EndpointStatus("Hibernating"), EndpointStatus)
    assert_type(status.is_unknown, bool)
    assert_type(status.value, str)
    as_text: str = status
    assert_type(as_text.lower(), str)
    assert_type(status == "InService", bool)
    assert_type(status in ("InService", "Failed"), bool)
    if status == "Failed" or status == EndpointStatus.OUT_OF_SERVICE:
        return
    match status:
        case EndpointStatus.IN_SERVICE:
            assert_type(status.is_unknown, bool)
        case _:
            pass
    assert_type(list(EndpointStatus), list[EndpointStatus])


async def errors(client: SageMakerClient, runtime: SageMakerRuntimeClient) -> None:
    try:
        await client.delete_endpoint(endpoint_name="churn")
    except ParamValidationError as error:
        assert_type(error.violations, tuple[Violation, ...])
        assert_type(error.violations[0].path, str)
    except ResourceInUseOfTheService as error:
        assert_type(error, ResourceInUse)
        assert_type(error.request_id, str | None)
    except ValidationException as error:
        assert_type(error.message, str)
    except WaiterFailed as error:
        assert_type(error.reason, str | None)
    except WaiterTimeout as error:
        assert_type(error.last_response, Any | None)
        late: WaiterTimeout[DescribeEndpointResponse] = error
        assert_type(late.last_response, DescribeEndpointResponse | None)
    try:
        answer = await runtime.invoke_endpoint(endpoint_name="churn", body=b"1,2", content_type="text/csv")
        assert_type(answer, InvokeEndpointResponse)
    except ModelError as error:
        as_service_error: ServiceError = error
        assert_type(as_service_error.http_status, int)
        assert_type(error.original_status_code, int | None)
        assert_type(error.original_message, str | None)
        assert_type(error.log_stream_arn, str | None)


async def runtime(client: SageMakerRuntimeClient, asynchronous: InvokeEndpointAsyncResponse) -> None:
    async with client.invoke_endpoint_with_response_stream(endpoint_name="churn", body="text") as stream:
        assert_type(stream, EventStream[PayloadPart, InvokeEndpointWithResponseStreamResponse])
        assert_type(stream.response, InvokeEndpointWithResponseStreamResponse)
        async for part in stream:
            assert_type(part, PayloadPart)
            assert_type(part.bytes, bytes)
        async for event in stream.events():
            assert_type(event, ServerSentEvent)
    request = InvokeEndpointRequest(endpoint_name="churn", body=memoryview(b"1,2"))
    assert_type(request.with_body(SizedStream(chunks(), 3)), InvokeEndpointRequest)
    assert_type(request.with_body("text").with_accept("text/csv"), InvokeEndpointRequest)
    assert_type(await client.invoke_endpoint(request), InvokeEndpointResponse)
    assert_type((await client.send(request)).body, bytes)
    assert_type(await client.invoke_json(endpoint_name="churn", payload={"a": [1]}, target_model="a.tar.gz"), Any)
    assert_type(await client.wait_for_async_result(asynchronous, fetch=fetch, timeout=60), bytes)
    async for outcome in client.invoke_many("churn", ["a", b"b"], ordered=False, accept="text/csv"):
        assert_type(outcome, Outcome)
        assert_type(outcome.result(), InvokeEndpointResponse)


async def chunks() -> AsyncIterator[bytes]:
    yield b"1,2"


async def fetch(uri: str) -> bytes | None:
    return uri.encode() or None


async def endpoint_waits(client: SageMakerClient) -> None:
    async for snapshot in client.watch_endpoint(endpoint_name="churn", timeout=timedelta(minutes=5)):
        assert_type(snapshot.status, EndpointStatus)
        assert_type(snapshot.response, DescribeEndpointResponse)
    outcomes = await client.wait_until_endpoints_in_service(["a", "b"])
    for outcome in outcomes.values():
        if isinstance(outcome, WaiterError):
            assert_type(outcome.last_response, DescribeEndpointResponse | EndpointSummary | None)
        else:
            assert_type(outcome, EndpointSummary)


def as_any_response(error: WaiterError[Response]) -> None:
    assert_type(error.last_response, Response | None)


def reason(failed: WaiterFailed[DescribeEndpointResponse]) -> str | None:
    """What a wait failed with is typed by what was waited for, and is one of a wider kind too."""
    as_any_response(failed)
    return failed.last_response.failure_reason if failed.last_response is not None else failed.reason


def rules(request: CreateEndpointRequest) -> None:
    assert_type(check(request), tuple[Finding, ...])


async def credentials() -> Credentials:
    return Credentials(access_key="a", secret_key="b", token=None, expires_at=datetime.now(UTC))


def config() -> None:
    shared = Config(region="us-east-1", retry=RetryConfig(), timeouts=TimeoutConfig(connect=5, operation=None))
    assert_type(shared.region, str | None)
    assert_type(shared.source_of("region") == "environment", bool)
    assert_type(SageMakerClient(shared, http=HttpConfig(max_connections=10)).config, Config)
    seams = Config(headers={"X-Team": "growth"}, hooks=[Hooks()], transport=Door(), wire_log=True)
    assert_type(SageMakerClient(seams, hooks=(), headers=None, transport=None).config, Config)
    assert_type(seams.source_of("http.ca_bundle").name, str)
    SageMakerClient(shared, parameter_validation="strict", use_fips=True, credentials=credentials)
    SageMakerRuntimeClient(endpoint_url="http://localhost:8080", credentials=Credentials("a", "b"))
    assert_type(aiosagemaker.__version__, str)


def minutes(period: Period) -> int:
    """A match of every known value is exhaustive."""
    match period:
        case Period.ONE_MINUTE:
            return 1
        case Period.FIVE_MINUTE:
            return 5
        case Period.ONE_HOUR:
            return 60
        case Period.ITERATION_NUMBER:
            return 0
        case _:
            assert_never(period)


def can_be_called(endpoint: DescribeEndpointResponse) -> bool:
    """So is a match of a member's statuses, alone or several in a case, whatever a newer service may send."""
    match endpoint.endpoint_status:
        case EndpointStatus.IN_SERVICE | EndpointStatus.UPDATING | EndpointStatus.SYSTEM_UPDATING:
            return True
        case EndpointStatus.ROLLING_BACK | EndpointStatus.UPDATE_ROLLBACK_FAILED:
            return True
        case EndpointStatus.CREATING | EndpointStatus.DELETING:
            return False
        case EndpointStatus.FAILED | EndpointStatus.OUT_OF_SERVICE:
            return False


class TracedClient(SageMakerClient):
    """A client may be subclassed."""

    async def describe(self, name: str) -> EndpointStatus:
        return (await self.describe_endpoint(endpoint_name=name)).endpoint_status
