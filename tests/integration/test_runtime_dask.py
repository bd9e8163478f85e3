"""A job for more than one machine: the bags of Dask, whose workers make their clients from a pickled one."""

from __future__ import annotations

import asyncio
import copy
import pickle
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from aiosagemaker import Credentials, RetryConfig, SageMakerRuntimeClient

if TYPE_CHECKING:
    from collections.abc import Iterable

distributed = pytest.importorskip("distributed")
dask_bag = pytest.importorskip("dask.bag")

pytestmark = pytest.mark.filterwarnings("ignore")  # Dask's own, and in its threads

ITEMS = 200


def score(bodies: Iterable[bytes], client: SageMakerRuntimeClient) -> list[str]:
    """One partition, in a worker."""

    async def run() -> list[str]:
        # A client of this partition's own: a worker may have given the same one to others, in other event loops.
        async with copy.copy(client) as own:
            return [
                outcome.response.body.decode() if outcome.response else outcome.error.code  # type: ignore[union-attr]
                async for outcome in own.invoke_many("churn", bodies, concurrency=8)
            ]

    return asyncio.run(run())


async def test_a_partitioned_bag(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every item of a bag is answered, in order, by workers that find their credentials by themselves."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "WORKERSKEY")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "workers-secret")

    async def model(received: Any) -> web.Response:
        if received.body == b"item 7":
            return web.json_response({"Message": "bad"}, status=424, headers={"x-amzn-errortype": "ModelError"})
        return web.Response(body=received.body.upper())

    server.handle(model)
    client = SageMakerRuntimeClient(
        region="us-east-1",
        endpoint_url=server.url,
        credentials=Credentials("OURKEY", "our-secret"),
        retry=RetryConfig(mode="adaptive"),
    )
    assert b"our-secret" not in pickle.dumps(client)

    def job() -> list[str]:
        with (
            distributed.LocalCluster(
                n_workers=2, threads_per_worker=2, processes=True, dashboard_address=None, silence_logs=50
            ) as cluster,
            distributed.Client(cluster),
        ):
            bag = dask_bag.from_sequence([b"item %d" % i for i in range(ITEMS)], npartitions=6)
            return list(bag.map_partitions(score, client).compute())

    results = await asyncio.to_thread(job)
    await client.close()
    assert results == ["ModelError" if i == 7 else f"ITEM {i}" for i in range(ITEMS)]
    assert len(server.received) == ITEMS
    assert {"WORKERSKEY" in received.headers["Authorization"] for received in server.received} == {True}
