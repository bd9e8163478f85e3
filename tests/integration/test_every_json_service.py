"""Every service of a JSON protocol in the installed botocore becomes a table, and a client's class."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor

import pytest

from aiosagemaker._client_for import client_class
from aiosagemaker._model.installed import model_loader
from aiosagemaker.errors import ArgumentError

pytestmark = pytest.mark.models


def attempt(service: str) -> tuple[str, str, int]:
    """The service, what went wrong, and how many operations its class has."""
    try:
        cls = client_class(service)
    except ArgumentError as error:
        return service, str(error), 0
    except Exception as error:
        return service, f"{type(error).__name__}: {error}", -1
    schema = cls._namespace.schema
    missing = [row["method"] for row in schema.operations.values() if not hasattr(cls, row["method"])]
    return service, ", ".join(missing), -1 if missing else len(schema.operations)


def test_every_service(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever speaks a JSON protocol gets a client; whatever does not is refused with its protocol."""
    services: list[str] = model_loader().list_available_services("service-2")
    with ProcessPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        found = list(pool.map(attempt, services, chunksize=8))
    made = {service: count for service, _, count in found if count > 0}
    refused = {service: words for service, words, count in found if count == 0}
    with capsys.disabled():
        print(f"\n{len(made)} services with {sum(made.values())} operations, {len(refused)} refused")  # noqa: T201
    assert [(service, words) for service, words, count in found if count < 0] == []
    assert all("speaks" in words or "bearer tokens" in words for words in refused.values()), refused
    assert {"s3", "ec2", "sts", "sqs"} & refused.keys() == {"s3", "ec2", "sts"}
    assert len(made) >= 0.9 * len(services)
