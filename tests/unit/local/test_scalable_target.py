"""What a scalable target says of itself."""

from __future__ import annotations

from datetime import UTC, datetime

from aiosagemaker.local._scalable_target import ScalableTarget


def test_described() -> None:
    """A target is described with its bounds as they are now."""
    target = ScalableTarget(
        resource_id="endpoint/e/variant/v",
        dimension="sagemaker:variant:DesiredInstanceCount",
        arn="arn",
        created=datetime(2025, 1, 1, tzinfo=UTC),
        role="role",
        least=1,
        most=3,
    )
    target.most = 5
    said = target.describe()
    assert (said.service_namespace, said.resource_id) == ("sagemaker", "endpoint/e/variant/v")
    assert (said.scalable_dimension, said.min_capacity, said.max_capacity) == (target.dimension, 1, 5)
    assert (said.scalable_target_arn, said.role_arn, said.creation_time) == ("arn", "role", target.created)
