"""What waits and paginators take beside the request's members."""

from __future__ import annotations

import inspect

from aiosagemaker import SageMakerClient
from aiosagemaker._docs.options import LONGEST_PAUSE, paginator_options, waiter_options
from aiosagemaker.sagemaker.models import NAMESPACE
from aiosagemaker.waiters import MAX_DELAY


def test_options_are_those_that_the_method_takes() -> None:
    """Every option of every wait and of every paginator is a keyword of its method, and there is no other."""
    for rows, options in ((NAMESPACE.schema.waiters, waiter_options), (NAMESPACE.schema.paginators, paginator_options)):
        for name, row in dict[str, dict[str, str]](rows).items():
            operation = NAMESPACE.schema.operations[row.get("operation", name)]
            members = {member["name"] for member in NAMESPACE.shapes[operation["input"]]["members"].values()}
            taken = set(inspect.signature(getattr(SageMakerClient, row["method"])).parameters)
            described = {option.name for option in options(NAMESPACE, name)}
            assert described <= taken, name
            assert taken - members - {"self", "request"} - described <= {"page_size"}, name


def test_texts_say_what_holds_when_left_out() -> None:
    """A wait's times say their defaults, which are the model's, and what its configuration's name is for."""
    options = {option.name: option.text for option in waiter_options(NAMESPACE, "EndpointInService")}
    assert options["timeout"] == "the longest wait, in seconds; 3600 s when left out"
    assert options["min_delay"] == "the shortest pause between polls, in seconds; 30 s when left out"
    assert options["endpoint_config_name"].startswith("what `endpoint_config_name` must be when the wait is over")
    assert LONGEST_PAUSE == MAX_DELAY


def test_a_paginator_without_a_limit_takes_no_page_size() -> None:
    """Where the model has no limit for a page, none can be given."""
    rows = NAMESPACE.schema.paginators
    assert all(bool(paginator_options(NAMESPACE, name)) is ("limit" in row) for name, row in rows.items())
