"""botocore's chain of credentials."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import ssl
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from tests.unit._credentials.aws_server import AwsServer, serving

from aiosagemaker._config.identity import credentials_cache
from aiosagemaker._config.resolution import resolve
from aiosagemaker._credentials.cache import CredentialsCache
from aiosagemaker._credentials.chain import ChainSettings, ChainSource
from aiosagemaker.config import Config, HttpConfig
from aiosagemaker.errors import CredentialsError, NoCredentialsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit._credentials.doubles import TestClock


def write(path: str, text: str) -> None:
    Path(path).write_text(text)


def cache_for(environ: dict[str, str], **fields: Any) -> CredentialsCache:
    return credentials_cache(resolve(Config(**fields), "sagemaker", environ))


async def test_chain_finds_nothing(environ: dict[str, str]) -> None:
    """Without credentials anywhere the error says what was tried and what would help."""
    with pytest.raises(NoCredentialsError, match=r"tried env, .*iam-role\. Give credentials="):
        await cache_for(environ).get()


async def test_chain_environment_and_profile(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment's keys win over a profile that the environment names, and lose to one that the user names."""
    write(
        environ["AWS_SHARED_CREDENTIALS_FILE"],
        "[p]\naws_access_key_id = FROM-P\naws_secret_access_key = s\n"
        "[q]\naws_access_key_id = FROM-Q\naws_secret_access_key = s\n",
    )
    variables = {"AWS_PROFILE": "p", "AWS_DEFAULT_PROFILE": "q"}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    environ |= variables
    assert (await cache_for(environ).get()).access_key == "FROM-P"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "FROM-ENV")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    assert (await cache_for(environ).get()).access_key == "FROM-ENV"
    assert (await cache_for(environ, profile="q").get()).access_key == "FROM-Q"


async def test_chain_searches_anew_when_refused(environ: dict[str, str]) -> None:
    """After the service refused them, keys that were changed in the file are found."""
    path = environ["AWS_SHARED_CREDENTIALS_FILE"]
    write(path, "[default]\naws_access_key_id = OLD\naws_secret_access_key = s\n")
    cache = cache_for(environ, region="eu-west-1")
    old = await cache.get()
    write(path, "[default]\naws_access_key_id = NEW\naws_secret_access_key = s\n")
    assert cache.current() is old
    assert cache.invalidate(old)
    assert (await cache.get()).access_key == "NEW"


async def test_chain_process_with_an_end(environ: dict[str, str], tmp_path: Path) -> None:
    """Credentials that a process gives are kept with the end it tells."""
    answer = {"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "Expiration": "2099-01-01T00:00:00Z"}
    write(str(tmp_path / "answer"), json.dumps(answer))
    write(environ["AWS_CONFIG_FILE"], f"[default]\ncredential_process = cat {tmp_path / 'answer'}\n")
    credentials = await cache_for(environ).get()
    assert credentials.expires_at == datetime(2099, 1, 1, tzinfo=UTC)


ROLE = """
[profile role]
role_arn = arn:aws:iam::123456789012:role/r
role_session_name = session
source_profile = keys
[profile keys]
aws_access_key_id = a
aws_secret_access_key = s
"""


@pytest.fixture
def sts(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsServer]:
    """An STS, and a profile whose role it gives."""
    write(environ["AWS_CONFIG_FILE"], ROLE)
    with serving() as aws:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", aws.url)
        yield aws


@pytest.mark.parametrize(
    ("http", "variables", "proxied"),
    [
        (HttpConfig(), {}, False),
        (HttpConfig(), {"HTTP_PROXY": "{proxy}"}, True),
        (HttpConfig(), {"HTTP_PROXY": "{proxy}", "NO_PROXY": "localhost"}, False),
        (HttpConfig(trust_env=False), {"HTTP_PROXY": "{proxy}"}, False),
        (
            HttpConfig(proxy="http://filled-in.example"),
            {"HTTP_PROXY": "http://localhost:1", "NO_PROXY": "localhost"},
            True,
        ),
    ],
    ids=["none", "environment", "no proxy", "no trust", "explicit"],
)
async def test_proxies(
    http: HttpConfig, variables: dict[str, str], proxied: bool, sts: AwsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The calls that fetch credentials go through the proxy that the other calls go through."""
    with serving() as proxy:
        for name, value in variables.items():
            monkeypatch.setenv(name, value.format(proxy=proxy.url))
        explicit = http.proxy and proxy.url
        settings = ChainSettings(profile="role", region="us-east-1", proxy=explicit, trust_env=http.trust_env)
        assert (await CredentialsCache(ChainSource(settings)).get()).access_key == "ASSUMED"
        assert (proxy.targets, sts.targets) == (([f"{sts.url}/"], []) if proxied else ([], ["/"]))


async def test_container_is_checked_against_the_ca_bundle(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """AWS_CA_BUNDLE counts for a container's endpoint too, in the chain and as the source of a role's credentials."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    write(
        environ["AWS_CONFIG_FILE"],
        "[profile role]\nrole_arn = arn:aws:iam::123456789012:role/r\ncredential_source = EcsContainer\n",
    )
    with serving(context) as aws:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{aws.url}/container")
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", aws.url)
        monkeypatch.setattr("botocore.utils.ContainerMetadataFetcher.RETRY_ATTEMPTS", 1)
        with pytest.raises(CredentialsError, match="CERTIFICATE_VERIFY_FAILED"):
            await CredentialsCache(ChainSource()).get()
        monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "ca.pem"))
        assert (await CredentialsCache(ChainSource()).get()).access_key == "CONTAINER"
        role = ChainSource(ChainSettings(profile="role", region="us-east-1"))
        assert (await CredentialsCache(role).get()).access_key == "ASSUMED"


