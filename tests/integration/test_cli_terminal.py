"""The live views, as a person sees them in a terminal."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.cli_side_by_side import Server, environment, recording

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are a thing of Unix", allow_module_level=True)
pytest.importorskip("pyte")
pytest.importorskip("rich")

from tests.integration.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from aiosagemaker.local import ModelRequest

CURSOR_HIDDEN, CURSOR_SHOWN = b"\x1b[?25l", b"\x1b[?25h"
SCREEN_TAKEN, SCREEN_LEFT = b"\x1b[?1049h", b"\x1b[?1049l"
CTRL_C = b"\x03"


def endpoint(status: str, instances: int = 1, **more: Any) -> dict[str, Any]:
    """What DescribeEndpoint says."""
    return {
        "EndpointName": "churn",
        "EndpointArn": "arn:aws:sagemaker:us-east-1:123456789012:endpoint/churn",
        "EndpointConfigName": "churn-v2",
        "EndpointStatus": status,
        "CreationTime": 1577923445,
        "LastModifiedTime": 1577923445,
        "ProductionVariants": [
            {
                "VariantName": "blue",
                "CurrentInstanceCount": instances,
                "DesiredInstanceCount": 4,
                "CurrentWeight": 1.0,
                "DesiredWeight": 1.0,
            }
        ],
        **more,
    }


PENDING = {
    "PendingDeploymentSummary": {
        "EndpointConfigName": "churn-v3",
        "StartTime": 1577923445,
        "ProductionVariants": [{"VariantName": "green", "CurrentInstanceCount": 0, "DesiredInstanceCount": 2}],
    }
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    environment(monkeypatch)
    monkeypatch.setenv("PYTHONPATH", "src")
    with recording() as running:
        yield running


def watch(server: Server, *words: str, **size: int) -> Terminal:
    return Terminal(
        ["watch", "endpoint", "churn", "--delay", "0.05", "--endpoint-url", server.url, *words], os.environ, **size
    )


def is_clean(terminal: Terminal) -> None:
    """The cursor shows, the ordinary screen is back, and nothing of Python's own is to be seen."""
    assert terminal.raw.count(CURSOR_HIDDEN) == terminal.raw.count(CURSOR_SHOWN)
    assert terminal.raw.rfind(CURSOR_SHOWN) >= terminal.raw.rfind(CURSOR_HIDDEN)
    assert terminal.raw.count(SCREEN_TAKEN) == terminal.raw.count(SCREEN_LEFT)
    assert b"Traceback" not in terminal.raw


def test_a_watch_is_redrawn_in_place_and_leaves_its_last_state(server: Server) -> None:
    """Status, instances, weights and the pending deployment change where they stand; the end stays in the terminal."""
    server.reset(endpoint("Updating", 1, **PENDING))
    with watch(server) as terminal:
        terminal.until(lambda: "green" in terminal.text and "1 of 4" in terminal.text)
        assert terminal.text.count("churn  Updating") == 1
        assert "pending deployment: churn-v3" in terminal.text
        assert "█" in terminal.text or "━" in terminal.text or "▌" in terminal.text
        server.reset(endpoint("Updating", 3))
        terminal.until(lambda: "3 of 4" in terminal.text)
        assert sum(line.startswith("churn  ") for line in terminal.lines) == 1
        assert "pending deployment: churn-v3 -> gone" in terminal.text
        server.reset(endpoint("InService", 4, EndpointConfigName="churn-v3"))
        assert terminal.end() == 0
        assert "churn  InService" in terminal.text
        assert "status: Updating -> InService" in terminal.text
        is_clean(terminal)


def test_a_watch_survives_a_resize(server: Server) -> None:
    """After the terminal became narrow and wide again there is one view, cut to the width."""
    server.reset(endpoint("Creating", 1))
    with watch(server) as terminal:
        terminal.until(lambda: "1 of 4" in terminal.text)
        terminal.resize(40, 12)
        server.reset(endpoint("Creating", 2))
        terminal.until(lambda: "2 of 4" in terminal.text)
        assert max(map(len, terminal.lines)) <= 40
        assert sum(line.startswith("churn  ") for line in terminal.lines) == 1
        terminal.resize(120, 40)
        server.reset(endpoint("Creating", 3))
        terminal.until(lambda: "3 of 4" in terminal.text and "blue instances: 2 of 4 -> 3 of 4" in terminal.text)
        assert sum(line.startswith("churn  ") for line in terminal.lines) == 1
        server.reset(endpoint("InService", 4))
        assert terminal.end() == 0
        is_clean(terminal)


