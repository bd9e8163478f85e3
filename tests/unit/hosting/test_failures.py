"""Why an endpoint failed, in one value."""

from __future__ import annotations

import pickle

from aiosagemaker.errors import RolledBack, WaiterFailed
from aiosagemaker.hosting import DeploymentRolledBack, Failure, FailureKind
from aiosagemaker.sagemaker import DescribeEndpointResponse


def failure(**members: object) -> Failure:
    given = {"endpoint_name": "e", "status": "InService", "kind": FailureKind.UNKNOWN, "reason": "", **members}
    return Failure(**given)  # type: ignore[arg-type]  # any members


def test_nothing_failed() -> None:
    """Without a reason and in service nothing has failed, which is falsy and says so."""
    assert not failure()
    assert "has failed in nothing" in str(failure())
    assert failure(status="Failed")


def test_text() -> None:
    """The text has the kind, the service's words, what helps, and why there is no log."""
    text = str(failure(kind=FailureKind.CAPACITY, reason="none left", variant="v", log_error="denied"))
    assert text.splitlines() == [
        "e (InService, variant v): capacity",
        "  none left",
        "  try again later, or name other instance types in instance_types",
        "  no log: denied",
    ]


def test_every_kind_has_advice() -> None:
    """Whatever the kind is, something is said that helps."""
    assert all(failure(kind=kind).advice for kind in FailureKind)


def test_errors() -> None:
    """A rollback is caught as such and as a failed wait, has the kind of its reason, and pickles."""
    seen = DescribeEndpointResponse.from_dict({"EndpointName": "a"})
    error = DeploymentRolledBack(failure(reason="did not pass the ping health check"), "as before", last_response=seen)
    again = pickle.loads(pickle.dumps(error))
    for each in (error, again):
        assert isinstance(each, RolledBack)
        assert isinstance(each, WaiterFailed)
        assert each.kind == "health check"
        assert str(each).endswith("as before")
        assert each.last_response == seen
