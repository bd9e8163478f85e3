"""The service's reasons are told apart by their words."""

from __future__ import annotations

import pytest

from aiosagemaker._failure_kinds import FailureKind, failure_kind

REASONS = {
    "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. Please retry using a "
    "different ML instance type or after some time.": "capacity",
    "The account-level service limit 'ml.p3.2xlarge for endpoint usage' is 0 Instances, with current utilization of 0 "
    "Instances and a request delta of 1 Instances.": "quota",
    "The primary container for production variant AllTraffic did not pass the ping health check. Please check "
    "CloudWatch logs for this endpoint.": "health check",
    "One or more alarms went into ALARM state during the deployment: errors.": "alarm",
    "The role 'arn:aws:iam::1:role/x' does not have BatchGetImage: User is not authorized to perform: "
    "ecr:BatchGetImage": "permissions",
    "The repository of the image was not found: image 1.dkr.ecr.us-east-1.amazonaws.com/x not found": "image",
    "CannotStartContainerError. Please ensure the model container for variant v starts correctly": "image",
    'Failed to download model data for container "c" from URL: "s3://b/m.tar.gz". Please ensure that there is an '
    "object located at the URL": "model data",
    "The deployment took longer than its 600 s.": "timeout",
    "Request to service failed.": "unknown",
}


@pytest.mark.parametrize("reason", REASONS)
def test_kinds(reason: str) -> None:
    """Each of the service's texts is of its kind."""
    assert failure_kind(reason) == REASONS[reason]


def test_nothing_is_unknown() -> None:
    """No reason is of no known kind."""
    assert failure_kind(None) is failure_kind("") is FailureKind.UNKNOWN
