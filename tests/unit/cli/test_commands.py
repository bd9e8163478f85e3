"""Commands beyond what the AWS CLI has: dry runs, YAML, streams, completion, help, failures in one line."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.integration.cli_side_by_side import Server, run_ours

from aiosagemaker._shapes.namespace import Namespace
from aiosagemaker._shapes.schema import Schema
from aiosagemaker.cli import completion
from aiosagemaker.cli._tables import write_table
from aiosagemaker.cli.commands import Command, command_names, find_command, waiter_names
from aiosagemaker.cli.skeletons import input_skeleton, yaml_skeleton

if TYPE_CHECKING:
    from collections.abc import Sequence

SOURCE = Path(__file__).parents[3] / "src"


def python(program: str, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A program in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", program, *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(SOURCE), **variables},
    )


def test_the_version_needs_nothing_else() -> None:
    """`--version` imports neither the client nor anything that is not Python's own."""
    program = (
        "import sys; from aiosagemaker.cli import main; code = main(['--version']);"
        "print(sorted(m for m in sys.modules if m.partition('.')[0] in "
        "{'typing', 'argparse', 'aiohttp', 'attrs', 'botocore', 'json'})); sys.exit(code)"
    )
    done = python(program)
    assert done.returncode == 0
    version, modules = done.stdout.splitlines()
    assert version.startswith("aiosagemaker/")
    assert modules == "[]"


def test_a_command_builds_only_its_own_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the table's thousands of rows a command reads those that it needs."""
    command = find_command("describe-endpoint")
    assert command is not None
    schema = Schema.parse((SOURCE / "aiosagemaker" / "sagemaker" / "schema.json").read_text(encoding="utf-8"))
    fresh = Command("sagemaker", Namespace("x", schema), "DescribeEndpoint")
    assert [parameter.option for parameter in fresh.parameters] == ["--endpoint-name"]
    assert len(schema.operations._rows) + len(schema.shapes._rows) < 5


def test_a_dry_run_needs_no_credentials_and_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """`--dry-run` prints method, address, headers and body of the request, before or after the command."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    words = ["describe-endpoint", "--endpoint-name", "e"]
    for given in ([*words, "--dry-run"], ["--dry-run", *words]):
        code, out, err = run_ours(given)
        assert (code, err) == (0, "")
        request = json.loads(out)
        assert request["Method"] == "POST"
        assert request["Url"].rstrip("/") == "https://api.sagemaker.us-east-1.amazonaws.com"
        assert request["Headers"]["X-Amz-Target"] == "SageMaker.DescribeEndpoint"
        assert "Authorization" not in request["Headers"]
        assert request["Body"] == {"EndpointName": "e"}


def test_a_dry_run_refuses_what_would_be_refused() -> None:
    """A request that breaks the model's rules ends a dry run with 252, and the rule is named in the model's names."""
    code, out, err = run_ours(
        ["create-endpoint", "--endpoint-name", "e", "--endpoint-config-name", "c", "--tags", "Key=a", "--dry-run"]
    )
    assert (code, out) == (252, "")
    assert err == 'Parameter validation failed: Missing required parameter in Tags[0]: "Value"\n'


def test_every_command_can_be_run_dry() -> None:
    """A wait and a watch show the request that they would repeat."""
    for words in (["wait", "endpoint-deleted", "--endpoint-name", "e"], ["watch", "endpoint", "e"]):
        code, out, _ = run_ours([*words, "--dry-run", "--query", 'Headers."X-Amz-Target"', "--output", "text"])
        assert (code, out) == (0, "SageMaker.DescribeEndpoint\n")


def test_yaml_goes_in_and_comes_out(server: Server, tmp_path: Path) -> None:
    """YAML input makes the request that its JSON makes, and the answer reads back from YAML as it was."""
    server.reset({"EndpointArn": "arn:é", "Nothing": None})
    path = tmp_path / "in.yaml"
    path.write_text("EndpointName: e\nEndpointConfigName: c\nTags:\n- Key: '2020-01-02'\n  Value: 'no'\n")
    words = ["create-endpoint", "--cli-input-yaml", f"file://{path}", "--endpoint-name", "f"]
    code, out, _ = run_ours([*words, "--output", "yaml", "--endpoint-url", server.url])
    assert code == 0
    assert server.requests[0].body == {
        "EndpointName": "f",
        "EndpointConfigName": "c",
        "Tags": [{"Key": "2020-01-02", "Value": "no"}],
    }
    assert yaml.safe_load(out) == {"EndpointArn": "arn:é"}
    assert "é" in out


def test_a_stream_of_yaml_has_an_item_for_each_page(server: Server) -> None:
    """`yaml-stream` prints pages as they come, as items of one list."""
    server.reset({"Endpoints": [{"EndpointName": "a"}], "NextToken": "t"}, {"Endpoints": [{"EndpointName": "b"}]})
    code, out, _ = run_ours(["list-endpoints", "--output", "yaml-stream", "--endpoint-url", server.url])
    assert code == 0
    assert yaml.safe_load(out) == [{"Endpoints": [{"EndpointName": name}]} for name in "ab"]


def test_only_one_whole_input_is_taken() -> None:
    """JSON and YAML at once are a usage error."""
    code, _, err = run_ours(["create-endpoint", "--cli-input-json", "{}", "--cli-input-yaml", "{}"])
    assert code == 252
    assert "Only one of" in err


def test_the_skeleton_in_yaml_says_what_that_in_json_says() -> None:
    """Every operation's YAML skeleton reads as its JSON skeleton, and its comments name what is required."""
    for name in command_names():
        command = find_command(name)
        if command is None:
            continue
        sample = json.loads(input_skeleton(command))
        text = yaml_skeleton(command)
        assert _comparable(yaml.load(text, yaml.BaseLoader)) == _comparable(sample), name
        assert all("[REQUIRED]" in text for parameter in command.parameters if parameter.required), name


