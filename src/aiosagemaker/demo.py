"""`python -m aiosagemaker demo`: the main job from beginning to end, on a service in this process.

Over real HTTP, with real signatures, and without an AWS account.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from . import SageMakerClient
from .credentials import Credentials
from .errors import NotFound, ParamValidationError, ServiceError
from .sagemaker import (
    CaptureMode,
    CaptureOption,
    ContainerDefinition,
    CreateEndpointConfigRequest,
    CreateModelRequest,
    DataCaptureConfig,
    DescribeEndpointResponse,
    ProductionVariant,
    ProductionVariantInstanceType,
    Tag,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Say = Callable[[str], object]

ENDPOINTS = ("churn", "churn-canary")


def main(arguments: Sequence[str] = ()) -> int:
    """Tell the whole story. Returns the exit status: 2 without the extra `local`."""
    parser = argparse.ArgumentParser(prog="python -m aiosagemaker demo", description=__doc__)
    parser.parse_args(arguments)
    from ._moto_server import REGION, serve

    try:
        with _own_settings(), serve() as url:
            print(f"A make-believe Amazon SageMaker listens at {url}", flush=True)
            asyncio.run(_run(url, REGION))
    except ImportError as error:
        print(f"the demo needs the extra `local`: pip install 'aiosagemaker[local]' ({error})", file=sys.stderr)
        return 2
    return 0


@contextmanager
def _own_settings() -> Iterator[None]:
    """What whoever runs this has set up for the real service is left aside: profiles, endpoints, keys."""
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("AWS_")}
    os.environ |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    try:
        yield
    finally:
        del os.environ["AWS_CONFIG_FILE"], os.environ["AWS_SHARED_CREDENTIALS_FILE"]
        os.environ |= kept


async def _run(url: str, region: str) -> None:
    # Any key will do for a make-believe service; what is sent is signed with it as for the real one.
    credentials = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    async with SageMakerClient(region=region, endpoint_url=url, credentials=credentials) as client:
        await tell(client, lambda line: print(line, flush=True))


async def tell(client: SageMakerClient, say: Say) -> None:
    """Create, wait, list, make mistakes, delete. `say` takes the lines of the story."""
    await create(client, say)
    await wait(client, say)
    await look(client, say)
    await make_mistakes(client, say)
    await delete(client, say)


async def create(client: SageMakerClient, say: Say) -> None:
    """A model, a configuration with a production variant, data capture and tags, and two endpoints."""
    say("\nCreate a model, an endpoint configuration and endpoints from it")
    container = ContainerDefinition(
        image="111122223333.dkr.ecr.us-east-1.amazonaws.com/churn:2", model_data_url="s3://models/churn/model.tar.gz"
    )
    model = await client.create_model(
        CreateModelRequest(
            model_name="churn",
            execution_role_arn="arn:aws:iam::111122223333:role/sagemaker",
            primary_container=container,
        )
    )
    say(f"  {model.model_arn}")

    # Requests never change: every method returns a copy, so that one can be kept and built upon.
    request = (
        CreateEndpointConfigRequest(endpoint_config_name="churn-v2", production_variants=())
        .add_production_variants(
            ProductionVariant(
                variant_name="AllTraffic",
                model_name="churn",
                instance_type=ProductionVariantInstanceType.ML_M5_XLARGE,
                initial_instance_count=2,
                initial_variant_weight=1.0,
            )
        )
        .with_data_capture_config(
            DataCaptureConfig(
                enable_capture=True,
                initial_sampling_percentage=20,
                destination_s3_uri="s3://captured/churn",
                capture_options=[CaptureOption(capture_mode=CaptureMode.INPUT_AND_OUTPUT)],
            )
        )
        .add_tags(Tag(key="team", value="growth"), Tag(key="stage", value="trial"))
    )
    config = await client.create_endpoint_config(request)
    say(f"  {config.endpoint_config_arn}")
    for name in ENDPOINTS:
        endpoint = await client.create_endpoint(endpoint_name=name, endpoint_config_name="churn-v2")
        metadata = endpoint.response_metadata
        say(f"  {endpoint.endpoint_arn} (HTTP {metadata.http_status}, request {metadata.request_id})")


async def wait(client: SageMakerClient, say: Say) -> None:
    """Until both endpoints are in service, at once."""
    say("\nWait until both are in service")

    def progress(endpoint: DescribeEndpointResponse) -> None:
        say(f"  {endpoint.endpoint_name}: {endpoint.endpoint_status}")

    async with asyncio.TaskGroup() as group:
        for name in ENDPOINTS:
            group.create_task(
                client.wait_until_endpoint_in_service(
                    endpoint_name=name, timeout=60, min_delay=0.3, max_delay=0.6, on_poll=progress
                )
            )


async def look(client: SageMakerClient, say: Say) -> None:
    """List the endpoints through the paginator, one a page."""
    say("\nList the endpoints, a page each")
    async for page in client.paginate_list_endpoints(page_size=1).pages():
        for endpoint in page.endpoints:
            say(f"  {endpoint.endpoint_name}, {endpoint.endpoint_status} since {endpoint.last_modified_time:%H:%M:%S}")
    described = await client.describe_endpoint_config(endpoint_config_name="churn-v2")
    for variant in described.production_variants:
        say(f"  {variant.variant_name}: {variant.initial_instance_count} x {variant.instance_type}")


async def make_mistakes(client: SageMakerClient, say: Say) -> None:
    """What is wrong in itself is not sent; what only the service can know comes back as its own error."""
    say("\nA wrong request is refused before it is sent, with every reason at once")
    wrong = CreateEndpointConfigRequest(
        endpoint_config_name="churn-v3",
        production_variants=[
            ProductionVariant(variant_name="AllTraffic", initial_instance_count=0, initial_variant_weight=-1.0)
        ],
        tags=[Tag(key="", value="growth")],
    )
    try:
        await client.create_endpoint_config(wrong)
    except ParamValidationError as error:
        for violation in error.violations:
            say(f"  {violation}")

    say("\nThe service's refusals are errors by their own names")
    try:
        await client.describe_endpoint(endpoint_name="chum")
    except NotFound as error:
        _explain(error, say)
    try:
        await client.create_endpoint(endpoint_name="churn-next", endpoint_config_name="churn-v4")
    except NotFound as error:
        _explain(error, say)


def _explain(error: ServiceError, say: Say) -> None:
    say(f"  {type(error).__name__} (HTTP {error.http_status}): {error.message}")


async def delete(client: SageMakerClient, say: Say) -> None:
    """Everything that was created, waiting until the endpoints are gone."""
    say("\nDelete everything")
    for name in ENDPOINTS:
        await client.delete_endpoint(endpoint_name=name)
        await client.wait_until_endpoint_deleted(endpoint_name=name, timeout=60, min_delay=0.3, max_delay=0.6)
        say(f"  {name} is gone")
    await client.delete_endpoint_config(endpoint_config_name="churn-v2")
    await client.delete_model(model_name="churn")
    left = await client.paginate_list_endpoints().collect()
    say(f"  {len(left)} endpoints are left")