HELPER = """
import json, sys
if {fails}:
    sys.exit("hunter2")
print(json.dumps({{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "Expiration": "{end}"}}))
"""


def write_helper(environ: dict[str, str], tmp_path: Path, *, fails: bool, end: str) -> None:
    write(str(tmp_path / "helper.py"), HELPER.format(fails=fails, end=end))
    command = f"{sys.executable} {tmp_path / 'helper.py'}"
    write(environ["AWS_CONFIG_FILE"], f"[profile helped]\ncredential_process = {command}\n")


async def test_helper_that_fails_is_not_logged_with_its_words(
    environ: dict[str, str], tmp_path: Path, caplog: pytest.LogCaptureFixture, clock: TestClock
) -> None:
    """What a helper writes to its standard error is in no record of this library; the error of a call has it, once."""
    write_helper(environ, tmp_path, fails=False, end="2100-01-01T00:00:00Z")
    cache = CredentialsCache(ChainSource(ChainSettings(profile="helped")), clock=clock)
    held = await cache.get()
    assert held.expires_at
    write_helper(environ, tmp_path, fails=True, end="")
    clock.now = held.expires_at.timestamp() - 30
    assert cache.invalidate(held)
    with caplog.at_level(logging.DEBUG, "aiosagemaker"):
        assert await cache.get() is held
    (record,) = [record for record in caplog.records if record.name.startswith("aiosagemaker")]
    assert "credential_process, profile 'helped') failed (CredentialRetrievalError)" in record.getMessage()
    assert "hunter2" not in caplog.text
    with pytest.raises(CredentialsError, match=r"credential_process, profile 'helped'.*hunter2"):
        await CredentialsCache(ChainSource(ChainSettings(profile="helped"))).get()


async def test_names_what_is_being_asked(environ: dict[str, str], tmp_path: Path) -> None:
    """While a helper hangs, the cache says that it is the helper that it waits for."""
    os.mkfifo(tmp_path / "pipe")
    write(environ["AWS_CONFIG_FILE"], f"[profile helped]\ncredential_process = cat {tmp_path / 'pipe'}\n")
    cache = CredentialsCache(ChainSource(ChainSettings(profile="helped")))
    getting = asyncio.ensure_future(cache.get())
    with await asyncio.to_thread(open, tmp_path / "pipe", "w") as pipe:  # which waits until the helper reads
        assert str(cache) == "botocore's chain of credentials (credential_process, profile 'helped')"
        pipe.write('{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s"}')
    assert (await getting).access_key == "A"
