"""`wait_until_settled` over real HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker.errors import ArgumentError, RolledBack, WaiterFailed, WaiterTimeout
from aiosagemaker.sagemaker import (
    DescribeClusterRequest,
    DescribeEndpointRequest,
    DescribeInferenceExperimentRequest,
    DescribeModelRequest,
    DescribePipelineExecutionRequest,
    DescribeTrainingJobRequest,
    DescribeTrainingJobResponse,
    ListEndpointsRequest,
)
from aiosagemaker.sagemaker.models import NAMESPACE
from aiosagemaker.sagemaker.settling import settling, status_member

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiosagemaker import SageMakerClient

JOB = DescribeTrainingJobRequest(training_job_name="j")
OPERATIONS = [name for name in NAMESPACE.schema.operations if status_member(NAMESPACE, name)]


async def test_a_job_that_completes(client: SageMakerClient, server: Any) -> None:
    """The wait goes on while the status is on its way, tells each poll, and returns the last description."""
    for status in ("InProgress", "InProgress", "Completed"):
        server.answer({"TrainingJobName": "j", "TrainingJobStatus": status})
    seen: list[str] = []
    response = await client.wait_until_settled(JOB, on_poll=lambda job: seen.append(job.training_job_status))
    assert isinstance(response, DescribeTrainingJobResponse)
    assert response.training_job_status == "Completed"
    assert seen == ["InProgress", "InProgress", "Completed"]
    assert [received.operation for received in server.received] == ["DescribeTrainingJob"] * 3


async def test_a_job_that_fails(client: SageMakerClient, server: Any) -> None:
    """A bad status is WaiterFailed with the service's reason and the last description."""
    server.answer({"TrainingJobStatus": "Failed", "FailureReason": "AlgorithmError: x"})
    with pytest.raises(WaiterFailed, match=r"TrainingJobSettled: the state is Failed") as caught:
        await client.wait_until_settled(JOB)
    assert caught.value.reason == "AlgorithmError: x"
    assert caught.value.last_response.training_job_status == "Failed"


async def test_the_statuses_that_are_a_success(client: SageMakerClient, server: Any) -> None:
    """What the caller calls a success is one, and nothing else is then."""
    server.answer({"TrainingJobStatus": "Stopped"})
    assert await client.wait_until_settled(JOB, success=["Stopped", "Completed"])
    assert await client.wait_until_settled(JOB, success="Stopped")
    with pytest.raises(WaiterFailed):
        await client.wait_until_settled(JOB)
    server.answer({"TrainingJobStatus": "Completed"})
    with pytest.raises(WaiterFailed):
        await client.wait_until_settled(JOB, success="Stopped")


async def test_a_status_that_is_new(client: SageMakerClient, server: Any, clock: Any) -> None:
    """A status that the table does not have is on the way; the time bounds the wait."""
    server.answer({"TrainingJobStatus": "Hibernating"})
    begun = clock.now
    with pytest.raises(WaiterTimeout) as caught:
        await client.wait_until_settled(JOB, timeout=600)
    assert clock.now - begun == pytest.approx(600)
    assert caught.value.last_response.training_job_status.is_unknown


async def test_a_pipelines_failed_step(client: SageMakerClient, server: Any) -> None:
    """The failure of a pipeline's execution says which step failed, and why."""
    arn = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/p/execution/abcdefghijkl"
    server.answer({"PipelineExecutionStatus": "Failed", "FailureReason": "Step failure: One or multiple steps failed."})
    server.answer(
        {
            "PipelineExecutionSteps": [
                {"StepName": "Register", "StepStatus": "Starting"},
                {"StepName": "Train", "StepStatus": "Failed", "FailureReason": "ClientError: no image"},
                {"StepName": "Prepare", "StepStatus": "Succeeded"},
            ]
        }
    )
    with pytest.raises(WaiterFailed) as caught:
        await client.wait_until_settled(DescribePipelineExecutionRequest(pipeline_execution_arn=arn))
    assert caught.value.reason == "step Train: ClientError: no image"
    assert "Step failure" in str(caught.value)


@pytest.mark.parametrize("steps", [{}, {"PipelineExecutionSteps": [{"StepName": "Train", "StepStatus": "Executing"}]}])
async def test_a_pipeline_without_a_failed_step(client: SageMakerClient, server: Any, steps: Any) -> None:
    """Where no step says more, the failure is that of the execution, and not caused by itself."""
    server.answer({"PipelineExecutionStatus": "Failed", "FailureReason": "no capacity"})
    server.answer(steps)
    with pytest.raises(WaiterFailed, match="no capacity") as caught:
        await client.wait_until_settled(DescribePipelineExecutionRequest(pipeline_execution_arn="arn"))
    assert caught.value.__cause__ is not caught.value


@pytest.mark.parametrize(
    ("request_", "member"),
    [
        (DescribeEndpointRequest(endpoint_name="e"), "EndpointStatus"),
        (DescribeClusterRequest(cluster_name="c"), "ClusterStatus"),
    ],
)
async def test_a_rollback(request_: Any, member: str, client: SageMakerClient, server: Any) -> None:
    """What was seen rolling back is RolledBack, although it is in service."""
    server.answer({member: "RollingBack"})
    server.answer({member: "InService"})
    with pytest.raises(RolledBack):
        await client.wait_until_settled(request_)


async def test_reasons_of_every_name(client: SageMakerClient, server: Any) -> None:
    """The reason is found whatever the service calls it."""
    server.answer({"ClusterStatus": "Failed", "FailureMessage": "no subnet"})
    with pytest.raises(WaiterFailed) as caught:
        await client.wait_until_settled(DescribeClusterRequest(cluster_name="c"))
    assert caught.value.reason == "no subnet"
    server.answer({"Status": "Cancelled", "StatusReason": "by a user"})
    with pytest.raises(WaiterFailed) as caught:
        await client.wait_until_settled(DescribeInferenceExperimentRequest(name="x"))
    assert caught.value.reason == "by a user"


async def test_what_is_no_wait(client: SageMakerClient, server: Any) -> None:
    """A request without a status, a status that is not the model's, and what is no request are refused at once."""
    wrong: list[tuple[Any, dict[str, Any]]] = [
        (DescribeModelRequest(model_name="m"), {}),
        (ListEndpointsRequest(), {}),
        ("e", {}),
        (JOB, {"success": ["InService"]}),
        (JOB, {"timeout": -1}),
    ]
    for request, options in wrong:
        with pytest.raises(ArgumentError):
            await client.wait_until_settled(request, **options)
    assert not server.received


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_every_operation(
    operation: str, client: SageMakerClient, server: Any, sample: Callable[..., Any]
) -> None:
    """Each operation with a status settles at each of its statuses as its table says."""
    table = settling(NAMESPACE, operation)
    request = sample(NAMESPACE, NAMESPACE.schema.operations[operation]["input"])
    for status, kind in table.kinds.items():
        server.answer({table.member: status})
        if kind == "bad" and operation == "DescribePipelineExecution":
            server.answer({"PipelineExecutionSteps": []})
        waiting = client.wait_until_settled(request, timeout=0)
        if kind == "well":
            assert (await waiting).to_dict()[table.member] == status
        else:
            with pytest.raises(WaiterTimeout if kind == "way" else WaiterFailed):
                await waiting