def _comparable(value: Any) -> Any:
    # YAML's text has no types, and both leave out what is empty in their own way.
    if isinstance(value, dict):
        return {key: _comparable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_comparable(item) for item in value]
    return {"None": "", "True": "true"}.get(str(value), str(value))


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["describe-endpont"], 252, "maybe you meant:\n  * describe-endpoint"),
        (["describe-endpoint", "--endpoint-name", "e", "--endpoint-nam2", "x"], 252, "Unknown options"),
        (["wait", "endpoint-inservice", "--endpoint-name", "e"], 252, "maybe you meant:\n  * endpoint-in-service"),
        (["describe-endpoint"], 252, "usage: aiosagemaker describe-endpoint --endpoint-name <value>"),
        (["describe-endpoint", "--endpoint-name", "e", "--endpoint-url", "localhost"], 252, "scheme is missing"),
        (["list-endpoints", "--profile", "missing"], 253, "The config profile could not be found"),
        (["list-endpoints", "--endpoint-url", "http://127.0.0.1:1"], 255, "Could not connect to the endpoint URL"),
        (["completion", "tcsh"], 252, "bash, zsh, fish"),
        (["watch", "model", "m"], 252, "invalid choice"),
        (["help", "describe-endpont"], 252, "describe-endpoint"),
    ],
)
def test_a_failure_is_told_and_has_its_code(
    words: Sequence[str], code: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each kind of failure has the exit code that the AWS CLI documents, words, and no traceback."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    ended, out, err = run_ours(words)
    assert (ended, out) == (code, "")
    assert said in err
    assert "Traceback" not in err


def test_without_a_region_the_configuration_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """No region is exit code 253 and the AWS CLI's words, in one line."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert run_ours(["list-endpoints"]) == (
        253,
        "",
        'You must specify a region. You can also configure your region by running "aws configure".\n',
    )


def test_without_credentials_the_configuration_is_wrong(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    """No credentials are exit code 253, and nothing is sent; unsigned requests need none."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    server.reset({"Endpoints": []})
    words = ["list-endpoints", "--endpoint-url", server.url]
    code, _, err = run_ours(words)
    assert (code, server.requests) == (253, [])
    assert err.startswith("Unable to locate credentials.")
    assert run_ours([*words, "--no-sign-request"])[0] == 0
    assert len(server.requests) == 1


def test_debug_shows_where_an_error_came_from() -> None:
    """`--debug` brings the traceback that is kept back otherwise."""
    program = "import sys; from aiosagemaker.cli import main; sys.exit(main())"
    done = python(program, "create-endpoint", "--cli-input-json", "[]", "--debug")
    assert done.returncode == 252
    assert "Traceback" in done.stderr


def test_a_stream_of_a_models_answer_is_written_as_it_comes(server: Server, tmp_path: Path) -> None:
    """The parts of `invoke-endpoint-with-response-stream` end up in the file, or on standard output for `-`."""
    body = b"".join(_event(part) for part in (b"one ", b"\xff", b" three"))
    out = tmp_path / "out"
    words = ["invoke-endpoint-with-response-stream", "--endpoint-name", "e", "--body", "x", "--endpoint-url"]
    server.reset()
    server.answers = [(200, {"Content-Type": "application/vnd.amazon.eventstream"}, body)]
    assert run_ours([*words, server.url, str(out)]) == (0, "", "")
    assert out.read_bytes() == b"one \xff three"
    server.answers = [(200, {"Content-Type": "application/vnd.amazon.eventstream"}, _event(b"to the screen"))]
    assert run_ours([*words, server.url, "-"]) == (0, "to the screen", "")


def _event(payload: bytes) -> bytes:
    import binascii
    import struct

    headers = b""
    for name, value in {":message-type": "event", ":event-type": "PayloadPart"}.items():
        text = value.encode()
        headers += bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(text)) + text
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    start = prelude + struct.pack(">I", binascii.crc32(prelude)) + headers + payload
    return start + struct.pack(">I", binascii.crc32(start))


