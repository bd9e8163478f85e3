"""The main job against moto's server: real HTTP, and a service that others wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from aiosagemaker import Credentials, SageMakerClient
from aiosagemaker.errors import NotFound, ResourceInUse, ResourceNotFound, ValidationException
from aiosagemaker.sagemaker import (
    CaptureOption,
    ContainerDefinition,
    CreateCompilationJobRequest,
    CreateEndpointConfigRequest,
    DataCaptureConfig,
    InputConfig,
    OutputConfig,
    ProductionVariant,
    StoppingCondition,
    Tag,
)
from aiosagemaker.sagemaker.models import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

moto_server = pytest.importorskip("moto.server")

ROLE = "arn:aws:iam::123456789012:role/service-role/AmazonSageMaker-ExecutionRole"
IMAGE = "382416733822.dkr.ecr.us-east-1.amazonaws.com/image:1"
CONFIG = CreateEndpointConfigRequest(
    endpoint_config_name="churn-v2",
    production_variants=[
        ProductionVariant(
            variant_name="AllTraffic",
            model_name="churn",
            instance_type="ml.m5.xlarge",
            initial_instance_count=2,
            initial_variant_weight=1.0,
        )
    ],
    data_capture_config=DataCaptureConfig(
        enable_capture=True,
        initial_sampling_percentage=20,
        destination_s3_uri="s3://bucket/capture",
        capture_options=[CaptureOption(capture_mode="Input"), CaptureOption(capture_mode="Output")],
    ),
    tags=[Tag(key="team", value="growth")],
)


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    """moto's server in this process."""
    server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
async def client(moto: str, clock: Any) -> AsyncIterator[SageMakerClient]:
    """A client of moto with nothing in it yet."""
    async with aiohttp.ClientSession() as session, session.post(f"{moto}/moto-api/reset") as answer:
        assert answer.status == 200
    credentials = Credentials("testing", "testing")
    async with SageMakerClient(region="us-east-1", endpoint_url=moto, credentials=credentials, clock=clock) as made:
        yield made


async def deploy(client: SageMakerClient, name: str = "churn") -> None:
    await client.create_model(
        model_name="churn", execution_role_arn=ROLE, primary_container=ContainerDefinition(image=IMAGE)
    )
    await client.create_endpoint_config(CONFIG)
    await client.create_endpoint(endpoint_name=name, endpoint_config_name="churn-v2")


async def test_the_main_job(client: SageMakerClient) -> None:
    """Model, configuration and endpoint are created, waited for, described, tagged, updated, deleted and gone."""
    model = await client.create_model(
        model_name="churn",
        execution_role_arn=ROLE,
        primary_container=ContainerDefinition(image=IMAGE).put_environment("WORKERS", "2"),
    )
    assert model.model_arn.endswith(":model/churn")
    described_model = await client.describe_model(model_name="churn")
    assert described_model.primary_container is not None
    assert described_model.primary_container.environment == {"WORKERS": "2"}
    assert described_model.creation_time.tzinfo is not None

    config = await client.create_endpoint_config(CONFIG)
    assert config.endpoint_config_arn.endswith(":endpoint-config/churn-v2")
    described_config = await client.describe_endpoint_config(endpoint_config_name="churn-v2")
    assert described_config.production_variants == CONFIG.production_variants
    assert described_config.data_capture_config == CONFIG.data_capture_config

    created = await client.create_endpoint(
        endpoint_name="churn", endpoint_config_name="churn-v2", tags=[Tag(key="team", value="growth")]
    )
    polls: list[str] = []
    endpoint = await client.wait_until_endpoint_in_service(
        endpoint_name="churn", timeout=1800, on_poll=lambda response: polls.append(response.endpoint_status)
    )
    assert endpoint.endpoint_status == "InService" == polls[-1]
    assert endpoint.endpoint_arn == created.endpoint_arn
    assert endpoint.production_variants is not None
    assert endpoint.production_variants[0].desired_instance_count == 2
    assert endpoint.response_metadata.http_status == 200

    arn = created.endpoint_arn
    await client.add_tags(resource_arn=arn, tags=[Tag(key="stage", value="live"), Tag(key="cost", value="é")])
    await client.delete_tags(resource_arn=arn, tag_keys=["team"])
    tags = await client.paginate_list_tags(resource_arn=arn).collect()
    assert {tag.key: tag.value for tag in tags} == {"stage": "live", "cost": "é"}

    await client.delete_endpoint(endpoint_name="churn")
    await client.wait_until_endpoint_deleted(endpoint_name="churn")
    await client.delete_endpoint_config(endpoint_config_name="churn-v2")
    await client.delete_model(model_name="churn")
    assert await client.paginate_list_endpoints().collect() == []


