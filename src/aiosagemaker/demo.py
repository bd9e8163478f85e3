"""`python -m aiosagemaker demo`: the main job from beginning to end, on a service in this process.

Over real HTTP, with real signatures and real model servers, and without an AWS account.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ._errors import NotFound, ParamValidationError, ServiceError, WaiterFailed
from .local import LocalSageMaker
from .sagemaker import (
    BlueGreenUpdatePolicy,
    CapacitySize,
    CaptureOption,
    ContainerDefinition,
    CreateEndpointConfigRequest,
    CreateModelRequest,
    DataCaptureConfig,
    DeploymentConfig,
    ProductionVariant,
    ProductionVariantInstanceType,
    RollingUpdatePolicy,
    Tag,
    TrafficRoutingConfig,
    UpdateEndpointRequest,
    check,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from rich.console import Console

    from . import SageMakerClient, SageMakerRuntimeClient
    from .sagemaker.endpoint_waits import EndpointSnapshot

SPEED = 30
"""The service's seconds in a real one: its minutes pass while one looks on."""
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/churn:latest"
SERVER = Path(__file__).parent / "local" / "example_server.py"
QUICK = 0.2
"""The seconds between two looks at an endpoint, at most."""
CANARY = DeploymentConfig(
    blue_green_update_policy=BlueGreenUpdatePolicy(
        traffic_routing_configuration=TrafficRoutingConfig(
            type="CANARY", wait_interval_in_seconds=30, canary_size=CapacitySize(type="CAPACITY_PERCENT", value=20)
        )
    )
)


def main(arguments: Sequence[str] = ()) -> int:
    """Tell the whole story. Returns the exit status: 2 without the extra `local`."""
    parser = argparse.ArgumentParser(prog="python -m aiosagemaker demo", description=__doc__)
    parser.parse_args(arguments)
    try:
        from rich.console import Console
    except ImportError as error:
        print(f"the demo needs the extra `local`: pip install 'aiosagemaker[local]' ({error})", file=sys.stderr)
        return 2
    with _own_settings():
        asyncio.run(_run(Console(highlight=False, markup=False, soft_wrap=True)))
    return 0


@contextmanager
def _own_settings() -> Generator[None, None, None]:
    """What whoever runs this has set up for the real service is left aside: profiles, endpoints, keys."""
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("AWS_")}
    os.environ |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    try:
        yield
    finally:
        del os.environ["AWS_CONFIG_FILE"], os.environ["AWS_SHARED_CREDENTIALS_FILE"]
        os.environ |= kept


async def _run(console: Console) -> None:
    # The command is what stands for the container's image here; each instance of an endpoint is a process of it.
    images = {IMAGE: [sys.executable, "-S", str(SERVER)]}
    async with (
        LocalSageMaker(images=images, speed=SPEED) as local,
        local.client() as client,
        local.runtime() as runtime,
    ):
        console.print(f"Amazon SageMaker's hosting, played on this machine, listens at {local.endpoint_url}")
        await _Story(client, runtime, console).tell()


