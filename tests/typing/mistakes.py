"""What type checkers must report. Checked on the installed wheel, never run.

A comment `# mypy ...; pyright ...` names the rules that each reports on the line below it; `-` is none. Nothing else
may be reported.
"""

from __future__ import annotations

from typing import assert_never

from aiosagemaker import Config, ResponseMetadata, SageMakerClient, SageMakerRuntimeClient
from aiosagemaker.errors import RolledBack, ServiceError, WaiterFailed, WaiterTimeout
from aiosagemaker.sagemaker import (
    ContainerDefinition,
    CreateEndpointConfigRequest,
    CreateEndpointRequest,
    CreateEndpointResponse,
    DescribeEndpointRequest,
    DescribeEndpointResponse,
    DescribeModelRequest,
    EndpointStatus,
    HumanLoopActivationConditionsConfig,
    ListEndpointsResponse,
    ProductionVariant,
    ProductionVariantServerlessConfig,
    Tag,
)

# mypy attr-defined; pyright reportAttributeAccessIssue, reportUnknownVariableType, reportUnusedImport
from aiosagemaker.sagemaker_runtime import InvokeEndpointWithResponseStreamRequest, ModelErr
from aiosagemaker.sagemaker_runtime.errors import ModelError


def constructors(name: str, tags: list[Tag]) -> None:
    # mypy call-arg; pyright reportCallIssue
    CreateEndpointRequest(endpoint_nam="churn", endpoint_config_name="v2")
    # mypy call-arg; pyright reportCallIssue
    CreateEndpointRequest(endpoint_name="churn")
    # mypy call-arg; pyright reportCallIssue
    CreateEndpointRequest("churn", "v2")
    # mypy arg-type; pyright reportArgumentType
    CreateEndpointRequest(endpoint_name=1, endpoint_config_name="v2")
    # mypy arg-type; pyright reportArgumentType
    CreateEndpointRequest(endpoint_name=None, endpoint_config_name="v2")
    # mypy arg-type; pyright reportArgumentType
    CreateEndpointRequest(endpoint_name="churn", endpoint_config_name="v2", tags=tags[0])
    # mypy list-item; pyright reportArgumentType
    CreateEndpointRequest(endpoint_name="churn", endpoint_config_name="v2", tags=[{"Key": "team", "Value": "growth"}])
    # mypy dict-item; pyright reportArgumentType
    CreateEndpointRequest(endpoint_name="churn", endpoint_config_name="v2", tags={"team": "growth"})
    # mypy arg-type; pyright reportArgumentType
    ProductionVariant(variant_name="a", instance_type="ml.m5.xlarg")
    # mypy arg-type; pyright reportArgumentType
    ProductionVariant(variant_name="a", instance_type=name)
    # mypy arg-type; pyright reportArgumentType
    ProductionVariant(variant_name="a", instance_type=EndpointStatus.FAILED)
    # mypy arg-type; pyright reportArgumentType
    ProductionVariant(variant_name="a", initial_instance_count=1.5)
    # mypy dict-item; pyright reportArgumentType
    ContainerDefinition(environment={"A": 1})
    # mypy arg-type; pyright reportArgumentType
    ContainerDefinition(environment=[("A", "1")])
    # mypy arg-type; pyright reportArgumentType
    HumanLoopActivationConditionsConfig(human_loop_activation_conditions=1)
    # mypy arg-type; pyright reportArgumentType
    CreateEndpointResponse(endpoint_arn="arn", response_metadata={})


def members(request: CreateEndpointRequest, endpoint: DescribeEndpointResponse, error: ServiceError) -> None:
    # mypy misc; pyright reportAttributeAccessIssue
    request.endpoint_name = "other"
    # mypy attr-defined; pyright reportAttributeAccessIssue, reportUnknownMemberType
    endpoint.endpoint_statu
    # mypy union-attr; pyright reportOptionalMemberAccess
    endpoint.failure_reason.upper()
    # mypy misc; pyright reportAttributeAccessIssue
    endpoint.endpoint_status = EndpointStatus.FAILED
    # mypy misc; pyright reportAttributeAccessIssue
    endpoint.response_metadata.attempts = 2
    # mypy misc; pyright reportAttributeAccessIssue
    endpoint.response_metadata = ResponseMetadata()
    # mypy attr-defined; pyright reportAttributeAccessIssue, reportUnknownMemberType
    EndpointStatus.IN_SERVCE
    # mypy attr-defined; pyright reportAttributeAccessIssue, reportUnknownMemberType
    error.cod
    # mypy operator; pyright reportOperatorIssue, reportUnusedExpression
    request < request


