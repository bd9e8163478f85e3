"""Refusals in the service's words, with the wire's names."""

from __future__ import annotations

from aiosagemaker.errors import AlreadyExists, NotFound, ValidationException
from aiosagemaker.local._refusals import (
    REASON_LENGTH,
    already_exists,
    invalid,
    not_found,
    unhealthy,
    wire_path,
    wire_words,
)
from aiosagemaker.sagemaker import CreateEndpointConfigRequest

REQUEST = CreateEndpointConfigRequest(endpoint_config_name="c", production_variants=())


def test_kinds() -> None:
    """A refusal is the error that a client makes of the service's words."""
    assert type(invalid("no")) is ValidationException
    assert isinstance(not_found("model", "arn"), NotFound)
    assert isinstance(already_exists("model", "arn"), AlreadyExists)


def test_wire_names() -> None:
    """Paths and words are told in the wire's names, as a reader of the API knows them."""
    path = "production_variants[1].serverless_config.memory_size_in_mb"
    assert wire_path(REQUEST, path) == "ProductionVariants[1].ServerlessConfig.MemorySizeInMB"
    assert wire_words(REQUEST, "must not be above max_concurrency (5), or so_what") == (
        "must not be above MaxConcurrency (5), or so_what"
    )


def test_reason_is_cut() -> None:
    """A FailureReason is no longer than the service's."""
    assert len(unhealthy("v", "x" * 5000)) == REASON_LENGTH
    assert unhealthy("v", "why").endswith("Please check CloudWatch logs for this endpoint. why")