@pytest.mark.parametrize("command", ["watch", "wait"])
def test_ctrl_c_leaves_the_terminal_clean(command: str, server: Server) -> None:
    """Ctrl-C ends a live view with 130, the cursor back, the screen as it was, and the last state left on it."""
    server.reset(endpoint("Creating"))
    words = ["wait", "endpoint-in-service", "--endpoint-name", "churn", "--delay", "0.05", "--endpoint-url", server.url]
    with watch(server) if command == "watch" else Terminal(words, os.environ) as terminal:
        terminal.until(lambda: "Creating" in terminal.text)
        terminal.press(CTRL_C)
        assert terminal.end() == 130
        assert "Creating" in terminal.text
        is_clean(terminal)


def test_a_failed_endpoint_ends_the_watch_with_its_reason(server: Server) -> None:
    """The reason is the last thing to be seen, and the exit code is 255."""
    server.reset(endpoint("Failed", FailureReason="no capacity in us-east-1"))
    with watch(server) as terminal:
        assert terminal.end() == 255
        assert "no capacity in us-east-1" in terminal.lines[-1]
        is_clean(terminal)


def test_a_wait_shows_one_line_and_leaves_its_end(server: Server) -> None:
    """Status and elapsed time stand in one line while the wait lasts, and its last state stays."""
    server.reset(endpoint("Creating"))
    words = ["wait", "endpoint-in-service", "--endpoint-name", "churn", "--delay", "0.05", "--endpoint-url", server.url]
    with Terminal(words, os.environ) as terminal:
        terminal.until(lambda: "endpoint-in-service: Creating, 0:0" in terminal.text)
        assert len(terminal.lines) == 1
        server.reset(endpoint("InService"))
        assert terminal.end() == 0
        (line,) = terminal.lines
        assert line.startswith("Waiting for endpoint-in-service: InService, 0:0")
        is_clean(terminal)


def test_a_closed_pipe_is_quiet(server: Server, tmp_path: Path) -> None:
    """A reader that has seen enough ends the command without a word."""
    import subprocess

    server.reset({"Tags": [{"Key": f"k{n}", "Value": "v" * 100} for n in range(5000)]})
    program = "import sys; from aiosagemaker.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", program, "list-tags", "--resource-arn", "arn", "--endpoint-url", server.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.readline()
        child.stdout.close()
        assert child.stderr.read() == b""
        assert child.wait() == 0


NASTY = "\x1b]0;owned\x07\x1b[2J\x9b31m\x7f"
ESCAPED = r"\x1b]0;owned\x07\x1b[2J\x9b31m\x7f"


@pytest.mark.parametrize(
    "words",
    [
        ["describe-endpoint", "--endpoint-name", "churn", "--output", "text"],
        ["describe-endpoint", "--endpoint-name", "churn", "--output", "json"],
        ["describe-endpoint", "--endpoint-name", "churn", "--output", "yaml"],
        ["describe-endpoint", "--endpoint-name", "churn", "--output", "table"],
        ["watch", "endpoint", "churn", "--delay", "0.05"],
        ["watch", "endpoint", "churn", "--delay", "0.05", "--plain"],
        ["wait", "endpoint-in-service", "--endpoint-name", "churn", "--delay", "0.05"],
    ],
    ids=" ".join,
)
def test_no_control_character_of_the_services_reaches_the_terminal(words: list[str], server: Server) -> None:
    """Titles, colours and cursors that an answer would set are shown as escapes, by every way of showing it."""
    server.reset(endpoint("Failed", FailureReason=NASTY))
    with Terminal([*words, "--endpoint-url", server.url], os.environ, columns=300) as terminal:
        terminal.end()
        assert not [each for each in (b"\x1b]0;", b"\x07", b"\x1b[2J", b"\x7f", b"\xc2\x9b") if each in terminal.raw]
        assert "owned" in terminal.text
        assert "Failed" in terminal.text


