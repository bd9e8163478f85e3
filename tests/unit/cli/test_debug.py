"""What `--debug` tells."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pytest
from tests.integration.cli_side_by_side import Server, run_ours

from aiosagemaker.cli.commands import command_of
from aiosagemaker.cli.debug import redacted
from aiosagemaker.cli.shapes import RowShape

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    root, kept = (
        logging.getLogger(),
        {name: logging.getLogger(name).level for name in ("aiosagemaker", "botocore.credentials")},
    )
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    for name, value in kept.items():
        logging.getLogger(name).setLevel(value)


def test_where_whose_and_what(server: Server) -> None:
    """Endpoint, region and credentials with where they came from; the request and the answer; no key."""
    server.reset({"EndpointName": "e", "EndpointStatus": "In\x1bService"})
    words = ["describe-endpoint", "--endpoint-name", "e", "--debug", "--endpoint-url", server.url]
    code, _, err = run_ours(words)
    assert code == 0
    for said in (
        f"endpoint {server.url} (explicit)",
        "region us-east-1 (environment AWS_DEFAULT_REGION)",
        "credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment",
        'request DescribeEndpointRequest {"EndpointName": "e"}',
        "response DescribeEndpointResponse ",
    ):
        assert said in err
    assert "\x1b" not in err
    assert not [secret for secret in ("AKIDEXAMPLE", "Signature=") if secret in err]


def test_credentials_of_a_profile_are_told_by_their_file(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has several files sees which one counted."""
    path = tmp_path / "credentials"
    path.write_text("[dev]\naws_access_key_id = AKIAZ\naws_secret_access_key = hidden\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(path))
    server.reset({})
    _, _, err = run_ours(["list-endpoints", "--profile", "dev", "--debug", "--endpoint-url", server.url])
    assert "shared credentials file" in err
    assert "hidden" not in err
    _, _, err = run_ours(["list-endpoints", "--no-sign-request", "--debug", "--endpoint-url", server.url])
    assert "credentials: none" in err


def test_sensitive_members_are_not_told(server: Server) -> None:
    """What the model calls sensitive is replaced, in lists and maps too, and so is an endpoint's body."""
    server.reset({})
    words = ["invoke-endpoint", "--endpoint-name", "e", "--body", "my-secret-body", "/dev/null", "--debug"]
    _, _, err = run_ours([*words, "--custom-attributes", "my-secret-attribute", "--endpoint-url", server.url])
    assert "my-secret" not in err
    assert '"Body": "<redacted>"' in err
    namespace = command_of("sagemaker-runtime", "InvokeEndpoint").namespace
    shape = RowShape(namespace, "InvokeEndpointRequest")
    assert json.dumps(redacted({"Unknown": 1, "EndpointName": "e"}, shape)) == '{"Unknown": 1, "EndpointName": "e"}'


def test_without_it_nothing_is_told(server: Server) -> None:
    """A command that succeeds writes nothing to standard error."""
    server.reset({})
    assert run_ours(["list-endpoints", "--endpoint-url", server.url])[2] == ""
