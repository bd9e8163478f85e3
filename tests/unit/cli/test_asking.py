"""Polls that may fail, and what an endpoint was asked to become."""

from __future__ import annotations

from typing import Any

import pytest

from aiosagemaker.cli.asking import Polls, check_times, endpoint_goal
from aiosagemaker.cli.failures import Unreachable, UsageError
from aiosagemaker.errors import ConnectError, ServiceError
from aiosagemaker.sagemaker import DescribeEndpointResponse


class Asked:
    """Answers in turn, an exception by raising it; each takes ten seconds."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.told: list[str] = []
        self.now = 0.0

    async def ask(self) -> Any:
        self.now += 10
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def polls(self, give_up: float) -> Polls[Any]:
        return Polls(self.ask, self.told.append, give_up, lambda: self.now)


@pytest.mark.parametrize(
    "error", [ConnectError("refused"), ServiceError("oops", code="InternalFailure", http_status=500)]
)
async def test_failures_are_told_and_borne_for_a_bounded_time(error: Exception) -> None:
    """Each failure is told with the time that has passed, and after that time the last one ends it."""
    asked = Asked(error, error, error)
    polls = asked.polls(30)
    for _ in range(2):
        with pytest.raises(type(error)):
            await polls()
    with pytest.raises(Unreachable, match=r"no answer for 30 s, the last time: .*(refused|oops)"):
        await polls()
    assert [text[:18] for text in asked.told] == ["no answer for 10 s", "no answer for 20 s", "no answer for 30 s"]


async def test_an_answer_begins_the_time_anew() -> None:
    """What failed before an answer does not count, and the trouble is told to be over."""
    asked = Asked(ConnectError("x"), 1, ConnectError("x"), ConnectError("x"), 2, 3)
    polls = asked.polls(25)
    seen = []
    while asked.answers:
        try:
            seen.append(await polls())
        except ConnectError:
            seen.append(None)
    assert seen == [None, 1, None, None, 2, 3]
    assert asked.told.count("") == 2


async def test_what_will_not_pass_is_raised_at_once() -> None:
    """A refusal of the service is no failure to bear with."""
    asked = Asked(ServiceError("no", code="ValidationException", http_status=400))
    with pytest.raises(ServiceError):
        await asked.polls(100)()
    assert asked.told == []


@pytest.mark.parametrize(
    ("words", "status", "reached"),
    [
        ({}, {}, True),
        ({"--endpoint-config-name": "c"}, {}, True),
        ({"--endpoint-config-name": "d"}, {}, False),
        ({"--desired-weights-and-capacities": ["VariantName=blue,DesiredInstanceCount=2"]}, {}, True),
        ({"--desired-weights-and-capacities": ["VariantName=blue,DesiredInstanceCount=4"]}, {}, False),
        ({"--desired-weights-and-capacities": ["VariantName=green,DesiredWeight=1"]}, {}, False),
    ],
)
def test_an_endpoint_is_held_to_what_was_asked_for(words: dict[str, Any], status: Any, reached: bool) -> None:
    """The configuration and, in the words of the update, what each variant was to become."""
    goal = endpoint_goal("name", words)
    variants = [{"VariantName": "blue", "CurrentInstanceCount": 2}]
    response = DescribeEndpointResponse.from_dict(
        {"EndpointStatus": "InService", "EndpointConfigName": "c", "ProductionVariants": variants}
    )
    goal.saw(response)
    assert goal.reached(response) == reached


def test_times_and_goals_are_checked() -> None:
    """A time below zero, and what is no variant, are told by their options."""
    with pytest.raises(UsageError, match="--delay: -1 is below zero"):
        check_times({"--delay": -1.0})
    with pytest.raises(UsageError, match="--desired-weights-and-capacities"):
        endpoint_goal("name", {"--desired-weights-and-capacities": ["blue"]})
