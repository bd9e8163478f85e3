"""Failures in one line, with what helps."""

from __future__ import annotations

import pytest

from aiosagemaker.cli.failures import (
    EXIT_CODES,
    AnswerKept,
    Incomplete,
    UsageError,
    WaitFailed,
    error_name,
    exit_code,
    message,
    shown,
)
from aiosagemaker.errors import (
    ConfigError,
    CredentialsError,
    ExpiredTokenException,
    NoCredentialsError,
    NoRegionError,
    OperationTimeout,
    ReadTimeout,
    ServiceError,
    WaiterFailed,
)

REFUSAL = ServiceError("no\x1b[2J\nway", code="Nope", operation="DeleteEndpoint", http_status=400)


@pytest.mark.parametrize(
    ("error", "code", "name"),
    [
        (UsageError("x"), 252, "ParamValidation"),
        (NoRegionError(), 253, "NoRegion"),
        (NoCredentialsError(), 253, "NoCredentials"),
        (ConfigError("x"), 253, "Configuration"),
        (REFUSAL, 254, "Nope"),
        (Incomplete(REFUSAL, "kept"), 254, "Nope"),
        (WaitFailed("x"), 255, "Waiter"),
        (RecursionError(), 255, "Recursion"),
    ],
)
def test_each_has_its_code_and_name(error: Exception, code: int, name: str) -> None:
    """The exit code and the name for machines are those of the kind; help knows each code."""
    assert (exit_code(error), error_name(error)) == (code, name)
    assert code in EXIT_CODES


def test_what_the_service_says_moves_no_cursor_and_stays_in_a_line() -> None:
    """Control characters and line ends of a message are not those of the terminal."""
    text = message(REFUSAL)
    assert text == "An error occurred (Nope) when calling the DeleteEndpoint operation: no\\x1b[2J way"
    assert "\n" not in message(WaiterFailed("a\nb"))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (CredentialsError("Error loading SSO Token: Token for x does not exist"), 'Run "aws sso login --profile dev".'),
        (CredentialsError("The SSO session has expired"), 'Run "aws sso login --profile dev".'),
        (ExpiredTokenException("old", operation="X"), '"aws sso login --profile dev" if they come from SSO'),
    ],
)
def test_an_expired_token_says_how_to_get_another(error: Exception, said: str) -> None:
    """The command to type is in the message, with the profile in use."""
    assert said in message(error, "dev")
    assert '"aws sso login"' in message(error)


@pytest.mark.parametrize("kind", [ReadTimeout, OperationTimeout])
def test_what_was_sent_in_vain_is_told(kind: type[ReadTimeout | OperationTimeout]) -> None:
    """After a timeout: how often the request was sent, and that the service may have acted; a refusal says neither."""
    error = kind("late")
    error.attempts = 3
    option = " (--cli-read-timeout)" if kind is ReadTimeout else ""
    assert message(error) == f"late{option}. The request was sent 3 times, and the service may have acted."
    error.maybe_sent = False
    assert message(error) == f"late{option}"
    assert "sent" not in message(REFUSAL)


def test_an_answer_that_could_not_be_printed_is_there() -> None:
    """It follows the message as it is, but for what a terminal would obey."""
    assert message(AnswerKept("bad query", '{\n  "a": "\x9b"\n}')).splitlines() == [
        "bad query",
        "The service's answer:",
        "{",
        '  "a": "\\x9b"',
        "}",
    ]


def test_values_are_shown_as_json() -> None:
    """No value is shown as Python writes it, and none at full length."""
    assert [shown(value) for value in (None, True, "é", {"a": 1})] == ["null", "true", '"é"', '{"a": 1}']
    assert len(shown("x" * 1000)) < 90
