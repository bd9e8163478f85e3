"""Every operation of every service that is shipped against boto3: what leaves, how it is signed, what comes back.

`AIOSAGEMAKER_SEED` and `AIOSAGEMAKER_ROUNDS` choose other inputs and more of them.
"""

from __future__ import annotations

import os
import random
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import botocore
import pytest

import aiosagemaker
from aiosagemaker._services import BY_NAME
from codegen.__main__ import BOTOCORE

from ..conftest import CREDENTIALS
from .agreement import Comparison

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aiosagemaker._client import BaseClient

SEED = int(os.environ.get("AIOSAGEMAKER_SEED", "20250701"))
ROUNDS = int(os.environ.get("AIOSAGEMAKER_ROUNDS", "3"))


async def disagreements(
    service: str, client: BaseClient, server: Any, rounds: int, operations: Iterable[str] | None = None
) -> dict[str, list[str]]:
    """What differs, by operation, in so many rounds of random calls."""
    comparison = Comparison(service, client, server)
    found: dict[str, set[str]] = defaultdict(set)
    for number in range(rounds):
        for name in operations or comparison.operations:
            chance = random.Random(f"{SEED}/{number}/{name}")
            try:
                found[name] |= set(await comparison.differences(name, chance))
            except Exception as error:
                found[name].add(f"{type(error).__name__}: {error!s:.300}")
                server.received.clear()
                server._answers.clear()
    return {name: sorted(what) for name, what in found.items() if what}


def told(wrong: dict[str, list[str]]) -> str:
    """The differences, for a message."""
    return "\n".join(f"{name}: {'; '.join(what)}" for name, what in sorted(wrong.items()))[:6000]


@pytest.mark.parametrize("service", BY_NAME)
async def test_every_operation_agrees_with_boto3(
    service: str, server: Any, clock: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """For every operation random inputs leave as from boto3, signed as botocore signs, and answers read the same."""
    if botocore.__version__ != BOTOCORE:
        pytest.skip(f"the tables were generated from botocore {BOTOCORE}, and botocore {botocore.__version__} differs")
    cls: type[BaseClient] = getattr(aiosagemaker, BY_NAME[service].client)
    rounds = ROUNDS if service == "sagemaker" else ROUNDS * 5
    async with cls(region="us-east-1", endpoint_url=server.url, credentials=CREDENTIALS, clock=clock) as client:
        wrong = await disagreements(service, client, server, rounds)
        count = len(client._namespace.schema.operations)
    with capsys.disabled():
        print(f"\n{service}: {count - len(wrong)} of {count} operations ({rounds} rounds, seed {SEED})")  # noqa: T201
    assert not wrong, told(wrong)
