"""Waits, as they go out and as they end."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.integration.cli_side_by_side import Server, run_ours

WAIT = ["wait", "endpoint-in-service", "--endpoint-name", "e", "--delay", "0.01", "--endpoint-url"]


def endpoint(status: str, config: str = "c", **members: Any) -> dict[str, Any]:
    return {"EndpointName": "e", "EndpointStatus": status, "EndpointConfigName": config, **members}


DESIRED = "--desired-weights-and-capacities"
VARIANTS = {"ProductionVariants": [{"VariantName": "blue", "CurrentInstanceCount": 2, "CurrentWeight": 1.0}]}


@pytest.mark.parametrize(
    ("words", "answers", "code", "said"),
    [
        ([], [endpoint("Creating"), endpoint("InService")], 0, ""),
        ([], [endpoint("Updating"), endpoint("RollingBack"), endpoint("InService")], 3, "rolled back"),
        (
            [],
            [endpoint("Updating", PendingDeploymentSummary={"EndpointConfigName": "d"}), endpoint("InService")],
            3,
            "rolled back",
        ),
        (["--endpoint-config-name", "d"], [endpoint("InService")], 3, "'d'"),
        (["--endpoint-config-name", "c"], [endpoint("InService")], 0, ""),
        (
            [DESIRED, "VariantName=blue,DesiredInstanceCount=2,DesiredWeight=1"],
            [endpoint("InService", **VARIANTS)],
            0,
            "",
        ),
        (
            [DESIRED, "VariantName=blue,DesiredInstanceCount=4"],
            [endpoint("InService", **VARIANTS)],
            3,
            "2 instances, not 4",
        ),
        ([], [endpoint("Failed", FailureReason="no capacity")], 255, "no capacity"),
        ([DESIRED, "blue"], [endpoint("InService")], 252, DESIRED),
        (["--delay", "-1"], [endpoint("InService")], 252, "--delay: -1 is below zero"),
    ],
)
def test_a_wait_ends_as_the_endpoint_does(
    words: list[str], answers: list[Any], code: int, said: str, server: Server
) -> None:
    """In service as it was asked for is 0; after a rollback, or with other instances, it is not."""
    server.reset(*answers)
    ended, out, err = run_ours([*WAIT, server.url, *words])
    assert (ended, out) == (code, "")
    assert said in err
    assert code == 252 or err.count("\n") <= 1


def test_what_is_asked_for_is_printed(server: Server) -> None:
    """`--output` and `--query` print the last answer; without them a wait prints nothing."""
    server.reset(endpoint("Creating"), endpoint("InService"))
    code, out, err = run_ours([*WAIT, server.url, "--query", "EndpointStatus", "--output", "text"])
    assert (code, out, err) == (0, "InService\n", "")
    server.reset(endpoint("InService"))
    code, out, _ = run_ours([*WAIT, server.url, "--output", "json"])
    assert json.loads(out) == endpoint("InService")
    server.reset(endpoint("InService"))
    assert run_ours([*WAIT, server.url, "--query", "nope(@)"])[0] == 252
    assert server.requests == []


def test_polls_start_fast(server: Server) -> None:
    """The second poll comes after a second, not after the model's half minute."""
    server.reset(endpoint("Creating"), endpoint("InService"))
    words = ["wait", "endpoint-in-service", "--endpoint-name", "e", "--timeout", "5", "--endpoint-url", server.url]
    assert run_ours(words)[0] == 0
    assert len(server.requests) == 2


@pytest.mark.parametrize("trouble", ["refused", "failing"])
def test_a_service_that_does_not_answer_ends_the_wait(
    trouble: str, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused connections and steady 500s are told while it asks on, and end it in bounded time."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    server.reset({"__type": "InternalFailure", "message": "oops"}, status=500)
    url = server.url if trouble == "failing" else "http://127.0.0.1:1"
    code, out, err = run_ours([*WAIT, url, "--give-up", "0.05"])
    assert (code, out) == (255, "")
    told, ended = err.splitlines()
    assert told.startswith("Waiting for endpoint-in-service: no answer for 0 s: ")
    assert "no answer for" in ended
    assert ("oops" if trouble == "failing" else "onnect") in ended


def test_usage_names_the_wait() -> None:
    """What a wait lacks is told with the words of the wait."""
    _, _, err = run_ours(["wait", "endpoint-in-service"])
    assert "usage: aiosagemaker wait endpoint-in-service --endpoint-name <value> [options]" in err
    _, _, err = run_ours(["wait", "endpoint-in-service", "--endpont-name", "e"])
    assert "* --endpoint-name" in err
    _, _, err = run_ours(["wait"])
    assert "  endpoint-in-service\n" in err


def test_a_service_may_be_named(server: Server) -> None:
    """`sagemaker wait endpoint-deleted` is what follows `aws`."""
    server.reset({"__type": "ValidationException", "message": "Could not find endpoint"}, status=400)
    words = ["sagemaker", "wait", "endpoint-deleted", "--endpoint-name", "e", "--endpoint-url", server.url]
    assert run_ours(words) == (0, "", "")


@pytest.mark.parametrize(
    ("words", "answers", "code", "said"),
    [
        ([], [{"TrainingJobStatus": "InProgress"}, {"TrainingJobStatus": "Completed"}], 0, ""),
        ([], [{"TrainingJobStatus": "Failed", "FailureReason": "oom"}], 255, "oom"),
        ([], [{"TrainingJobStatus": "Stopped"}], 255, "Stopped"),
        (["--success", "Stopped", "Completed"], [{"TrainingJobStatus": "Stopped"}], 0, ""),
        (["--success", "Stoped"], [{"TrainingJobStatus": "Stopped"}], 252, "must be one of: InProgress, Completed"),
    ],
)
def test_whatever_has_a_status_can_be_waited_for(
    words: list[str], answers: list[Any], code: int, said: str, server: Server
) -> None:
    """`wait settled` follows a describe command until its resource is on its way no longer."""
    server.reset(*answers)
    line = ["wait", "settled", "describe-training-job", "--training-job-name", "t", "--delay", "0.01"]
    ended, out, err = run_ours([*line, "--endpoint-url", server.url, *words])
    assert (ended, out) == (code, "")
    assert said in err


def test_a_pipeline_that_failed_names_the_step(server: Server) -> None:
    """The reason is that of the step that failed."""
    steps = {"PipelineExecutionSteps": [{"StepName": "train", "StepStatus": "Failed", "FailureReason": "oom"}]}
    server.reset({"PipelineExecutionStatus": "Failed"}, steps)
    line = ["wait", "settled", "describe-pipeline-execution", "--pipeline-execution-arn", "a", "--delay", "0.01"]
    code, _, err = run_ours([*line, "--endpoint-url", server.url])
    assert code == 255
    assert "step train: oom" in err


@pytest.mark.parametrize("words", [[], ["describe-trainingjob"], ["list-endpoints"], ["describe-endpoint-config"]])
def test_what_has_no_status_is_told(words: list[str]) -> None:
    """The nearest describe command is named where there is one."""
    code, _, err = run_ours(["wait", "settled", *words])
    assert code == 252
    assert "wait settled <describe command>" in err
    assert ("* describe-training-job" in err) == (words == ["describe-trainingjob"])