class _Story:
    """The steps, in their order."""

    def __init__(self, client: SageMakerClient, runtime: SageMakerRuntimeClient, console: Console) -> None:
        self._client = client
        self._runtime = runtime
        self._console = console
        self._say: Callable[[str], object] = console.print

    async def tell(self) -> None:
        """Create, wait, invoke, update by canary, roll back, make mistakes, delete."""
        await self.create()
        await self.invoke()
        await self.update()
        await self.roll_back()
        await self.make_mistakes()
        await self.delete()

    async def create(self) -> None:
        """A model, a configuration with variant, data capture and tags, an endpoint, and the wait for it."""
        self._say("\nCreate a model, an endpoint configuration and an endpoint from it")
        await self._version("v1")
        endpoint = await self._client.create_endpoint(endpoint_name="churn", endpoint_config_name="churn-v1")
        metadata = endpoint.response_metadata
        self._say(f"  {endpoint.endpoint_arn} (HTTP {metadata.http_status}, request {metadata.request_id})")
        self._say("\nWait until it is in service: until both of its model servers, real processes, answer their ping")
        await self._watch("churn-v1")
        self._say("\nList what is there, page by page")
        async for found in self._client.paginate_list_endpoints(page_size=10):
            self._say(f"  {found.endpoint_name}: {found.endpoint_status}")

    async def _version(self, version: str, **environment: str) -> None:
        """A version of the model, and a configuration whose variant is named after it."""
        container = ContainerDefinition(image=IMAGE, environment={"VERSION": version, **environment})
        model = await self._client.create_model(
            CreateModelRequest(
                model_name=f"churn-{version}",
                execution_role_arn="arn:aws:iam::123456789012:role/sagemaker",
                primary_container=container,
            )
        )
        # Requests never change: every method returns a copy, so that one can be kept and built upon.
        request = (
            CreateEndpointConfigRequest(endpoint_config_name=f"churn-{version}", production_variants=())
            .add_production_variants(
                ProductionVariant(
                    variant_name=version,
                    model_name=f"churn-{version}",
                    instance_type=ProductionVariantInstanceType.ML_M5_XLARGE,
                    initial_instance_count=2,
                )
            )
            .with_data_capture_config(
                DataCaptureConfig(
                    initial_sampling_percentage=10,
                    destination_s3_uri="s3://churn/captured",
                    capture_options=[CaptureOption(capture_mode="Input"), CaptureOption(capture_mode="Output")],
                )
            )
            .add_tags(Tag(key="team", value="growth"), Tag(key="stage", value="trial"))
        )
        config = await self._client.create_endpoint_config(request)
        self._say(f"  {model.model_arn}")
        self._say(f"  {config.endpoint_config_arn}")

    async def _watch(self, config: str) -> None:
        """Show an endpoint's way into service with a configuration; WaiterFailed if it comes back with another."""
        told = ""
        with self._console.status("churn") as progress:
            watch = self._client.watch_endpoint(
                endpoint_name="churn", endpoint_config_name=config, timeout=60, min_delay=QUICK / 2, max_delay=QUICK
            )
            async for seen in watch:
                line = _line(seen)
                progress.update(f"{line}, {seen.elapsed:.1f} s")
                if line != told:
                    self._say(f"  {line}")
                told = line

    async def invoke(self) -> None:
        """Ask the model."""
        self._say("\nInvoke it")
        answer = await self._runtime.invoke_endpoint(endpoint_name="churn", body=b"0.2,0.4", content_type="text/csv")
        self._say(f"  {answer.invoked_production_variant}: {answer.body.decode()}")

    async def update(self) -> None:
        """A second version takes a fifth of the traffic, then all of it, while the endpoint is invoked."""
        self._say("\nUpdate it to a second version by canary, and invoke it all the while")
        await self._version("v2")
        await self._client.update_endpoint(
            endpoint_name="churn", endpoint_config_name="churn-v2", deployment_config=CANARY
        )
        answered: Counter[str] = Counter()
        asking = asyncio.create_task(self._ask(answered))
        try:
            await self._watch("churn-v2")
        finally:
            asking.cancel()
        self._say("  who answered: " + ", ".join(f"{name} {count} times" for name, count in sorted(answered.items())))

    async def _ask(self, answered: Counter[str]) -> None:
        while True:
            answer = await self._runtime.invoke_endpoint(endpoint_name="churn", body=b"0.2,0.4")
            answered[answer.invoked_production_variant or ""] += 1
            await asyncio.sleep(0.01)

    async def roll_back(self) -> None:
        """A version whose model server never answers its ping is rolled back, and the wait says so."""
        self._say("\nUpdate it to a version that cannot start")
        await self._version("v3", BROKEN="1")
        await self._client.update_endpoint(endpoint_name="churn", endpoint_config_name="churn-v3")
        try:
            await self._watch("churn-v3")
        except WaiterFailed as error:
            self._say(f"  {type(error).__name__}: {error}")
        await self.invoke()

    async def make_mistakes(self) -> None:
        """What is wrong in itself is not sent; what only the service can know comes back as its own error."""
        self._say("\nA wrong request is refused before it is sent, with every reason at once")
        variant = ProductionVariant(variant_name="v4", initial_instance_count=0, initial_variant_weight=-1.0)
        try:
            await self._client.create_endpoint_config(
                endpoint_config_name="churn-v4", production_variants=[variant], tags=[Tag(key="", value="growth")]
            )
        except ParamValidationError as error:
            for violation in error.violations:
                self._say(f"  {violation}")

        self._say("\nRules that only AWS's documentation has can be asked for")
        request = UpdateEndpointRequest(
            endpoint_name="churn",
            endpoint_config_name="churn-v3",
            deployment_config=DeploymentConfig(
                rolling_update_policy=RollingUpdatePolicy(
                    maximum_batch_size=CapacitySize(type="CAPACITY_PERCENT", value=60), wait_interval_in_seconds=30
                )
            ),
        )
        for finding in check(request):
            self._say(f"  {finding}")

        self._say("\nThe service's refusals are errors by their own names")
        try:
            await self._client.create_endpoint(endpoint_name="churn-next", endpoint_config_name="churn-v5")
        except NotFound as error:
            self._explain(error)

    def _explain(self, error: ServiceError) -> None:
        self._say(f"  {type(error).__name__} (HTTP {error.http_status}): {error.message}")

    async def delete(self) -> None:
        """Everything that was created, waiting until the endpoint is gone."""
        self._say("\nDelete everything")
        await self._client.delete_endpoint(endpoint_name="churn")
        await self._client.wait_until_endpoint_deleted(
            endpoint_name="churn", timeout=60, min_delay=QUICK / 2, max_delay=QUICK
        )
        for config in await self._client.paginate_list_endpoint_configs().collect():
            await self._client.delete_endpoint_config(endpoint_config_name=config.endpoint_config_name)
        for model in await self._client.paginate_list_models().collect():
            await self._client.delete_model(model_name=model.model_name)
        left = await self._client.paginate_list_endpoints().collect()
        self._say(f"  {len(left)} endpoints are left")


def _line(seen: EndpointSnapshot) -> str:
    """An endpoint's state: whose part of the traffic is what."""
    pending = seen.pending_deployment.production_variants if seen.pending_deployment else ()
    shares = [f"{item.name} {item.current_weight or 0:.0%}" for item in seen.variants]
    shares += [f"{item.variant_name} {item.current_weight or 0:.0%}" for item in pending or ()]
    return f"churn: {seen.status} ({', '.join(shares)})"
