"""What there is in an account, as Parquet: `python inventory.py endpoints.parquet`. Needs pyarrow and tqdm."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
from tqdm.asyncio import tqdm

from aiosagemaker import SageMakerClient
from aiosagemaker.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiosagemaker.sagemaker import EndpointSummary

AT_ONCE = 10
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("endpoint", "status", "config", "variant", "reason")),
        ("created", pa.timestamp("us", tz="UTC")),
        ("instances", pa.int64()),
        ("weight", pa.float64()),
    ]
)


async def rows(client: SageMakerClient) -> AsyncIterator[list[dict[str, Any]]]:
    """The rows of each endpoint, a row for each variant; ten endpoints are asked about at once."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def describe(summary: EndpointSummary) -> list[dict[str, Any]]:
        async with gate:
            try:
                found = await client.describe_endpoint(endpoint_name=summary.endpoint_name)
            except NotFound:  # deleted since it was listed
                return []
        head = {
            "endpoint": found.endpoint_name,
            "status": str(found.endpoint_status),
            "created": found.creation_time,
            "config": found.endpoint_config_name,
            "reason": found.failure_reason,
        }
        return [
            {
                **head,
                "variant": each.variant_name,
                "instances": each.current_instance_count,
                "weight": each.current_weight,
            }
            for each in found.production_variants or ()
        ] or [head]

    summaries = await client.paginate_list_endpoints(page_size=100).collect()
    for task in tqdm.as_completed([describe(each) for each in summaries], unit=" endpoints"):
        yield await task


async def main(path: str) -> int:
    """Write the file; how many rows it has."""
    async with SageMakerClient() as client:
        found = [row async for several in rows(client) for row in several]
    found.sort(key=lambda row: (row["endpoint"], row.get("variant") or ""))
    pq.write_table(pa.Table.from_pylist(found, schema=SCHEMA), path)
    return len(found)


if __name__ == "__main__":
    print(asyncio.run(main(sys.argv[1])), "rows")
