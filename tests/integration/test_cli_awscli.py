"""The same words after `aws sagemaker` and after `aiosagemaker` make the same request, or are refused by both."""

from __future__ import annotations

import json
import os
import random
import secrets
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.cli_draw import Draw, can_be_drawn
from tests.integration.cli_side_by_side import AwsCli, Outcome, Server, environment, interpreter, recording, run_ours

from aiosagemaker._services import SERVICES
from aiosagemaker.cli.commands import Command, command_names, find_command, waiter_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

pytestmark = pytest.mark.skipif(
    not interpreter(), reason="the AWS CLI is not here: run python tests/integration/awscli_parity.py"
)

FILES = {
    "tags.json": '[{"Key": "team", "Value": "growth"}]',
    "tag.txt": "Key=team,Value=growth",
    "name.txt": "from-a-file",
    "endpoint.json": '{"EndpointName": "e", "EndpointConfigName": "c", "Tags": [{"Key": "k", "Value": "v"}]}',
    "broken.json": '{"EndpointName": ',
    "latin.txt": b"\xff\xfe\x00",
    "deployment.json": json.dumps(
        {
            "BlueGreenUpdatePolicy": {
                "TrafficRoutingConfiguration": {
                    "Type": "CANARY",
                    "WaitIntervalInSeconds": 60,
                    "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 10},
                },
                "MaximumExecutionTimeoutInSeconds": 900,
            },
            "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "a"}, {"AlarmName": "b"}]},
        }
    ),
}

VARIANT = "VariantName=v,ModelName=m,InstanceType=ml.m5.large,InitialInstanceCount=1"


def _lines(file: str) -> list[str]:
    lines = Path(__file__).with_name(file).read_text(encoding="utf-8").splitlines()
    return [line.replace("VARIANT", VARIANT) for line in lines if line and not line.startswith("#")]


COMMAND_LINES = _lines("cli_lines.txt")
RUNTIME_LINES = _lines("cli_lines_runtime.txt")

EXIT_CODES = {"done": {0}, "refused by the service": {254, 255}, "refused before anything was sent": {252, 253}}

PAGES: list[Any] = [
    {"Endpoints": [{"EndpointName": "a"}, {"EndpointName": "b"}], "NextToken": "1"},
    {"Endpoints": [], "NextToken": "2"},
    {"Endpoints": [{"EndpointName": "c"}]},
]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with recording() as running:
        yield running


@pytest.fixture(scope="module")
def aws() -> Iterator[AwsCli]:
    running = AwsCli()
    try:
        yield running
    finally:
        running.close()


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    environment(monkeypatch)


def both(
    words: list[str],
    server: Server,
    aws: AwsCli,
    answers: list[Any] | None = None,
    status: int = 200,
    service: str = "sagemaker",
) -> tuple[Outcome, Outcome]:
    """The command through the AWS CLI, then through this one."""
    words = [*words, "--endpoint-url", server.url]
    # The service's word may be left out where no other service has the command.
    ours = words if service in ("sagemaker", "sagemaker-runtime") else [service, *words]
    ends: list[Outcome] = []
    for run in (lambda: aws.run(words, service), lambda: run_ours(ours)):
        server.reset(*(answers or [{"EndpointStatus": "InService"}]), status=status)
        code, out, err = run()
        ends.append(Outcome(code, out, err, server.requests))
    return ends[0], ends[1]


def differences(theirs: Outcome, ours: Outcome) -> list[str]:
    """In what the two do not agree, in words."""
    same = {
        f"requests: {theirs.requests}, and ours {ours.requests}": ours.requests == theirs.requests,
        f"ending: {theirs}, and ours {ours}": ours.ending == theirs.ending,
        f"exit code: {ours.code} for {ours.ending}": ours.code in EXIT_CODES[ours.ending],
        f"standard error: {ours.err}": "Traceback" not in ours.err,
    }
    return [words for words, holds in same.items() if not holds]


@pytest.mark.parametrize("line", COMMAND_LINES)
def test_a_command_line_makes_the_request_that_the_aws_cli_makes(
    line: str, server: Server, aws: AwsCli, tmp_path: Path
) -> None:
    """Method, path, target and body are the same, and what one refuses the other refuses."""
    _write_files(tmp_path)
    if line.startswith("wait endpoint-deleted"):
        refusal = [{"__type": "ValidationException", "message": 'Could not find endpoint "e".'}]
        outcomes = both(shlex.split(line), server, aws, refusal, 400)
    else:
        outcomes = both(shlex.split(line.replace("DIR", str(tmp_path))), server, aws)
    assert differences(*outcomes) == []


def _write_files(folder: Path) -> None:
    for name, content in FILES.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.mark.parametrize("line", RUNTIME_LINES)
def test_a_command_line_calls_an_endpoint_as_the_aws_cli_does(
    line: str, server: Server, aws: AwsCli, tmp_path: Path
) -> None:
    """Method, path, headers and body are the same, the answer's body is in the file, the rest of it is printed."""
    _write_files(tmp_path)
    out = tmp_path / "out"
    words = shlex.split(line.replace("DIR", str(tmp_path)))
    theirs, ours = both(words, server, aws, service="sagemaker-runtime")
    assert differences(theirs, ours) == []
    assert ours.out == theirs.out
    if str(out) in words and ours.code == 0:
        assert json.loads(out.read_bytes()) == {"EndpointStatus": "InService"}


