"""Whose credentials a configuration means: who shares a cache, and who does not."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit._credentials.aws_server import serving

from aiosagemaker import SageMakerClient, SageMakerRuntimeClient
from aiosagemaker._clock import Clock
from aiosagemaker._config.identity import credentials_cache
from aiosagemaker._config.resolution import resolve
from aiosagemaker.config import Config, HttpConfig
from aiosagemaker.credentials import Credentials
from aiosagemaker.errors import CredentialsError

if TYPE_CHECKING:
    from pathlib import Path

    from aiosagemaker._credentials.cache import CredentialsCache

if TYPE_CHECKING:
    from collections.abc import Awaitable

KEYS = "[default]\n[profile p]\naws_access_key_id = a\naws_secret_access_key = s\n"


def cache_for(service: str = "sagemaker", **fields: Any) -> CredentialsCache:
    return credentials_cache(resolve(Config(**{"region": "us-east-1", **fields}), service, os.environ))


@pytest.fixture
def config_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration file of the process."""
    path = tmp_path / "config"
    path.write_text(KEYS)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    return path


async def provide() -> Credentials:
    return Credentials("a", "s")


class Vault:
    """Somebody's own source of credentials."""

    async def read(self) -> Credentials:
        return Credentials("a", "s")

    def get_credentials(self) -> None:
        return None


VAULT = Vault()


@pytest.mark.parametrize(
    "fields",
    [{}, {"profile": "p"}, {"http": HttpConfig(proxy="http://p.example")}]
    + [{"credentials": given} for given in (provide, VAULT)],
    ids=["nothing", "profile", "proxy", "callable", "session"],
)
def test_equal_settings_share(fields: dict[str, Any], config_file: Path) -> None:
    """Clients of both services, in any region of a partition, with whatever else, share what is equal."""
    first = cache_for(**fields)
    assert cache_for("sagemaker-runtime", **fields) is first
    assert cache_for(region="eu-west-1", app_id="a", **fields) is first


def test_method_is_shared() -> None:
    """A bound method, which Python makes anew each time, is the same source for the same object, and no other."""
    assert cache_for(credentials=VAULT.read) is cache_for(credentials=VAULT.read)
    assert cache_for(credentials=Vault().read) is not cache_for(credentials=VAULT.read)