def setters(request: CreateEndpointConfigRequest, variant: ProductionVariant, container: ContainerDefinition) -> None:
    # mypy arg-type; pyright reportArgumentType
    request.with_endpoint_config_name(1)
    # mypy attr-defined; pyright reportAttributeAccessIssue, reportUnknownMemberType
    request.with_endpoint_config_nam("v2")
    # mypy arg-type; pyright reportArgumentType
    request.with_endpoint_config_name(None)
    # mypy attr-defined; pyright reportAttributeAccessIssue, reportUnknownMemberType
    request.without_endpoint_config_name()
    # mypy arg-type; pyright reportArgumentType
    request.with_tags(Tag(key="team", value="growth"))
    # mypy arg-type; pyright reportArgumentType
    request.add_tags([Tag(key="team", value="growth")])
    # mypy arg-type; pyright reportArgumentType
    request.add_tags("team")
    # mypy attr-defined; pyright reportAttributeAccessIssue, reportUnknownMemberType
    request.put_tags("team", "growth")
    # mypy arg-type; pyright reportArgumentType
    variant.with_instance_type("ml.m5.xlarg")
    # mypy arg-type; pyright reportArgumentType, reportUnknownLambdaType
    variant.with_instance_type(lambda present: present)
    # mypy arg-type; pyright reportArgumentType
    container.put_environment("A", 1)
    # mypy dict-item; pyright reportArgumentType
    container.with_environment({1: "A"})


def updaters(variant: ProductionVariant, config: ProductionVariantServerlessConfig) -> None:
    # mypy union-attr; pyright reportOptionalMemberAccess
    variant.with_serverless_config(lambda present: present.with_max_concurrency(5))
    # mypy arg-type, return-value; pyright reportArgumentType
    variant.with_serverless_config(lambda present: 5)
    # mypy arg-type; pyright reportArgumentType
    variant.with_serverless_config(lambda present: config.with_max_concurrency("5"))
    # mypy arg-type; pyright reportArgumentType
    variant.with_serverless_config(config.with_max_concurrency)


async def operations(client: SageMakerClient, request: CreateEndpointRequest, model: DescribeModelRequest) -> None:
    # mypy unused-coroutine; pyright reportUnusedCoroutine
    client.create_endpoint(request)
    # mypy attr-defined; pyright reportAttributeAccessIssue, reportUnknownMemberType
    await client.create_endpont(request)
    # mypy call-overload; pyright reportCallIssue
    await client.create_endpoint()
    # mypy call-overload; pyright reportArgumentType
    await client.create_endpoint(model)
    # mypy call-overload; pyright reportCallIssue
    await client.create_endpoint("churn", "v2")
    # mypy call-overload; pyright reportCallIssue
    await client.create_endpoint(request=request)
    # mypy call-overload; pyright reportCallIssue
    await client.create_endpoint(request, endpoint_name="churn")
    # mypy call-overload; pyright reportCallIssue
    await client.create_endpoint(endpoint_name="churn")
    # mypy call-overload; pyright reportCallIssue
    await client.create_endpoint(endpoint_name="churn", endpoint_config_name="v2", tag=[])
    # mypy call-overload; pyright reportArgumentType
    await client.create_endpoint(endpoint_name="churn", endpoint_config_name=2)
    # mypy call-overload; pyright reportArgumentType
    await client.list_endpoints(status_equals="InServic")
    # mypy attr-defined; pyright reportAttributeAccessIssue, reportUnknownMemberType
    (await client.describe_model(model)).model_nam


async def send(
    client: SageMakerClient, response: CreateEndpointResponse, tag: Tag, request: DescribeEndpointRequest
) -> None:
    # mypy arg-type; pyright reportArgumentType
    await client.send(response)
    # mypy arg-type; pyright reportArgumentType
    await client.send(tag)
    # mypy arg-type; pyright reportArgumentType
    await client.send("CreateEndpoint")
    # mypy call-arg; pyright reportCallIssue
    await client.send(endpoint_name="churn")
    # mypy arg-type; pyright reportAssignmentType, reportUnusedVariable
    created: CreateEndpointResponse = await client.send(request)
    # mypy attr-defined; pyright reportAttributeAccessIssue, reportUnknownMemberType
    (await client.send(request)).endpoint_nam


async def waiters(client: SageMakerClient, request: DescribeEndpointRequest, model: DescribeModelRequest) -> None:
    # mypy call-overload; pyright reportArgumentType
    await client.wait_until_endpoint_in_service(model)
    # mypy call-overload; pyright reportCallIssue
    await client.wait_until_endpoint_in_service(request, endpoint_name="churn")
    # mypy call-overload; pyright reportArgumentType
    await client.wait_until_endpoint_in_service(request, timeout="30")
    # mypy call-overload; pyright reportCallIssue
    await client.wait_until_endpoint_in_service(request, timout=30)
    # mypy call-overload; pyright reportCallIssue
    await client.wait_until_endpoint_in_service(timeout=30)
    # mypy arg-type; pyright reportArgumentType
    await client.wait_until_endpoint_in_service(request, on_poll=on_wrong_poll)
    # mypy union-attr; pyright reportOptionalMemberAccess
    (await client.wait_until_endpoint_deleted(request)).endpoint_status