def test_base64_is_taken_where_it_is_asked_for(server: Server, tmp_path: Path) -> None:
    """A blob given as text is that text, and with `--cli-binary-format base64` what the text stands for."""
    server.reset({})
    words = ["invoke-endpoint", "--endpoint-name", "e", "--body", "aGk=", "--endpoint-url", server.url]
    assert run_ours([*words, str(tmp_path / "out")])[0] == 0
    assert run_ours([*words, "--cli-binary-format", "base64", str(tmp_path / "out")])[0] == 0
    assert [request.body for request in server.requests] == [b"aGk=", b"hi"]


def test_help_explains_every_command() -> None:
    """The page of any command names it, its options and its answer, and fits the terminal's width where words allow."""
    for words, said in (
        (["help"], ["describe-endpoint", "--dry-run", "wait", "watch"]),
        (
            ["create-endpoint", "help"],
            ["--endpoint-name", "required", "--tags", "Key=string,Value=string", "EndpointArn"],
        ),
        (["help", "list-endpoints"], ["--max-items", "--status-equals", "InService"]),
        (["wait", "endpoint-in-service", "help"], ["--timeout", "EndpointStatus is InService"]),
        (["wait", "help"], ["endpoint-deleted"]),
        (["watch", "help"], ["--plain"]),
        (["invoke-endpoint", "help"], ["<outfile>"]),
    ):
        code, out, err = run_ours(words)
        assert (code, err) == (0, "")
        assert [text for text in said if text not in out] == []
        long = [line for line in out.splitlines() if len(line) > 110]
        assert len(long) < 5, long[:3]


def test_candidates_fit_what_was_typed() -> None:
    """Commands, options, waiters and values are offered where each belongs."""
    candidates = completion.candidates
    assert candidates(["describe-endpoint"]) == ["describe-endpoint", "describe-endpoint-config"]
    assert "--endpoint-name" in candidates(["create-endpoint", "--"])
    assert candidates(["create-endpoint", "--endpoint-n"]) == ["--endpoint-name"]
    assert candidates(["list-endpoints", "--status-equals", "In"]) == ["InService"]
    assert candidates(["--output", "y"]) == ["yaml", "yaml-stream"]
    assert candidates(["--region", "us-east-1", "list-end"]) == ["list-endpoint-configs", "list-endpoints"]
    assert candidates(["wait", "endpoint-"]) == ["endpoint-deleted", "endpoint-in-service"]
    assert "--timeout" in candidates(["wait", "endpoint-deleted", "--t"])
    assert candidates(["create-endpoint", "--generate-cli-skeleton", "y"]) == ["yaml-input"]
    assert candidates(["create-model", "--no-enable"]) == ["--no-enable-network-isolation"]
    assert candidates(["nonsense", "--"]) == []


def test_bash_completes(tmp_path: Path) -> None:
    """The code for bash, in a bash, offers the command's options."""
    program = tmp_path / "aiosagemaker"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(SOURCE)!r})\n"
        "from aiosagemaker.cli import main\nsys.exit(main())\n"
    )
    program.chmod(0o755)
    script = (
        'eval "$(aiosagemaker completion bash)"; COMP_WORDS=(aiosagemaker delete-endpoint --endpoint-n); COMP_CWORD=2; '
        'COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}; _aiosagemaker; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
    )
    assert done.stdout.split() == ["--endpoint-name"]


def test_a_table_holds_every_value_uncut() -> None:
    """In a file a table is as wide as its longest value, with what is nested in tables of its own."""
    out = io.StringIO()
    arn = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/" + "x" * 200
    value = {
        "EndpointArn": arn,
        "ProductionVariants": [{"VariantName": "v", "DeployedImages": [{"SpecifiedImage": "i"}]}],
    }
    write_table("DescribeEndpoint", value, out, "auto")
    text = out.getvalue()
    assert arn in text
    assert all(word in text for word in ("DescribeEndpoint", "ProductionVariants", "DeployedImages", "SpecifiedImage"))
    assert "\x1b" not in text


def test_all_thirteen_waiters_are_there() -> None:
    """`wait` knows every waiter of the model."""
    assert len(waiter_names()) >= 13