@pytest.mark.parametrize(
    "fields",
    [
        {"profile": "p"},
        {"region": "cn-north-1"},
        {"region": "us-gov-west-1"},
        {"http": HttpConfig(proxy="http://p.example")},
        {"http": HttpConfig(trust_env=False)},
        {"clock": Clock()},
        {"credentials": provide},
        {"credentials": Credentials("a", "s")},
    ],
)
def test_other_settings_do_not_share(fields: dict[str, Any], config_file: Path) -> None:
    """Another profile, partition, way to the network, clock or source is another identity."""
    assert cache_for(**fields) is not cache_for()


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_PROFILE", "HTTPS_PROXY"])
def test_other_environment_does_not_share(name: str, config_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the chain reads from the environment tells identities apart."""
    before = cache_for()
    monkeypatch.setenv(name, "p")
    assert cache_for() is not before


def test_changed_file_does_not_share(config_file: Path) -> None:
    """A client that is made after a file of profiles changed reads it anew."""
    before = cache_for()
    config_file.write_text(KEYS + "[profile q]\n")
    assert cache_for() is not before


def environ(tmp_path: Path, profile: str, **variables: str) -> dict[str, str]:
    """The environment of a process with one profile in its files, and nothing else of AWS."""
    (tmp_path / "config").write_text(profile)
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "HOME": str(tmp_path),
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_PROFILE": "p",
        "AWS_REGION": "us-east-1",
        **variables,
    }


CALLS = """
import asyncio, sys, threading
from aiosagemaker import SageMakerClient, SageMakerRuntimeClient, errors

async def call(count):
    async with SageMakerClient(endpoint_url=sys.argv[1]) as client, SageMakerRuntimeClient(
        endpoint_url=sys.argv[1]
    ) as runtime:
        await asyncio.gather(
            *(client.list_endpoints() for _ in range(count)),
            *(runtime.invoke_endpoint(endpoint_name="e", body=b"") for _ in range(count)),
        )

threads = [threading.Thread(target=asyncio.run, args=(call(5),)) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def run_calls(url: str, environ: dict[str, str], answer: str = "") -> str:
    """Forty calls of eight clients of both services, on four threads; what it wrote to its standard error."""
    ended = subprocess.run(
        [sys.executable, "-c", CALLS, url],
        input=answer,
        capture_output=True,
        text=True,
        env=environ,
        timeout=60,
        start_new_session=True,  # no terminal to ask on
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stderr


def test_one_role_for_every_client(tmp_path: Path) -> None:
    """However many clients, services and threads a process has, a role is assumed once, with one MFA code."""
    role = "role_arn = arn:aws:iam::123456789012:role/r\nmfa_serial = arn:aws:iam::123456789012:mfa/me\n"
    keys = "[profile keys]\naws_access_key_id = a\naws_secret_access_key = s\n"
    with serving() as aws:
        variables = environ(tmp_path, f"[profile p]\n{role}source_profile = keys\n{keys}", AWS_ENDPOINT_URL_STS=aws.url)
        run_calls(aws.url, variables, "123456\n")
        assert aws.asked.count("AssumeRole") == 1
        assert len(aws.asked) == 41


def test_one_sso_token_for_every_client(tmp_path: Path) -> None:
    """A refresh token, which works once, is used once, whoever comes first."""
    session = "[sso-session s]\nsso_region = us-east-1\nsso_start_url = https://s.example/start\n"
    profile = "[profile p]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = r\n"
    now = datetime.now(UTC)
    token = {
        "startUrl": "https://s.example/start",
        "region": "us-east-1",
        "accessToken": "old",
        "expiresAt": (now - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "clientId": "c",
        "clientSecret": "s",
        "registrationExpiresAt": (now + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "refreshToken": "first",
    }
    cached = tmp_path / ".aws/sso/cache" / f"{hashlib.sha1(b's').hexdigest()}.json"
    cached.parent.mkdir(parents=True)
    cached.write_text(json.dumps(token))
    with serving() as aws:
        urls = {"AWS_ENDPOINT_URL_SSO": aws.url, "AWS_ENDPOINT_URL_SSO_OIDC": aws.url}
        run_calls(aws.url, environ(tmp_path, session + profile, **urls))
        assert [name for name in aws.asked if name != "Call"] == ["CreateToken", "GetRoleCredentials"]
        assert len(aws.asked) == 42


HUNG = """
import asyncio, sys
from aiosagemaker import SageMakerClient, TimeoutConfig, errors

async def main():
    async with SageMakerClient(endpoint_url=sys.argv[1], timeouts=TimeoutConfig(operation=1.5)) as client:
        try:
            await client.list_endpoints()
        except errors.CredentialsError as error:
            print(error, isinstance(error, TimeoutError))

asyncio.run(main())
"""


def test_hung_helper(tmp_path: Path) -> None:
    """A helper that hangs ends the call in time, with an error that names it, and the program, which does not wait."""
    os.mkfifo(tmp_path / "pipe")
    ended = subprocess.run(
        [sys.executable, "-c", HUNG, "http://127.0.0.1:1"],
        capture_output=True,
        text=True,
        env=environ(tmp_path, f"[profile p]\ncredential_process = cat {tmp_path / 'pipe'}\n"),
        timeout=30,
    )
    # Its other end was never opened: only now can the helper end.
    with (tmp_path / "pipe").open("w"):
        pass
    assert ended.stderr == ""
    assert "took longer than 1.5 s" in ended.stdout
    assert "credentials (credential_process)" in ended.stdout
    assert ended.stdout.endswith("True\n")


@pytest.mark.parametrize("pause", [0.0, 0.05])
async def test_failing_source_is_asked_once_for_all_that_wait(pause: float) -> None:
    """Fifty calls at once, of two new clients, that meet a source which fails make it be asked once."""
    asked = 0

    def fail() -> None:
        nonlocal asked
        asked += 1
        time.sleep(pause)
        raise OSError("unreachable")

    session = SimpleNamespace(get_credentials=fail)
    settings: dict[str, Any] = {"region": "us-east-1", "endpoint_url": "http://127.0.0.1:1", "credentials": session}
    async with SageMakerClient(**settings) as client, SageMakerRuntimeClient(**settings) as runtime:
        calls: list[Awaitable[object]] = [client.list_endpoints() for _ in range(25)]
        calls += [runtime.invoke_endpoint(endpoint_name="e", body=b"") for _ in range(25)]
        errors = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(error) for error in errors} == {CredentialsError}
    assert asked == 1
