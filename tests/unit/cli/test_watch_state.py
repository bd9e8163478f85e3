"""What has been seen of a resource."""

from __future__ import annotations

from typing import Any

import pytest

from aiosagemaker.cli.commands import command_of
from aiosagemaker.cli.watch_state import KINDS, Watch, coming, step_facts, variants
from aiosagemaker.sagemaker import DescribeEndpointResponse, PipelineExecutionStep
from aiosagemaker.sagemaker.settling import settling


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_is_what_the_model_says(name: str) -> None:
    """The operation, the member that names the resource and the statuses are the model's."""
    kind = KINDS[name]
    command = command_of("sagemaker", kind.operation)
    assert kind.member in command.input.members
    kinds = settling(command.namespace, kind.operation).kinds
    assert {"well", "bad", "way"} <= set(kinds.values())


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_finds_its_facts_in_any_answer(name: str, sample: Any) -> None:
    """Neither a full description nor a bare one is too much for it."""
    kind = KINDS[name]
    namespace = command_of("sagemaker", kind.operation).namespace
    for full in (False, True):
        response = sample(namespace, f"{kind.operation}Response", full=full)
        facts = dict(kind.facts(response))
        assert all(isinstance(value, str) for value in facts.values())
        assert not full or "failure" in facts


def test_only_what_changed_is_an_event() -> None:
    """The first description tells all, a later one what is new, other, or gone."""

    def described(**members: Any) -> DescribeEndpointResponse:
        return DescribeEndpointResponse.from_dict({"EndpointStatus": "Updating", "EndpointConfigName": "c", **members})

    watch = Watch("e", KINDS["endpoint"], "endpoint_status", {"InService": "well"})
    blue = {"VariantName": "blue", "CurrentInstanceCount": 1, "DesiredInstanceCount": 2}
    pending = {"EndpointConfigName": "d", "ProductionVariants": [{"VariantName": "green"}]}
    first = described(ProductionVariants=[blue], PendingDeploymentSummary=pending)
    assert watch.saw(first, []) == [
        "status: Updating",
        "configuration: c",
        "blue instances: 1 of 2",
        "pending deployment: d",
    ]
    assert [each.name for each in (*variants(first), *coming(first))] == ["blue", "green"]
    assert watch.saw(first, []) == []
    later = described(ProductionVariants=[{**blue, "CurrentInstanceCount": 2}], EndpointStatus="InService")
    assert watch.saw(later, []) == [
        "status: Updating -> InService",
        "blue instances: 1 of 2 -> 2",
        "pending deployment: d -> gone",
    ]
    assert (watch.status, watch.standing, len(watch.events)) == ("InService", "well", 7)


def test_a_step_says_why_it_failed() -> None:
    """A pipeline's step is its name, its status and the reason."""
    step = PipelineExecutionStep.from_dict({"StepName": "train", "StepStatus": "Failed", "FailureReason": "oom"})
    assert step_facts(step) == ("step train", "Failed (oom)")