def test_an_error_of_the_services_is_shown_and_not_obeyed(server: Server) -> None:
    """The message of a refusal is text."""
    server.reset({"__type": "Nope", "message": NASTY}, status=400)
    with Terminal(["list-endpoints", "--endpoint-url", server.url], os.environ, columns=200) as terminal:
        assert terminal.end() == 254
        assert ESCAPED in terminal.text
        assert b"\x07" not in terminal.raw


def test_a_models_answer_on_the_terminal_is_not_obeyed(server: Server) -> None:
    """An outfile `-` that is a terminal gets text with escapes."""
    server.reset()
    server.answers = [(200, {}, b"caf\xc3\xa9\n\x1b[2J\xff")]
    words = ["invoke-endpoint", "--endpoint-name", "e", "--body", "x", "-", "--endpoint-url", server.url]
    with Terminal(words, os.environ) as terminal:
        assert terminal.end() == 0
        assert terminal.lines == ["café", r"\x1b[2J\xff"]


@pytest.mark.parametrize("columns", [50, 80])
def test_a_presigned_url_is_shown_whole(columns: int, server: Server) -> None:
    """A value longer than the terminal is wide is folded, not cut."""
    url = "https://bucket.s3.amazonaws.com/key?X-Amz-Signature=" + "0123456789abcdef" * 20
    server.reset({"AuthorizedUrl": url})
    words = ["create-presigned-domain-url", "--domain-id", "d", "--user-profile-name", "u", "--output", "table"]
    with Terminal([*words, "--endpoint-url", server.url], os.environ, columns=columns) as terminal:
        assert terminal.end() == 0
        cells = [cell.strip() for line in terminal.lines for cell in line.split("│")]
        assert url in "".join(cell for cell in cells if cell in url)


def test_colours_follow_no_color(server: Server) -> None:
    """NO_COLOR takes the colours of a live view, not the view."""
    server.reset(endpoint("Creating", 1), endpoint("InService", 4))
    for environ, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        server.reset(endpoint("Creating", 1), endpoint("InService", 4))
        words = ["watch", "endpoint", "churn", "--delay", "0.05", "--endpoint-url", server.url]
        with Terminal(words, {**os.environ, **environ}) as terminal:
            assert terminal.end() == 0
            assert "churn  InService" in terminal.text
            assert (b"32m" in terminal.raw) == coloured


def test_a_deletion_is_watched_to_its_end(server: Server) -> None:
    """What is gone is the end of a watch, and it stays to be read."""
    server.reset(endpoint("Deleting"))
    with watch(server) as terminal:
        terminal.until(lambda: "Deleting" in terminal.text)
        server.reset({"__type": "ValidationException", "message": "Could not find endpoint"}, status=400)
        assert terminal.end() == 0
        assert "churn  Deleted" in terminal.text
        is_clean(terminal)


def test_a_pipelines_steps_are_watched(server: Server) -> None:
    """Each step stands there with its status."""
    steps = {"PipelineExecutionSteps": [{"StepName": "train", "StepStatus": "Executing"}]}
    server.reset(*[{"PipelineExecutionStatus": "Executing"}, steps] * 200)
    words = ["watch", "pipeline-execution", "arn", "--delay", "0.05", "--endpoint-url", server.url]
    with Terminal(words, os.environ) as terminal:
        terminal.until(lambda: "step train: Executing" in terminal.text)
        terminal.press(CTRL_C)
        assert terminal.end() == 130
        assert "step train: Executing" in terminal.text


