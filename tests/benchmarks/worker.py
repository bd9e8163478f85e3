"""One measurement in a fresh process: `python worker.py CLIENT SCENARIO URL CALLS CONCURRENCY SIZE LOOP`, JSON out.

Runs by its path under any interpreter, so that clients with other dependencies can stand beside each other.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from typing import Any

from cases import BOTO, KEYS, QUESTION, configuration

TARGETS = {"describe": "DescribeEndpoint", "list": "ListEndpoints", "create": "CreateEndpointConfig"}
Call = Callable[[], Awaitable[object]]


async def raw(stack: AsyncExitStack, url: str, scenario: str, size: int) -> Call:
    """aiohttp alone: neither signed nor parsed."""
    import aiohttp

    session = await stack.enter_async_context(aiohttp.ClientSession())
    if scenario == "invoke":
        return lambda: _post(session, f"{url}/endpoints/churn/invocations", QUESTION, {"Content-Type": "text/csv"})
    body = json.dumps(configuration(size) if scenario == "create" else {"EndpointName": "churn"}).encode()
    headers = {"X-Amz-Target": f"SageMaker.{TARGETS[scenario]}", "Content-Type": "application/x-amz-json-1.1"}
    return lambda: _post(session, url, body, headers)


async def _post(session: Any, url: str, body: bytes, headers: dict[str, str]) -> object:
    async with session.post(url, data=body, headers=headers) as response:
        return await response.read()


async def ours(stack: AsyncExitStack, url: str, scenario: str, size: int) -> Call:
    """This library."""
    from aiosagemaker import Credentials, SageMakerClient, SageMakerRuntimeClient
    from aiosagemaker import sagemaker as sm

    settings: Any = {"region": "us-east-1", "endpoint_url": url, "credentials": Credentials(*KEYS)}
    if scenario == "invoke":
        runtime = await stack.enter_async_context(SageMakerRuntimeClient(**settings))
        return lambda: runtime.invoke_endpoint(endpoint_name="churn", body=QUESTION, content_type="text/csv")
    client = await stack.enter_async_context(SageMakerClient(**settings))
    if scenario == "describe":
        return lambda: client.describe_endpoint(endpoint_name="churn")
    if scenario == "list":
        return lambda: client.list_endpoints(max_results=100)

    def build() -> sm.CreateEndpointConfigRequest:
        return sm.CreateEndpointConfigRequest(
            endpoint_config_name="churn-v2",
            production_variants=[
                sm.ProductionVariant(
                    variant_name=f"variant-{number}",
                    model_name="churn",
                    instance_type="ml.m5.xlarge",
                    initial_instance_count=2,
                    initial_variant_weight=1.0,
                    routing_config=sm.ProductionVariantRoutingConfig(routing_strategy="LEAST_OUTSTANDING_REQUESTS"),
                )
                for number in range(size)
            ],
            explainer_config=sm.ExplainerConfig(
                clarify_explainer_config=sm.ClarifyExplainerConfig(
                    enable_explanations="`true`",
                    inference_config=sm.ClarifyInferenceConfig(
                        feature_headers=["age", "plan"], feature_types=["numerical", "categorical"]
                    ),
                    shap_config=sm.ClarifyShapConfig(
                        shap_baseline_config=sm.ClarifyShapBaselineConfig(mime_type="text/csv", shap_baseline="1,2"),
                        seed=1,
                    ),
                )
            ),
            tags=[sm.Tag(key=f"key-{number}", value="value") for number in range(5)],
        )

    return lambda: client.create_endpoint_config(build())


async def aiobotocore(stack: AsyncExitStack, url: str, scenario: str, size: int) -> Call:
    """aiobotocore."""
    from aiobotocore.session import get_session

    name = "sagemaker-runtime" if scenario == "invoke" else "sagemaker"
    client: Any = await stack.enter_async_context(get_session().create_client(name, endpoint_url=url, **BOTO))
    if scenario == "invoke":

        async def invoke() -> object:
            answer = await client.invoke_endpoint(EndpointName="churn", Body=QUESTION, ContentType="text/csv")
            return await answer["Body"].read()

        return invoke
    if scenario == "describe":
        return lambda: client.describe_endpoint(EndpointName="churn")
    if scenario == "list":
        return lambda: client.list_endpoints(MaxResults=100)
    return lambda: client.create_endpoint_config(**configuration(size))


async def boto3(stack: AsyncExitStack, url: str, scenario: str, size: int) -> Call:
    """boto3 in threads."""
    from boto3.session import Session
    from botocore.config import Config

    client: Any = Session().client(
        "sagemaker-runtime" if scenario == "invoke" else "sagemaker",
        endpoint_url=url,
        **BOTO,
        config=Config(max_pool_connections=64),
    )
    pool = stack.enter_context(ThreadPoolExecutor(32))
    loop = asyncio.get_running_loop()
    methods: dict[str, Callable[[], object]] = {
        "describe": lambda: client.describe_endpoint(EndpointName="churn"),
        "list": lambda: client.list_endpoints(MaxResults=100),
        "create": lambda: client.create_endpoint_config(**configuration(size)),
        "invoke": lambda: client.invoke_endpoint(EndpointName="churn", Body=QUESTION, ContentType="text/csv")[
            "Body"
        ].read(),
    }
    return lambda: loop.run_in_executor(pool, methods[scenario])


async def capo(stack: AsyncExitStack, url: str, scenario: str, size: int) -> Call:
    """capo, another client that is typed and asynchronous."""
    settings: Any = {"region": "us-east-1", "endpoint": url}
    settings["credentials"] = dict(zip(("access_key", "secret_key"), KEYS, strict=True))
    if scenario == "invoke":
        from capo_sagemaker_runtime import AsyncSageMakerRuntimeClient

        runtime: Any = await stack.enter_async_context(AsyncSageMakerRuntimeClient(**settings))
        return lambda: runtime.invoke_endpoint("churn", body=QUESTION, content_type="text/csv")
    from capo_sagemaker import AsyncSageMakerClient

    client: Any = await stack.enter_async_context(AsyncSageMakerClient(**settings))
    if scenario == "describe":
        return lambda: client.describe_endpoint(endpoint_name="churn")
    return lambda: client.list_endpoints(max_results=100)


CLIENTS = {"raw": raw, "ours": ours, "aiobotocore": aiobotocore, "boto3": boto3, "capo": capo}


async def measure(client: str, scenario: str, url: str, calls: int, concurrency: int, size: int) -> dict[str, float]:
    """CPU and wall time a call, in microseconds, after a warm-up."""
    async with AsyncExitStack() as stack:
        call = await CLIENTS[client](stack, url, scenario, size)

        async def caller(count: int) -> None:
            for _ in range(count):
                await call()

        async def run(count: int) -> None:
            each, more = divmod(count, concurrency)
            await asyncio.gather(*(caller(each + (number < more)) for number in range(concurrency)))

        await run(max(concurrency, calls // 5))
        gc.collect()
        cpu, wall = time.process_time(), time.perf_counter()
        await run(calls)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return {"cpu": cpu / calls * 1e6, "wall": wall / calls * 1e6}


def main() -> None:
    name, scenario, url, *numbers, loop = sys.argv[1:]
    calls, concurrency, size = map(int, numbers)
    factory: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
    if loop == "uvloop":
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        found = runner.run(measure(name, scenario, url, calls, concurrency, size))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