@pytest.mark.parametrize(
    "options",
    [
        "",
        "--max-items 1",
        "--max-items 2",
        "--max-items 3",
        "--max-items 9",
        "--no-paginate",
        "--page-size 2",
        "--starting-token eyJOZXh0VG9rZW4iOiBudWxsLCAiYm90b190cnVuY2F0ZV9hbW91bnQiOiAxfQ==",
        "--max-items 1 --starting-token eyJOZXh0VG9rZW4iOiAidCIsICJib3RvX3RydW5jYXRlX2Ftb3VudCI6IDF9",
        "--starting-token t --page-size 1",
        "--query Endpoints[].EndpointName",
        "--query length(Endpoints)",
        "--query Nothing",
    ],
)
@pytest.mark.parametrize("output", ["json", "text"])
def test_pages_are_asked_for_and_printed_as_the_aws_cli_does(
    options: str, output: str, server: Server, aws: AwsCli
) -> None:
    """Requests and standard output are the same for a list in pages, tokens to go on with included."""
    theirs, ours = both(["list-endpoints", *shlex.split(options), "--output", output], server, aws, list(PAGES))
    assert differences(theirs, ours) == []
    assert ours.out == theirs.out


ANSWER = {
    "EndpointName": "e",
    "EndpointArn": "arn:aws:sagemaker:us-east-1:123456789012:endpoint/e",
    "EndpointConfigName": "c",
    "ProductionVariants": [
        {"VariantName": "v", "DeployedImages": [{"SpecifiedImage": "i"}, {"ResolvedImage": "j"}], "CurrentWeight": 1.0},
        {"VariantName": "w", "DesiredInstanceCount": 2, "DeployedImages": []},
    ],
    "EndpointStatus": "InService",
    "FailureReason": "é ✓ <none>",
}


@pytest.mark.parametrize("output", ["json", "text"])
@pytest.mark.parametrize(
    "query",
    [
        None,
        "EndpointStatus",
        "[EndpointName, EndpointStatus]",
        "{N: EndpointName, V: ProductionVariants[].VariantName}",
        "ProductionVariants[*].[VariantName, DeployedImages]",
        "ProductionVariants",
        "ProductionVariants[0].CurrentWeight",
        "Missing",
        "ProductionVariants[*].DeployedImages[*].SpecifiedImage",
        "length(ProductionVariants) == `2`",
    ],
)
def test_an_answer_is_printed_as_the_aws_cli_prints_it(
    query: str | None, output: str, server: Server, aws: AwsCli
) -> None:
    """JSON and text are the same to the byte, whatever the query leaves of the answer."""
    words = ["describe-endpoint", "--endpoint-name", "e", "--output", output]
    theirs, ours = both([*words, *(["--query", query] if query else [])], server, aws, [ANSWER])
    assert differences(theirs, ours) == []
    assert ours.out == theirs.out


def test_a_refusal_of_the_service_is_told_in_the_same_words(server: Server, aws: AwsCli) -> None:
    """One line on standard error has the AWS CLI's words, and the exit code says that the service refused."""
    refusal = {"__type": "ResourceInUse", "message": "in use"}
    theirs, ours = both(["delete-endpoint", "--endpoint-name", "e"], server, aws, [refusal], 400)
    assert differences(theirs, ours) == []
    assert ours.code == 254
    assert (
        ours.err.strip()
        == theirs.err.strip()
        == ("An error occurred (ResourceInUse) when calling the DeleteEndpoint operation: in use")
    )


def test_a_wait_that_fails_ends_with_255_and_the_reason(server: Server, aws: AwsCli) -> None:
    """A state from which the wanted one does not come ends the wait, with the service's reason."""
    failed = {"EndpointStatus": "Failed", "FailureReason": "no capacity", "EndpointName": "e"}
    theirs, ours = both(["wait", "endpoint-in-service", "--endpoint-name", "e"], server, aws, [failed])
    assert (theirs.code, ours.code) == (255, 255)
    assert ours.requests == theirs.requests
    assert "no capacity" in ours.err
    assert ours.err.count("\n") == 1


@pytest.fixture(scope="module")
def their_commands(aws: AwsCli) -> dict[str, dict[str, bool]]:
    with pytest.MonkeyPatch.context() as patch:
        environment(patch)
        commands: dict[str, dict[str, bool]] = aws.ask("commands", "sagemaker")
        return commands


def _shared(names: Iterable[str]) -> list[Command]:
    known = set(names)
    found = (find_command(name) for name in command_names() if name in known)
    return [command for command in found if command is not None]


