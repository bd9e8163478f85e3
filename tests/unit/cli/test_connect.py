"""A client for one command."""

from __future__ import annotations

import pytest
from tests.integration.cli_side_by_side import Server, run_ours

from aiosagemaker.cli.arguments import Globals
from aiosagemaker.cli.connect import client_settings
from aiosagemaker.cli.failures import UsageError


def test_the_options_become_settings() -> None:
    """Zero seconds are no limit, and a limit on silence lifts those on the whole."""
    settings = client_settings(Globals(cli_read_timeout=0, cli_connect_timeout=7, region="r", profile="p"))
    timeouts = settings["timeouts"]
    assert (timeouts.read, timeouts.connect, timeouts.attempt, timeouts.operation) == (None, 7, None, None)
    assert (settings["region"], settings["profile"]) == ("r", "p")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"endpoint_url": "localhost:8080/x"}, "scheme is missing"),
        ({"endpoint_url": "localhost"}, "scheme is missing"),
        ({"cli_read_timeout": -1}, "--cli-read-timeout: -1 is below zero"),
        ({"cli_connect_timeout": -1}, "--cli-connect-timeout: -1 is below zero"),
    ],
)
def test_a_bad_value_is_told_by_its_option(options: dict[str, object], said: str) -> None:
    """The option is named, not the setting that it becomes."""
    with pytest.raises(UsageError, match=said):
        client_settings(Globals(**options))  # type: ignore[arg-type]  # each of its own type


def test_only_what_the_service_said_is_printed(server: Server) -> None:
    """A required member that the service left out, or sent as null, is not in the answer, in whatever protocol."""
    for words, answer in (
        (["describe-endpoint", "--endpoint-name", "e"], {"EndpointName": "e", "EndpointArn": None}),
        (
            [
                "sagemaker-metrics",
                "batch-get-metrics",
                "--metric-queries",
                "MetricName=a,ResourceArn=b,MetricStat=Min,Period=OneMinute,XAxisType=Timestamp",
            ],
            {"MetricQueryResults": [{"Status": "Complete"}]},
        ),
    ):
        server.reset(answer)
        code, out, err = run_ours([*words, "--output", "text", "--query", "keys(@)", "--endpoint-url", server.url])
        assert (code, err) == (0, "")
        assert out.split() == [name for name, value in answer.items() if value is not None]


def test_a_service_that_is_not_there_is_told_by_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message has the address that was looked for."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    code, _, err = run_ours(["list-endpoints", "--endpoint-url", "http://127.0.0.1:1"])
    assert code == 255
    assert 'Could not connect to the endpoint URL: "http://127.0.0.1:1' in err
    assert "may have acted" not in err


def test_no_sign_request(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """With `--no-sign-request` nothing of a signature reaches the service, credentials or not."""
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    for missing in (False, True):
        if missing:
            monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        server.reset({})
        assert run_ours(["list-endpoints", "--no-sign-request", "--endpoint-url", server.url])[0] == 0
        (headers,) = server.headers
        assert not [name for name in headers if name == "authorization" or name.startswith("x-amz-security")]
        assert "x-amz-date" not in headers


def test_signed(server: Server) -> None:
    """Without the option every request is signed with the credentials at hand."""
    server.reset({})
    assert run_ours(["list-endpoints", "--endpoint-url", server.url])[0] == 0
    assert server.headers[0]["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")


@pytest.mark.parametrize("command", ["", "--dry-run", "--generate-cli-skeleton=output"])
def test_a_bad_request(command: str, server: Server) -> None:
    """What breaks the model's rules is said in the model's names, whatever the command was to do, and not sent."""
    server.reset({})
    words = ["create-endpoint-config", "--endpoint-config-name", "c", "--production-variants", "[]"]
    code, out, err = run_ours([*words, "--endpoint-url", server.url, *filter(None, [command])])
    assert (code, out, server.requests) == (252, "", [])
    assert err.startswith(
        "Parameter validation failed: Invalid length for parameter ProductionVariants: expected at least 1 item"
    )
