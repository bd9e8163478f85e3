"""What kind of failure a reason of the service tells, by its words. Each rule has its source."""

from __future__ import annotations

import re
from enum import StrEnum


class FailureKind(StrEnum):
    """Why something did not come to be."""

    CAPACITY = "capacity"
    """There are no such instances to be had now: try again, or another type."""
    QUOTA = "quota"
    """The account may not have more of them."""
    IMAGE = "image"
    """The container's image is not there, or cannot be pulled."""
    PERMISSIONS = "permissions"
    """A role may not do what is needed."""
    HEALTH_CHECK = "health check"
    """The container does not answer its ping: its log says why."""
    ALARM = "alarm"
    """An alarm rolled it back."""
    MODEL_DATA = "model data"
    """The model's artifacts are not there, or cannot be unpacked."""
    TIMEOUT = "timeout"
    """It took too long."""
    UNKNOWN = "unknown"
    """The words are none of these."""


_RULES: tuple[tuple[FailureKind, str], ...] = (
    # https://repost.aws/knowledge-center/sagemaker-insufficient-capacity-error and the texts of InsufficientCapacity
    # in https://docs.aws.amazon.com/sagemaker/latest/dg/troubleshooting.html
    (FailureKind.CAPACITY, r"InsufficientInstanceCapacity|Unable to provision requested ML compute capacity"),
    (FailureKind.CAPACITY, r"CapacityError|[Ii]nsufficient (ML |instance )?(compute )?capacity|InsufficientCapacity"),
    # ResourceLimitExceeded of https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html
    (
        FailureKind.QUOTA,
        r"ResourceLimitExceeded|account-level service limit|exceed\w* (the |your )?(account )?(quota|limit)",
    ),
    # https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green.html, auto-rollback by alarms
    (FailureKind.ALARM, r"[Aa]larms? .*(ALARM state|in alarm|triggered|breach)|went into ALARM"),
    # https://repost.aws/knowledge-center/sagemaker-endpoint-creation-fail: role, ECR and S3
    (FailureKind.PERMISSIONS, r"[Aa]ccess ?[Dd]enied|not authorized|Could not assume role|insufficient permissions"),
    (FailureKind.PERMISSIONS, r"grants ecr:|role .* (grants|has) .*permission|KMS .*(denied|permission)"),
    # The same page: CannotStartContainerError and images that are not found
    (FailureKind.IMAGE, r"CannotStartContainer|CannotPull|image .*(not found|not exist|was not found|manifest)"),
    (FailureKind.IMAGE, r"Unable to pull|failed to pull|unsupported architecture|exec format error"),
    # https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html: ModelDataUrl
    (FailureKind.MODEL_DATA, r"[Mm]odel ?data|model artifact|\.tar\.gz|s3://|S3 object|NoSuchKey"),
    # https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html: the ping within 8 minutes
    (FailureKind.HEALTH_CHECK, r"ping health check|did not pass|health ?check"),
    # MaximumExecutionTimeoutInSeconds of .../APIReference/API_BlueGreenUpdatePolicy.html
    (FailureKind.TIMEOUT, r"[Tt]imed? ?out|took longer than|exceeded the maximum"),
)
_COMPILED = [(kind, re.compile(words)) for kind, words in _RULES]


def failure_kind(reason: str | None) -> FailureKind:
    """The kind that a reason tells; the first rule that fits counts."""
    return next((kind for kind, words in _COMPILED if words.search(reason or "")), FailureKind.UNKNOWN)
