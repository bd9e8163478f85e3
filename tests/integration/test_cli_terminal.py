"""The live views, as a person sees them in a terminal."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.cli_side_by_side import Server, environment, recording, run_ours

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are a thing of Unix", allow_module_level=True)
pytest.importorskip("pyte")
pytest.importorskip("rich")

from tests.integration.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
    assert terminal.raw.count(CURSOR_HIDDEN) == terminal.raw.count(CURSOR_SHOWN) > 0
    assert terminal.raw.rfind(CURSOR_SHOWN) > terminal.raw.rfind(CURSOR_HIDDEN)
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
        server.reset(endpoint("InService", 4))
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
    """Ctrl-C ends a live view with 130, the cursor back and the screen as it was."""
    server.reset(endpoint("Creating"))
    words = ["wait", "endpoint-in-service", "--endpoint-name", "churn", "--delay", "0.05", "--endpoint-url", server.url]
    with watch(server) if command == "watch" else Terminal(words, os.environ) as terminal:
        terminal.until(lambda: "Creating" in terminal.text)
        terminal.press(CTRL_C)
        assert terminal.end() == 130
        is_clean(terminal)


def test_a_failed_endpoint_ends_the_watch_with_its_reason(server: Server) -> None:
    """The reason is the last thing to be seen, and the exit code is 255."""
    server.reset(endpoint("Failed", FailureReason="no capacity in us-east-1"))
    with watch(server) as terminal:
        assert terminal.end() == 255
        assert "no capacity in us-east-1" in terminal.lines[-1]
        is_clean(terminal)


def test_a_wait_shows_one_line_and_removes_it(server: Server) -> None:
    """Status and elapsed time stand in one line while the wait lasts, and nothing is left of it."""
    server.reset(endpoint("Creating"))
    words = ["wait", "endpoint-in-service", "--endpoint-name", "churn", "--delay", "0.05", "--endpoint-url", server.url]
    with Terminal(words, os.environ) as terminal:
        terminal.until(lambda: "endpoint-in-service: Creating, 0:0" in terminal.text)
        assert len(terminal.lines) == 1
        server.reset(endpoint("InService"))
        assert terminal.end() == 0
        assert terminal.lines == []
        is_clean(terminal)


def test_a_watch_that_is_piped_prints_a_line_for_each_event(server: Server) -> None:
    """Without a terminal, and with --plain, each event is one line, without any control characters."""
    server.reset(endpoint("Creating", 1), endpoint("Creating", 1), endpoint("InService", 4))
    code, out, err = run_ours(["watch", "endpoint", "churn", "--delay", "0.01", "--endpoint-url", server.url])
    assert (code, err) == (0, "")
    assert "\x1b" not in out
    events = [line.split("  ", 1)[1] for line in out.splitlines()]
    assert events[0] == "status: Creating"
    assert "status: Creating -> InService" in events
    assert "blue instances: 1 of 4 -> 4" in events


def test_a_wait_that_is_piped_is_quiet(server: Server) -> None:
    """Without a terminal a wait that succeeds prints nothing at all."""
    server.reset(endpoint("Creating"), endpoint("InService"))
    words = ["wait", "endpoint-in-service", "--endpoint-name", "churn", "--delay", "0.01", "--endpoint-url", server.url]
    assert run_ours(words) == (0, "", "")


def test_a_wait_can_be_bounded(server: Server) -> None:
    """`--timeout` ends a wait with 255 and says so in one line."""
    server.reset(endpoint("Creating"))
    words = ["wait", "endpoint-in-service", "--endpoint-name", "churn", "--timeout", "0", "--endpoint-url", server.url]
    code, out, err = run_ours(words)
    assert (code, out) == (255, "")
    assert "EndpointInService" in err
    assert err.count("\n") == 1


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