async def test_list_across_pages(client: SageMakerClient) -> None:
    """A list of more items than fit on a page comes whole, each item once."""
    await deploy(client, "churn-0")
    for number in range(1, 7):
        await client.create_endpoint(endpoint_name=f"churn-{number}", endpoint_config_name="churn-v2")
    pages = [page async for page in client.paginate_list_endpoints(page_size=3).pages()]
    assert [len(page.endpoints) for page in pages] == [3, 3, 1]
    names = [item.endpoint_name for page in pages for item in page.endpoints]
    assert sorted(names) == [f"churn-{number}" for number in range(7)]
    first = await client.paginate_list_endpoints(page_size=3).collect(limit=4)
    assert [item.endpoint_name for item in first] == names[:4]
    models = [model.model_name async for model in client.paginate_list_models()]
    assert models == ["churn"]


@pytest.mark.parametrize("operation", ["DescribeEndpoint", "DeleteEndpoint"])
async def test_missing_endpoint(client: SageMakerClient, operation: str) -> None:
    """An endpoint that is not there is NotFound, with the service's words, whatever is done to it."""
    request = NAMESPACE[f"{operation}Request"](endpoint_name="missing")
    with pytest.raises(NotFound, match=r"Could not find endpoint.*missing") as caught:
        await client.send(request)
    assert isinstance(caught.value, ValidationException)
    assert (caught.value.code, caught.value.http_status) == ("ValidationException", 400)
    assert caught.value.operation == operation


async def test_unknown_configuration(client: SageMakerClient) -> None:
    """An endpoint of a configuration that is not there is NotFound."""
    with pytest.raises(NotFound, match="Could not find"):
        await client.create_endpoint(endpoint_name="churn", endpoint_config_name="missing")
    with pytest.raises(NotFound, match="Could not find"):
        await client.describe_endpoint_config(endpoint_config_name="missing")


async def test_unknown_model(client: SageMakerClient) -> None:
    """A model that is not there is NotFound, and so is a configuration that names it."""
    with pytest.raises(NotFound, match="Could not find model"):
        await client.describe_model(model_name="missing")
    with pytest.raises(NotFound, match="Could not find model"):
        await client.create_endpoint_config(CONFIG)


async def test_modelled_refusals(client: SageMakerClient) -> None:
    """What the model names is raised as that: ResourceNotFound, ResourceInUse."""
    with pytest.raises(ResourceNotFound):
        await client.describe_data_quality_job_definition(job_definition_name="missing")
    job = CreateCompilationJobRequest(
        compilation_job_name="job",
        role_arn=ROLE,
        input_config=InputConfig(s3_uri="s3://bucket/model", framework="PYTORCH"),
        output_config=OutputConfig(s3_output_location="s3://bucket/out", target_device="ml_c5"),
        stopping_condition=StoppingCondition(max_runtime_in_seconds=60),
    )
    await client.create_compilation_job(job)
    with pytest.raises(ResourceInUse, match="already exists") as caught:
        await client.create_compilation_job(job)
    assert caught.value.code == "ResourceInUse"
    assert caught.value.operation == "CreateCompilationJob"


async def test_a_name_taken_twice_is_not_refused(client: SageMakerClient) -> None:
    """moto lets an endpoint's name be taken twice, which SageMaker refuses: there is nothing here to see of it."""
    await deploy(client)
    await client.create_endpoint(endpoint_name="churn", endpoint_config_name="churn-v2")
    assert len(await client.paginate_list_endpoints().collect()) == 1
