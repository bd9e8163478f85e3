"""Polls that may fail: what is told of them meanwhile, and when to give up."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .._errors import SdkError
from .commands import command_of
from .failures import Unreachable, UsageError
from .printable import one_line
from .requests import make_request
from .values import read_value

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ..sagemaker.endpoint_goal import EndpointGoal

AnswerT = TypeVar("AnswerT")

FIRST_DELAY = 1.0
"""Seconds between the first polls; later ones come at the pace of the model's waiter."""
GIVE_UP = 60.0
"""Seconds without an answer after which nothing is asked any more."""

TIMES: dict[str, dict[str, Any]] = {
    "--timeout": {"type": float, "help": "the longest wait, in seconds"},
    "--delay": {"type": float, "help": "the pause between polls, in seconds; short at first when left out"},
    "--give-up": {
        "type": float,
        "help": f"seconds without an answer after which to give up; {GIVE_UP:g} when left out",
    },
}
"""The options of whatever polls, as argparse takes them."""


def check_times(given: dict[str, Any]) -> None:
    """Raises UsageError for a time below zero."""
    for option in TIMES:
        if (given.get(option) or 0) < 0:
            raise UsageError(f"Bad value for {option}: {given[option]:g} is below zero")


class Polls(Generic[AnswerT]):
    """One question asked again and again. Failures that may pass are told, and borne for a bounded time."""

    def __init__(
        self,
        ask: Callable[[], Awaitable[AnswerT]],
        tell: Callable[[str], object],
        give_up: float = GIVE_UP,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`tell` gets each failure in words, and an empty text once there is an answer again."""
        self._ask = ask
        self._tell = tell
        self._give_up = give_up
        self._clock = clock
        self._since: float | None = None

    async def __call__(self) -> AnswerT:
        """The answer.

        Raises:
            SdkError: there is none now; the next call may have one if the error is retryable.
            Unreachable: there has been none for too long.
        """
        started = self._clock()
        try:
            answer = await self._ask()
        except SdkError as error:
            if not error.retryable:
                raise
            self._since = started if self._since is None else self._since
            waited = self._clock() - self._since
            self._tell(f"no answer for {waited:.0f} s: {one_line(str(error))}")
            if waited >= self._give_up:
                raise Unreachable(f"no answer for {waited:.0f} s, the last time: {error}") from error
            raise
        if self._since is not None:
            self._since = None
            self._tell("")
        return answer


GOAL_OPTIONS: dict[str, dict[str, Any]] = {
    "--endpoint-config-name": {"help": "the configuration that it must have then, so that a rollback is a failure"},
    "--desired-weights-and-capacities": {
        "nargs": "*",
        "help": "what its variants must be then, as for update-endpoint-weights-and-capacities",
    },
}
"""What an endpoint can be held to, as argparse takes it."""


def endpoint_goal(name: str, given: dict[str, Any]) -> EndpointGoal:
    """What ends a wait for an endpoint that is in service well. Raises UsageError."""
    from ..sagemaker.endpoint_goal import EndpointGoal, EndpointTarget

    config, option = given.get("--endpoint-config-name"), "--desired-weights-and-capacities"
    words, desired = given.get(option), ()
    if words is not None:
        command = command_of("sagemaker", "UpdateEndpointWeightsAndCapacities")
        wire_name = next(each.wire_name for each in command.parameters if each.option == option)
        value = read_value(option, words, command.input.members[wire_name])
        request: Any = make_request(command, {"EndpointName": "e", wire_name: value})
        desired = request.desired_weights_and_capacities
    return EndpointGoal(name, EndpointTarget(endpoint_config_name=config, desired_weights_and_capacities=desired))
