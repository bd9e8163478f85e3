"""Watches without a terminal: one line for each event."""

from __future__ import annotations

from typing import Any

import pytest
from tests.integration.cli_side_by_side import Server, run_ours

DELAY = ["--delay", "0.01", "--endpoint-url"]
GONE = {"__type": "ValidationException", "message": 'Could not find endpoint "e".'}


def watched(server: Server, kind: str, *answers: Any, words: tuple[str, ...] = ()) -> tuple[int, list[str], str]:
    server.reset(*answers)
    code, out, err = run_ours(["watch", kind, "e", *DELAY, server.url, *words])
    assert "\x1b" not in out + err
    return code, [line.partition("  ")[2] for line in out.splitlines()], err


@pytest.mark.parametrize(
    ("kind", "member", "statuses", "code"),
    [
        ("endpoint", "EndpointStatus", ["Creating", "InService"], 0),
        ("endpoint", "EndpointStatus", ["Updating", "RollingBack", "InService"], 3),
        ("endpoint", "EndpointStatus", ["Creating", "Failed"], 255),
        ("inference-component", "InferenceComponentStatus", ["Creating", "InService"], 0),
        ("training-job", "TrainingJobStatus", ["InProgress", "Completed"], 0),
        ("training-job", "TrainingJobStatus", ["InProgress", "Failed"], 255),
        ("processing-job", "ProcessingJobStatus", ["InProgress", "Stopped"], 255),
        ("transform-job", "TransformJobStatus", ["InProgress", "Failed"], 255),
    ],
)
def test_each_kind_is_followed_to_its_end(
    kind: str, member: str, statuses: list[str], code: int, server: Server
) -> None:
    """Every change of the status is a line, and the exit code says whether the end is a good one."""
    answers = [{member: status, "FailureReason": "\x9bwhy" if status == "Failed" else None} for status in statuses]
    ended, events, err = watched(server, kind, *answers)
    assert ended == code
    assert events[0] == f"status: {statuses[0]}"
    assert f"status: {statuses[-2]} -> {statuses[-1]}" in events
    assert ("\\x9bwhy" in err) == (statuses[-1] == "Failed")
    assert ("rolled back" in err) == ("RollingBack" in statuses)


def test_a_pipeline_is_followed_step_by_step(server: Server) -> None:
    """Each step's status is a line, and so is the reason of one that failed."""
    steps = {"PipelineExecutionSteps": [{"StepName": "train", "StepStatus": "Executing"}]}
    failed = {"PipelineExecutionSteps": [{"StepName": "train", "StepStatus": "Failed", "FailureReason": "oom"}]}
    code, events, _ = watched(
        server,
        "pipeline-execution",
        {"PipelineExecutionStatus": "Executing"},
        steps,
        {"PipelineExecutionStatus": "Failed"},
        failed,
    )
    assert code == 255
    assert "step train: Executing" in events
    assert "step train: Executing -> Failed (oom)" in events


def test_a_deletion_watched_to_its_end_is_a_success(server: Server) -> None:
    """What was being deleted and is not found is gone, as it should be; what never was there is not."""
    server.reset()
    server.answers = [
        (200, {}, b'{"EndpointStatus": "Deleting"}'),
        (400, {}, b'{"__type": "ValidationException", "message": "Could not find endpoint"}'),
    ]
    code, out, err = run_ours(["watch", "endpoint", "e", *DELAY, server.url])
    assert (code, err) == (0, "")
    assert out.splitlines()[-1].endswith("status: Deleting -> gone")
    server.reset(GONE, status=400)
    code, _, err = run_ours(["watch", "endpoint", "e", *DELAY, server.url])
    assert code != 0
    assert "Could not find" in err


def test_another_configuration_is_no_success(server: Server) -> None:
    """`--endpoint-config-name` holds the end to it."""
    answer = {"EndpointStatus": "InService", "EndpointConfigName": "c"}
    assert watched(server, "endpoint", answer, words=("--endpoint-config-name", "c"))[0] == 0
    assert watched(server, "endpoint", answer, words=("--endpoint-config-name", "d"))[0] == 3


def test_a_service_that_does_not_answer_ends_the_watch(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The failure is a line while it asks on, and the end comes in bounded time."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    code, out, err = run_ours(["watch", "endpoint", "e", "--give-up", "0.05", *DELAY, "http://127.0.0.1:1"])
    assert code == 255
    assert "no answer for 0 s" in out
    assert "no answer for" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["model", "m"], "invalid choice: 'model'"),
        (["endpoint"], "required: name"),
        (["endpoint", "e", "--output", "json"], "--output and --query go with"),
        (["endpoint", "e", "--query", "x"], "--output and --query go with"),
        (["training-job", "e", "--endpoint-config-name", "c"], "for endpoints only"),
        (["endpoint", "e", "--plane"], "* --plain"),
        (["endpoint", "e", "--timeout", "-1"], "below zero"),
    ],
)
def test_what_cannot_be_watched_is_told(words: list[str], said: str, server: Server) -> None:
    """Nothing is sent for a line that makes no watch."""
    server.reset({})
    code, out, err = run_ours(["watch", *words, "--endpoint-url", server.url])
    assert (code, out, server.requests) == (252, "", [])
    assert said in err
