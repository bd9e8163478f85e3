"""Which statuses of a resource are on the way, well or bad: a table made from the model by rule, and corrected.

The rule reads the words of a status, as SageMaker uses them throughout: what is under way ends in "-ing", is pending or
in progress; what went wrong says so, or is over without its result (stopped, cancelled, expired, deleted).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from .._errors import ArgumentError

if TYPE_CHECKING:
    from .._shapes.namespace import Namespace
    from .._shapes.schema import AcceptorRow, WaiterRow

Kind = Literal["way", "well", "bad"]

_WAY = re.compile(r"ING$|^PENDING|PENDING_|IN_?PROGRESS|^ROLLING_BACK$")
_BAD = re.compile(r"FAIL|OUT_OF_SERVICE|STOPPED|CANCELLED|EXPIRED|SUPERSEDED|DELETED|DELETE_COMPLETED")

_RESTS: dict[str, Kind] = {"STOPPED": "well"}
CORRECTIONS: dict[str, dict[str, Kind]] = {
    # What is stopped here was stopped on purpose, and can be started again:
    # https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StopNotebookInstance.html,
    # .../API_StopMlflowTrackingServer.html, .../API_StopMonitoringSchedule.html
    # In maintenance it is restarted by the service (.../API_DescribeNotebookInstance.html).
    "DescribeNotebookInstance": {**_RESTS, "IN_MAINTENANCE": "way"},
    "DescribeMlflowTrackingServer": _RESTS,
    "DescribeMonitoringSchedule": _RESTS,
    # An experiment runs for as long as its schedule says, up to 30 days; that it runs is what its start is for:
    # .../API_DescribeInferenceExperiment.html
    "DescribeInferenceExperiment": {"RUNNING": "well"},
    # A person's decision, which nothing but the person brings on: .../API_DescribeModelCard.html
    "DescribeModelCard": {"PENDING_REVIEW": "well"},
    # An action's status is its user's to set, unknown until then: .../API_DescribeAction.html
    "DescribeAction": {"UNKNOWN": "way"},
}
"""Where the words mean something else, by operation and status, each with its source."""

_DELAY = 30
_TIMEOUT = 3600
_JOB_TIMEOUT = 24 * 3600


class Settling(NamedTuple):
    """One operation's table."""

    member: str
    """The response's member with the status, as the model names it."""
    kinds: dict[str, Kind]
    """By status, as it goes over the wire."""

    def row(self, namespace: Namespace, operation: str, success: frozenset[str] | None) -> WaiterRow:
        """A waiter; `success`, if given, are the statuses that end it well, in place of the table's."""
        states: dict[str, Literal["success", "failure"]] = {}
        for status, kind in self.kinds.items():
            if success is not None and status in success:
                states[status] = "success"
            elif kind != "way":
                states[status] = "success" if kind == "well" and success is None else "failure"
        acceptors: list[AcceptorRow] = [
            {"state": state, "matcher": "path", "argument": self.member, "expected": status}
            for status, state in states.items()
        ]
        modelled = [row for row in namespace.schema.waiters.values() if row["operation"] == operation]
        job = re.search("Job|Execution|Experiment", operation)
        timeout = max((row["delay"] * row["max_attempts"] for row in modelled), default=0)
        attempts = max(timeout, _JOB_TIMEOUT if job else _TIMEOUT) // _DELAY
        return {
            "method": "wait_until_settled",
            "operation": operation,
            "delay": _DELAY,
            "max_attempts": attempts,
            "acceptors": acceptors,
        }


def settling(namespace: Namespace, operation: str) -> Settling:
    """The table of a Describe operation. Raises ArgumentError for one whose response has no status."""
    found = status_member(namespace, operation)
    if found is None:
        raise ArgumentError(f"{operation} tells no status that a wait could follow")
    member, shape = found
    corrections = CORRECTIONS.get(operation, {})
    values: dict[str, str] = namespace.shapes[shape]["values"]
    return Settling(member, {value: corrections.get(name) or _kind(name) for name, value in values.items()})


def status_member(namespace: Namespace, operation: str) -> tuple[str, str] | None:
    """The member of the response that is the resource's own status, and its shape."""
    if not operation.startswith("Describe"):
        return None
    resource = operation.removeprefix("Describe").removesuffix("V2")
    members = namespace.shapes[namespace.schema.operations[operation]["output"]].get("members", {})
    statuses: list[tuple[str, Any]] = [
        (name, member["shape"])
        for name, member in members.items()
        if name.endswith("Status")
        and namespace.shapes[member["shape"]]["type"] == "enum"
        # `ModelPackageStatus` and plain `Status` are the resource's; `ModelApprovalStatus` is not.
        and resource.endswith(name.removesuffix("Status"))
    ]
    return max(statuses, key=lambda status: len(status[0]), default=None)


def _kind(status: str) -> Kind:
    if _WAY.search(status):
        return "way"
    return "bad" if _BAD.search(status) else "well"
