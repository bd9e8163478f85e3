"""What a description does not say of what was asked for."""

from __future__ import annotations

from aiosagemaker.hosting.differing import differing
from aiosagemaker.sagemaker import ContainerDefinition, CreateModelRequest


def test_differing() -> None:
    """Members that were not asked for are the service's to choose; entries of maps and lists are not."""
    asked = CreateModelRequest(model_name="m", containers=[ContainerDefinition(image="i", environment={"A": "b"})])
    more = asked.with_execution_role_arn("r").with_containers(
        [ContainerDefinition(image="i", environment={"A": "b"}, mode="SingleModel")]
    )
    assert differing(asked, more) == []
    assert [each[0] for each in differing(more, asked)] == ["Containers[0].Mode", "ExecutionRoleArn"]
    other = asked.with_containers([ContainerDefinition(image="i", environment={"A": "b", "C": "d"})])
    assert [each[0] for each in differing(asked, other)] == ["Containers[0].Environment"]
    assert [each[0] for each in differing(asked, asked.add_containers(ContainerDefinition(image="j")))] == [
        "Containers"
    ]
