"""What has been seen of a resource that is watched, and what is new in it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


class Kind(NamedTuple):
    """One kind of resource that can be watched."""

    operation: str
    """That describes it."""
    member: str
    """Of the request, by the model's name: what says which one."""
    facts: Callable[[Any], Iterator[tuple[str, str]]]
    """What else of a response is worth a line when it changes, each with its name."""


@attrs.frozen
class Amount:
    """One variant's part of an endpoint, or the copies of a component, at one moment; None where nothing is said."""

    name: str
    instances: float | None
    wanted_instances: float | None
    weight: float | None
    wanted_weight: float | None


def variants(response: Any) -> list[Amount]:
    """The variants that serve."""
    return [_amount(each) for each in response.production_variants or ()]


def shadows(response: Any) -> list[Amount]:
    """The shadow variants."""
    return [_amount(each) for each in response.shadow_production_variants or ()]


def coming(response: Any) -> list[Amount]:
    """The variants of a pending deployment, which the service describes as it does those that serve."""
    pending = response.pending_deployment_summary
    return [_amount(each) for each in (pending and pending.production_variants) or ()]


def _amount(variant: Any) -> Amount:
    return Amount(
        variant.variant_name,
        variant.current_instance_count,
        variant.desired_instance_count,
        variant.current_weight,
        variant.desired_weight,
    )


def _endpoint(response: Any) -> Iterator[tuple[str, str]]:
    if response.endpoint_config_name:
        yield "configuration", response.endpoint_config_name
    for each in (*variants(response), *shadows(response)):
        yield from _change(f"{each.name} instances", each.instances, each.wanted_instances)
        yield from _change(f"{each.name} weight", each.weight, each.wanted_weight)
    for described in response.production_variants or ():
        for status in described.variant_status or ():
            yield f"{described.variant_name} is", f"{status.status}{_in_brackets(status.status_message)}"
    pending = response.pending_deployment_summary
    if pending is not None:
        yield "pending deployment", pending.endpoint_config_name
    yield from _failure(response)


def _component(response: Any) -> Iterator[tuple[str, str]]:
    if response.runtime_config is not None:
        config = response.runtime_config
        yield from _change("copies", config.current_copy_count, config.desired_copy_count)
    yield from _failure(response)


def _job(response: Any) -> Iterator[tuple[str, str]]:
    secondary = getattr(response, "secondary_status", None)
    if secondary is not None:
        last = (response.secondary_status_transitions or (None,))[-1]
        yield "stage", f"{secondary}{_in_brackets(last and last.status_message)}"
    yield from _failure(response)


def _failure(response: Any) -> Iterator[tuple[str, str]]:
    if response.failure_reason:
        yield "failure", response.failure_reason


def _change(name: str, current: float | None, wanted: float | None) -> Iterator[tuple[str, str]]:
    if current is not None or wanted is not None:
        missing = "" if wanted is None or wanted == current else f" of {wanted:g}"
        yield name, f"{0 if current is None else current:g}{missing}"


def _in_brackets(text: str | None) -> str:
    return f" ({text})" if text else ""


def step_facts(step: Any) -> tuple[str, str]:
    """A pipeline's step, as a fact."""
    return f"step {step.step_name}", f"{step.step_status}{_in_brackets(step.failure_reason)}"


KINDS = {
    "endpoint": Kind("DescribeEndpoint", "EndpointName", _endpoint),
    "inference-component": Kind("DescribeInferenceComponent", "InferenceComponentName", _component),
    "training-job": Kind("DescribeTrainingJob", "TrainingJobName", _job),
    "processing-job": Kind("DescribeProcessingJob", "ProcessingJobName", _job),
    "transform-job": Kind("DescribeTransformJob", "TransformJobName", _job),
    "pipeline-execution": Kind("DescribePipelineExecution", "PipelineExecutionArn", _job),
}
"""What can be watched, by the word for it on the command line."""


class Watch:
    """What has been seen of one resource."""

    def __init__(self, name: str, kind: Kind, member: str, kinds: Mapping[str, str]) -> None:
        """`member` of a response tells the status, and `kinds` whether that is `well`, `bad` or on the `way`."""
        self.name = name
        self.kind = kind
        self._member = member
        self._kinds = kinds
        self.response: Any = None
        """The last description; None before the first."""
        self.status: str = ""
        self.trouble = ""
        """Why there is no answer at the moment."""
        self.steps: list[tuple[str, str]] = []
        """Of a pipeline's execution, each with its status."""
        self.events: list[tuple[datetime, str]] = []
        self._facts: dict[str, str] = {}

    def saw(self, response: Any, steps: list[tuple[str, str]]) -> list[str]:
        """Take in a description; the events that it brings."""
        self.response, self.steps = response, steps
        self.status = self.status_of(response)
        facts = dict((("status", self.status), *self.kind.facts(response), *steps))
        events = [
            f"{name}: {f'{before} -> ' if before else ''}{facts.get(name, 'gone')}"
            for name in dict.fromkeys([*facts, *self._facts])
            if (before := self._facts.get(name, "")) != facts.get(name, "")
        ]
        self._facts = facts
        for event in events:
            self.note(event)
        return events

    def status_of(self, response: Any) -> str:
        """What a description says."""
        return str(getattr(response, self._member))

    @property
    def standing(self) -> str:
        """Whether the status is `well`, `bad` or on the `way`."""
        return self._kinds.get(self.status, "way")

    def note(self, event: str) -> None:
        """Add an event."""
        self.events.append((datetime.now(UTC).astimezone(), event))
