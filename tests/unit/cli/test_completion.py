"""Completion, as the shells ask for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.integration.cli_side_by_side import Server, run_ours

from aiosagemaker.cli.completion import candidates

SOURCE = Path(__file__).parents[3] / "src"


def test_candidates_fit_what_was_typed() -> None:
    """Commands, options, waiters and values are offered where each belongs."""
    assert list(candidates(["describe-endpoint"])) == ["describe-endpoint", "describe-endpoint-config"]
    assert "--endpoint-name" in candidates(["create-endpoint", "--"])
    assert list(candidates(["create-endpoint", "--endpoint-n"])) == ["--endpoint-name"]
    assert list(candidates(["list-endpoints", "--status-equals", "In"])) == ["InService"]
    assert list(candidates(["--output", "y"])) == ["yaml", "yaml-stream"]
    assert list(candidates(["--region", "us-east-1", "list-end"])) == ["list-endpoint-configs", "list-endpoints"]
    assert list(candidates(["wait", "endpoint-"])) == ["endpoint-deleted", "endpoint-in-service"]
    assert "--timeout" in candidates(["wait", "endpoint-deleted", "--t"])
    assert list(candidates(["create-endpoint", "--generate-cli-skeleton", "y"])) == ["yaml-input"]
    assert list(candidates(["create-model", "--no-enable"])) == ["--no-enable-network-isolation"]
    assert list(candidates(["nonsense", "--"])) == []


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["--output=js"], ["--output=json"]),
        (["--output", "=", "js"], ["json"]),
        (["--output", "="], ["json", "table", "text", "yaml", "yaml-stream"]),
        (["sagemaker-run"], ["sagemaker-runtime"]),
        (["sagemaker-runtime", "invoke-endpoint-w"], ["invoke-endpoint-with-response-stream"]),
        (["sagemaker", "invoke-"], []),
        (["watch", "training"], ["training-job"]),
        (["watch", "endpoint", "x", "--pl"], ["--plain"]),
        (["guide", "command"], ["command-line"]),
        (["wait", "endpoint-in-service", "--desired"], ["--desired-weights-and-capacities"]),
        (["wait", "settled", "describe-training-j"], ["describe-training-job"]),
        (["wait", "settled", "describe-training-job", "--succ"], ["--success"]),
        (["wait", "nonsense", ""], []),
        (["completion", "z"], ["zsh"]),
        (["help", "describe-endpoint-c"], ["describe-endpoint-config"]),
        (["local", ""], []),
    ],
)
def test_each_place_has_its_own(words: list[str], wanted: list[str]) -> None:
    """Values behind `=`, services, kinds, guides and shells are offered where they belong."""
    assert list(candidates(words)) == wanted


def test_options_come_with_a_few_words() -> None:
    """Each option says of which type it is and whether it is required."""
    found = candidates(["create-endpoint", "--"])
    assert found["--endpoint-name"] == "string, 0 to 63 characters, required"
    assert found["--region"] == "the AWS region"
    code, out, _ = run_ours(["completion", "candidates", "--", "create-endpoint", "--tag"])
    assert (code, out) == (0, "--tags\tlist, 0 to 50 items\n")


def test_profiles_and_regions_are_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The profiles are those of the files, the regions those in which the service is."""
    (tmp_path / "config").write_text("[profile blue]\nregion = x\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    assert list(candidates(["--profile", "b"])) == ["blue"]
    assert "eu-central-1" in candidates(["list-endpoints", "--region", "eu-"])


@pytest.fixture
def path(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the program, on the path of the shells."""
    program = tmp_path / "bin" / "aiosagemaker"
    program.parent.mkdir()
    program.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(SOURCE)!r})\n"
        "from aiosagemaker.cli import main\nsys.exit(main())\n"
    )
    program.chmod(0o755)
    server.reset({"Endpoints": [{"EndpointName": "churn-blue"}, {"EndpointName": "churn-green"}]})
    for name, value in {
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "AWS_ENDPOINT_URL": server.url,
        "LC_ALL": "C.UTF-8",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return program.parent


def shell(name: str, *words: str, script: str) -> list[str]:
    """The lines that a script prints in a shell."""
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    done = subprocess.run([name, *words, script], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.splitlines()


BASH = """eval "$(aiosagemaker completion bash)"
COMP_WORDS=({words}); COMP_CWORD={count}; _aiosagemaker; printf "%s\\n" "${{COMPREPLY[@]}}" """


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("aiosagemaker delete-endpoint --endpoint-n", ["--endpoint-name"]),
        ("aiosagemaker delete-endpoint --endpoint-name churn-", ["churn-blue", "churn-green"]),
        ("aiosagemaker --output = js", ["json"]),
    ],
)
def test_bash_completes(words: str, wanted: list[str], path: Path) -> None:
    """The code for bash, in a bash, offers options, the names of endpoints, and values."""
    script = BASH.format(words=words, count=len(words.split()) - 1)
    assert shell("bash", "--norc", "-c", script=script) == wanted


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("aiosagemaker delete-endpoint --endpoint-n", ["--endpoint-name\tstring, 0 to 63 characters, required"]),
        ("aiosagemaker delete-endpoint --endpoint-name churn-", ["churn-blue", "churn-green"]),
        ("aiosagemaker --output=js", ["--output=json"]),
        ("aiosagemaker create-endpoint --endpoint-name new --tags nofile", []),
    ],
)
def test_fish_completes(line: str, wanted: list[str], path: Path) -> None:
    """The code for fish, in a fish, offers each with its words, and no files where there are better candidates."""
    (path.parent / "churn-file").touch()
    script = f"aiosagemaker completion fish | source; complete -C '{line}'"
    assert shell("fish", "--no-config", "-c", script=script) == wanted


def test_zsh_completes(path: Path) -> None:
    """The code for zsh, in a zsh with a terminal, completes what was typed and lists candidates with their words."""
    if shutil.which("zsh") is None:
        pytest.skip("zsh is not installed")
    terminal = pytest.importorskip("tests.integration.terminal", reason="pseudo-terminals need pyte, and Unix")
    with terminal.Terminal([], os.environ, program=["zsh", "-f", "-i"]) as running:
        running.press(
            b'PS1="> "; autoload -Uz compinit && compinit -u; eval "$(aiosagemaker completion zsh)"; echo rea""dy\r'
        )
        running.until(lambda: "\nready" in running.text)
        running.press(b"aiosagemaker delete-endpoint --endpoint-n\t")
        running.until(lambda: "delete-endpoint --endpoint-name" in running.text)
        running.press(b" churn-\t\t")
        running.until(lambda: "churn-blue" in running.text and "churn-green" in running.text)
        running.press(b"\x15aiosagemaker watch --\t\t")
        running.until(lambda: "one line for each event" in running.text)
        assert "churn-file" not in running.text