@pytest.mark.parametrize("command", ["watch", "wait"])
def test_trouble_is_told_while_it_lasts(command: str, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that fails is told while it is asked again, and an answer takes the trouble away."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    server.reset({"__type": "InternalFailure", "message": "oops"}, status=500)
    words = ["wait", "endpoint-in-service", "--endpoint-name", "churn", "--delay", "0.05", "--endpoint-url", server.url]
    with watch(server) if command == "watch" else Terminal(words, os.environ, columns=200) as terminal:
        terminal.until(lambda: "no answer for" in terminal.text and "oops" in terminal.text)
        server.reset(endpoint("Creating"))
        terminal.until(lambda: "Creating" in terminal.text and "no answer" not in terminal.text)
        server.reset(endpoint("InService"))
        assert terminal.end() == 0


def test_help_goes_through_a_pager(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the first screen of the help waits to be read; `q` ends it."""
    if shutil.which("less") is None:
        pytest.skip("less is not installed")
    for name in ("PAGER", "AWS_PAGER", "LESS"):
        monkeypatch.delenv(name, raising=False)
    with Terminal(["create-endpoint", "help"], os.environ, columns=60, rows=20) as terminal:
        terminal.until(lambda: "SYNOPSIS" in terminal.text and terminal.lines[-1].startswith(":"))
        assert "OUTPUT" not in terminal.text
        terminal.press(b"q")
        assert terminal.end() == 0
    with Terminal(["create-endpoint", "help", "--no-cli-pager"], os.environ, columns=60, rows=20) as terminal:
        assert terminal.end() == 0
        assert b"OUTPUT" in terminal.raw


def test_a_long_listing_says_how_far_it_is(server: Server) -> None:
    """Items and pages are counted on standard error, and nothing of it is left in the answer."""
    page = {"Endpoints": [{"EndpointName": f"e{n}"} for n in range(100)]}
    server.pause = 0.03
    server.reset(*[{**page, "NextToken": str(n)} for n in range(14)], page)
    words = ["list-endpoints", "--query", "length(Endpoints)", "--endpoint-url", server.url]
    with Terminal(words, os.environ) as terminal:
        assert terminal.end() == 0
        assert b" items on " in terminal.raw
        assert terminal.lines == ["1500"]


@pytest.mark.parametrize("way", ["up", "down"])
def test_a_large_body_says_how_far_it_is(way: str, server: Server, tmp_path: Path) -> None:
    """Bytes are counted on standard error while they go or come, and the file has them all."""
    body = os.urandom(24_000_000 if way == "up" else 8_000_000)
    (tmp_path / "in").write_bytes(body if way == "up" else b"x")
    server.reset()
    server.answers = [(200, {}, body if way == "down" else b"x")]
    server.pause = 0.35
    out = tmp_path / "out"
    words = ["invoke-endpoint", "--endpoint-name", "e", "--body", f"fileb://{tmp_path}/in", str(out)]
    with Terminal([*words, "--endpoint-url", server.url], os.environ) as terminal:
        assert terminal.end() == 0
        assert (b"sent " if way == "up" else b"received ") in terminal.raw
        assert (b" of 24.0 MB" if way == "up" else b" of 8.0 MB") in terminal.raw
    assert out.read_bytes() == (body if way == "down" else b"x")
    assert server.requests[0].body == (body if way == "up" else b"x")


def test_a_program_that_ignores_interrupts_is_interrupted_here(server: Server) -> None:
    """A test run in the background, where Ctrl-C is ignored, does not hang."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        server.reset(endpoint("Creating"))
        with watch(server) as terminal:
            terminal.until(lambda: "Creating" in terminal.text)
            terminal.press(CTRL_C)
            assert terminal.end() == 130
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_deployment_is_told_and_its_waiting_is_live(tmp_path: Path) -> None:
    """What happens is a line each; what is waited for is one line that is drawn again and gone at the end."""
    from aiosagemaker.local import LocalSageMaker

    spec = """
EndpointName: churn
Models:
- {ModelName: m, ExecutionRoleArn: "arn:aws:iam::123456789012:role/r", PrimaryContainer: {Image: any}}
ProductionVariants:
- {VariantName: v, ModelName: m, InstanceType: ml.m5.large, InitialInstanceCount: 1}
"""
    (tmp_path / "spec.yaml").write_text(spec)
    with LocalSageMaker(images={"*": _echo}, speed=100) as local:
        environ = {**os.environ, **local.environ, "AWS_ENDPOINT_URL": local.endpoint_url, "PYTHONPATH": "src"}
        with Terminal(["deploy", str(tmp_path / "spec.yaml")], environ, columns=80) as terminal:
            terminal.until(lambda: "Creating" in terminal.lines[-1] if terminal.lines else False)
            assert terminal.end() == 0
            assert "create endpoint churn" in terminal.text
            assert "in service" in terminal.lines[-1]
            assert "Creating" not in terminal.text


async def _echo(request: ModelRequest) -> bytes:
    return request.body