def test_every_command_has_the_aws_clis_name_and_options(their_commands: dict[str, dict[str, bool]]) -> None:
    """The commands and the option names of all operations that both know are the same, required ones too."""
    extra = {"cli-input-json", "generate-cli-skeleton", "starting-token", "page-size", "max-items"}
    commands = _shared(their_commands)
    assert len(commands) > 350
    for command in commands:
        theirs = their_commands[command.name]
        ours = {parameter.option.removeprefix("--"): parameter for parameter in command.parameters}
        negated = {f"no-{name}" for name, parameter in ours.items() if parameter.shape.kind == "boolean"}
        assert set(theirs) - extra <= set(ours) | negated, command.name
        for name in set(theirs) & set(ours):
            assert theirs[name] == ours[name].required, (command.name, name)


def test_every_waiter_has_the_aws_clis_name(their_commands: dict[str, dict[str, bool]]) -> None:
    """The words after `wait` are the same."""
    assert set(their_commands["wait"]) - {"help"} <= set(waiter_names())


@pytest.mark.parametrize("service", ["sagemaker", "sagemaker-runtime"])
def test_skeletons_equal_the_aws_clis(service: str, their_commands: dict[str, dict[str, bool]], aws: AwsCli) -> None:
    """The samples of every operation of which both know the same are the same, enums at their first value."""
    from aiosagemaker.cli.skeletons import input_skeleton, output_skeleton

    theirs = aws.ask("skeletons", service)
    ours = {command.operation: command for command in _shared(command_names())}
    compared = 0
    for name in theirs.keys() & ours.keys():
        sample, command = theirs[name], ours[name]
        # The two models may come from different releases of botocore.
        if (sample["input_facts"] or [{}, []]) == _our_facts(command.input, ()):
            # Only JSON's text tells the order of the members.
            assert input_skeleton(command) == json.dumps(sample["input"] or {}, indent=4) + "\n", name
            compared += 1
        if (sample["output_facts"] or [{}, []]) == _our_facts(command.output, ()):
            assert json.dumps(output_skeleton(command)) == json.dumps(sample["output"] or {}), name
            compared += 1
    assert compared >= len(theirs) // 2


def _our_facts(shape: Any, outer: tuple[str, ...]) -> Any:
    name = shape.row.get("model", shape.name)
    if name in outer:
        return None
    outer = (*outer, name)
    least = shape.row.get("min")
    if shape.kind == "structure":
        required = sorted(wire for wire, row in shape.row["members"].items() if row.get("required"))
        return [{name: _our_facts(member, outer) for name, member in shape.members.items()}, required]
    if shape.kind == "list":
        return [_our_facts(shape.item, outer), least]
    if shape.kind == "map":
        return ["map", _our_facts(shape.value, outer), least]
    return [shape.values if shape.kind == "string" else shape.kind, least]


def test_the_skeleton_is_printed_as_the_aws_cli_prints_it(server: Server, aws: AwsCli) -> None:
    """A skeleton's text is the same to the byte, of requests and of answers."""
    for words in (
        ["create-endpoint", "--generate-cli-skeleton"],
        ["create-transform-job", "--generate-cli-skeleton", "input"],
        ["list-endpoints", "--generate-cli-skeleton"],
        ["list-tags", "--resource-arn", "a", "--generate-cli-skeleton", "output"],
        ["search", "--generate-cli-skeleton"],
    ):
        theirs, ours = both(words, server, aws)
        assert ours.out == theirs.out
        assert ours.requests == []


def test_there_are_enough_lines() -> None:
    """The comparison is over at least 500 lines, of which 100 are other ones each time."""
    assert len(COMMAND_LINES) + len(RUNTIME_LINES) + KEPT + DRAWN >= 500
    assert DRAWN == 100


KEPT, DRAWN = 200, 100
SEED = os.environ.get("AIOSAGEMAKER_SEED") or str(secrets.randbelow(10**9))


@pytest.fixture(scope="module")
def drawable(aws: AwsCli) -> list[Command]:
    """The commands of which both sides know the same."""
    with pytest.MonkeyPatch.context() as patch:
        environment(patch)
        found: list[Command] = []
        for service in SERVICES:
            theirs = aws.ask("facts", service.name)
            for name in command_names(service.name) if theirs else ():
                command = find_command(name, service.name)
                assert command is not None
                facts = theirs.get(command.operation)
                if facts is not None and facts == _our_facts(command.input, ()) and can_be_drawn(command):
                    found.append(command)
    assert len({command.service for command in found}) >= 8
    return found


@pytest.mark.parametrize("number", range(KEPT + DRAWN))
def test_a_line_drawn_by_lot_makes_the_same_request(
    number: int, drawable: list[Command], server: Server, aws: AwsCli, tmp_path: Path
) -> None:
    """Any command with any values, however they are written, sends the same, or is refused by both."""
    # The first lines are the same in every run, the others are drawn anew.
    seed = f"{number} of {0 if number < KEPT else SEED}"
    chance = random.Random(seed)
    command = chance.choice(drawable)
    words = Draw(chance).line(command, tmp_path)
    service = command.service.name
    found = differences(*both(words, server, aws, [{}], service=service))
    assert found == [], f"{service} {shlex.join(words)}\nAIOSAGEMAKER_SEED={SEED}"
