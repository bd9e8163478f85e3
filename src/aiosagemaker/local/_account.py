"""The account and region that the service plays."""

from __future__ import annotations

import re

import attrs

_PARTITIONS = (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("us-iso-", "aws-iso"), ("us-isob-", "aws-iso-b"))


@attrs.frozen
class Account:
    """An account in a region."""

    number: str = attrs.field(validator=attrs.validators.matches_re(re.compile(r"\d{12}")))
    region: str = attrs.field(validator=attrs.validators.matches_re(re.compile(r"[a-z0-9-]+")))

    def arn(self, resource: str, service: str = "sagemaker") -> str:
        """The ARN of a resource, such as `endpoint/churn`."""
        partition = next((name for start, name in _PARTITIONS if self.region.startswith(start)), "aws")
        return f"arn:{partition}:{service}:{self.region}:{self.number}:{resource}"