def failed_waits(failed: WaiterFailed[DescribeEndpointResponse], late: WaiterTimeout[ListEndpointsResponse]) -> None:
    # mypy union-attr; pyright reportOptionalMemberAccess
    failed.last_response.endpoint_status
    if failed.last_response is not None:
        # mypy attr-defined; pyright reportAttributeAccessIssue, reportUnknownMemberType
        failed.last_response.endpoint_statu
    # mypy assignment; pyright reportAssignmentType, reportUnusedVariable
    other: WaiterFailed[ListEndpointsResponse] = failed
    # mypy assignment; pyright reportAssignmentType, reportUnusedVariable
    rolled_back: RolledBack[DescribeEndpointResponse] = failed
    # mypy arg-type; pyright reportArgumentType
    on_wrong_poll(late.last_response)


# mypy return; pyright reportReturnType
def can_be_called(endpoint: DescribeEndpointResponse) -> bool:
    # mypy -; pyright reportMatchNotExhaustive
    match endpoint.endpoint_status:
        case EndpointStatus.IN_SERVICE | EndpointStatus.UPDATING | EndpointStatus.SYSTEM_UPDATING:
            return True
        case EndpointStatus.CREATING | EndpointStatus.DELETING | EndpointStatus.FAILED | EndpointStatus.OUT_OF_SERVICE:
            return False


def on_wrong_poll(response: ListEndpointsResponse) -> None: ...


async def paginators(client: SageMakerClient) -> None:
    # mypy misc; pyright reportGeneralTypeIssues
    await client.paginate_list_endpoints()
    # mypy call-overload; pyright reportArgumentType
    client.paginate_list_endpoints(page_size="10")
    # mypy call-overload; pyright reportCallIssue
    client.paginate_list_endpoints(name_contain="churn")
    # mypy assignment; pyright reportAssignmentType, reportUnusedVariable
    summaries: list[ProductionVariant] = await client.paginate_list_endpoints().collect()
    # mypy attr-defined; pyright reportGeneralTypeIssues, reportUnknownVariableType
    for endpoint in client.paginate_list_endpoints():
        # mypy -; pyright reportUnknownArgumentType
        print(endpoint)
    async for summary in client.paginate_list_endpoints():
        # mypy attr-defined; pyright reportAttributeAccessIssue, reportUnknownMemberType
        summary.endpoint_nam


async def errors(runtime: SageMakerRuntimeClient) -> None:
    try:
        # mypy call-overload; pyright reportArgumentType
        await runtime.invoke_endpoint(endpoint_name="churn", body={"a": 1})
    except ModelError as error:
        # mypy attr-defined; pyright reportAttributeAccessIssue, reportUnknownMemberType
        error.original_status
        # mypy operator; pyright reportOptionalOperand, reportUnusedExpression
        error.original_status_code + 1


def config() -> None:
    # mypy call-arg; pyright reportCallIssue
    SageMakerClient(regoin="us-east-1")
    # mypy arg-type; pyright reportArgumentType
    SageMakerClient("us-east-1")
    # mypy arg-type; pyright reportArgumentType
    SageMakerClient(region=1)
    # mypy arg-type; pyright reportArgumentType
    SageMakerClient(parameter_validation="stric")
    # mypy arg-type; pyright reportArgumentType
    SageMakerClient(timeouts=30)
    # mypy call-arg; pyright reportCallIssue
    Config(regoin="us-east-1")
    # mypy list-item; pyright reportArgumentType
    Config(hooks=[print])
    # mypy arg-type; pyright reportArgumentType
    Config(transport=print)
    # mypy call-arg; pyright reportCallIssue
    Config("us-east-1")
    # mypy misc; pyright reportAttributeAccessIssue
    Config().region = "us-east-1"


async def misspelt(endpoint: DescribeEndpointResponse) -> None:
    # To mypy a StrEnum may equal any text.
    # mypy -; pyright reportUnnecessaryComparison
    if endpoint.endpoint_status == "InServise":
        print(endpoint)
    match endpoint.endpoint_status:
        case EndpointStatus.IN_SERVICE:
            return
        case _ as other:
            # mypy arg-type; pyright reportArgumentType
            assert_never(other)


async def runtime(client: SageMakerRuntimeClient, request: InvokeEndpointWithResponseStreamRequest) -> None:
    # mypy misc; pyright reportGeneralTypeIssues
    await client.invoke_endpoint_with_response_stream(request)
    # mypy call-overload; pyright reportArgumentType
    client.invoke_endpoint_with_response_stream(endpoint_name="churn", body=5)
    # mypy call-overload; pyright reportCallIssue
    client.invoke_endpoint_with_response_stream(endpoint_name="churn")
    async with client.invoke_endpoint_with_response_stream(request) as stream:
        # mypy attr-defined; pyright reportAttributeAccessIssue, reportUnknownMemberType
        stream.response.body
        async for part in stream:
            # mypy attr-defined; pyright reportAttributeAccessIssue, reportUnknownMemberType
            part.payload
