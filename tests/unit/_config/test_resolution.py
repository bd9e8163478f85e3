"""What a Config is resolved to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs
import pytest

from aiosagemaker._config.resolution import resolve
from aiosagemaker.config import Config, HttpConfig
from aiosagemaker.credentials import Credentials
from aiosagemaker.errors import (
    ProfileNotFoundError,
)
from aiosagemaker.retries import RetryConfig

VECTORS = Path(__file__).parents[4] / "shared/vectors/configured_endpoint_urls/profile-tests.json"


SECRET = "wJalrXUtnFEMIsecret"


CREDENTIALS = Credentials("AKIDEXAMPLE00001234", SECRET, "the-session-token")


class Session:
    """As much of a boto3 session as the resolution asks."""

    region_name: str | None = "eu-west-1"
    profile_name = "default"

    def get_credentials(self) -> None:
        return None


PROFILE = """
[default]
region = ap-south-1
[profile p]
region = eu-north-1
endpoint_url = https://profile.example
retry_mode = adaptive
max_attempts = 7
use_fips_endpoint = true
use_dualstack_endpoint = TRUE
ca_bundle = /profile/ca.pem
sdk_ua_app_id = from-profile
defaults_mode = auto
"""


ENVIRONMENT = {
    "AWS_REGION": "us-west-2",
    "AWS_ENDPOINT_URL": "https://env.example",
    "AWS_RETRY_MODE": "legacy",
    "AWS_MAX_ATTEMPTS": "5",
    "AWS_USE_FIPS_ENDPOINT": "false",
    "AWS_USE_DUALSTACK_ENDPOINT": "false",
    "AWS_CA_BUNDLE": "/env/ca.pem",
    "AWS_SDK_UA_APP_ID": "from-env",
}


def seen(config: Config) -> dict[str, Any]:
    assert config.retry
    return {
        "region": config.region,
        "endpoint_url": config.endpoint_url,
        "retry.mode": config.retry.mode,
        "retry.max_attempts": config.retry.max_attempts,
        "use_fips": config.use_fips,
        "use_dualstack": config.use_dualstack,
        "http.ca_bundle": config.http.ca_bundle,
        "app_id": config.app_id,
    }


def endpoint_url_cases() -> list[Any]:
    if not VECTORS.exists():
        return [pytest.param(None, None, marks=pytest.mark.skip(reason="the vectors are not here"))]
    suites = json.loads(VECTORS.read_text())["testSuites"]
    return [pytest.param(suite, case, id=case["name"]) for suite in suites for case in suite["endpointUrlTests"]]


def test_defaults(environ: dict[str, str]) -> None:
    """With nothing set anywhere every value but the region is filled, and every source is the default."""
    config = resolve(Config(), "sagemaker", environ)
    assert seen(config) == {
        "region": None,
        "endpoint_url": None,
        "retry.mode": "standard",
        "retry.max_attempts": 3,
        "use_fips": False,
        "use_dualstack": False,
        "http.ca_bundle": None,
        "app_id": None,
    }
    assert config.profile == "default"
    assert {config.source_of(field.name) for field in attrs.fields(Config) if field.init} == {"default"}


def test_profile(environ: dict[str, str]) -> None:
    """The profile's keys fill what neither the user nor the environment set, and are named as the source."""
    Path(environ["AWS_CONFIG_FILE"]).write_text(PROFILE)
    config = resolve(Config(profile="p"), "sagemaker", environ)
    assert seen(config) == {
        "region": "eu-north-1",
        "endpoint_url": "https://profile.example",
        "retry.mode": "adaptive",
        "retry.max_attempts": 7,
        "use_fips": True,
        "use_dualstack": True,
        "http.ca_bundle": "/profile/ca.pem",
        "app_id": "from-profile",
    }
    assert {config.source_of(name) for name in seen(config)} == {"profile"}
    assert config.source_of("retry.max_attempts").name == "max_attempts"
    assert config.source_of("retry") == "profile"
    assert config.source_of("retry.max_backoff") == "default"


def test_environment_before_profile(environ: dict[str, str]) -> None:
    """The environment wins over the profile, and its variables are named as the source."""
    Path(environ["AWS_CONFIG_FILE"]).write_text(PROFILE)
    config = resolve(Config(profile="p"), "sagemaker", environ | ENVIRONMENT)
    assert seen(config) == {
        "region": "us-west-2",
        "endpoint_url": "https://env.example",
        "retry.mode": "standard",
        "retry.max_attempts": 5,
        "use_fips": False,
        "use_dualstack": False,
        "http.ca_bundle": "/env/ca.pem",
        "app_id": "from-env",
    }
    assert {config.source_of(name) for name in seen(config)} == {"environment"}
    assert config.source_of("region").name == "AWS_REGION"


def test_explicit_before_environment(environ: dict[str, str]) -> None:
    """What the user set wins over all, False and defaults included."""
    given = Config(
        region="eu-west-3",
        endpoint_url="https://given.example",
        retry=RetryConfig(mode="off"),
        use_fips=True,
        use_dualstack=True,
        http=HttpConfig(ca_bundle="/given/ca.pem"),
        app_id="given",
        ignore_configured_endpoint_urls=False,
    )
    config = resolve(given, "sagemaker", environ | ENVIRONMENT)
    assert seen(config) == {
        "region": "eu-west-3",
        "endpoint_url": "https://given.example",
        "retry.mode": "off",
        "retry.max_attempts": 3,
        "use_fips": True,
        "use_dualstack": True,
        "http.ca_bundle": "/given/ca.pem",
        "app_id": "given",
    }
    assert {config.source_of(name) for name in seen(config)} == {"explicit"}


@pytest.mark.parametrize(
    ("variables", "region", "name"),
    [
        ({"AWS_REGION": "a-1", "AWS_DEFAULT_REGION": "b-1"}, "a-1", "AWS_REGION"),
        ({"AWS_DEFAULT_REGION": "b-1"}, "b-1", "AWS_DEFAULT_REGION"),
        ({"AWS_REGION": "", "AWS_DEFAULT_REGION": "b-1"}, "b-1", "AWS_DEFAULT_REGION"),
    ],
)
def test_region_variables(variables: dict[str, str], region: str, name: str, environ: dict[str, str]) -> None:
    """AWS_REGION comes before AWS_DEFAULT_REGION, and an empty variable is not set."""
    config = resolve(Config(), "sagemaker", environ | variables)
    assert (config.region, config.source_of("region").name) == (region, name)


@pytest.mark.parametrize("name", ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])
def test_profile_from_environment(name: str, environ: dict[str, str]) -> None:
    """The environment may name the profile."""
    Path(environ["AWS_CONFIG_FILE"]).write_text(PROFILE)
    config = resolve(Config(), "sagemaker", environ | {name: "p"})
    assert config.region == "eu-north-1"
    assert (config.source_of("profile"), config.source_of("profile").name) == ("environment", name)


@pytest.mark.parametrize(("config", "variables"), [(Config(profile="nope"), {}), (Config(), {"AWS_PROFILE": "nope"})])
def test_profile_not_found(config: Config, variables: dict[str, str], environ: dict[str, str]) -> None:
    """A profile that was asked for and is in no file is an error that names the profile and the files."""
    with pytest.raises(ProfileNotFoundError, match=r"'nope'.*config and .*credentials"):
        resolve(config, "sagemaker", environ | variables)


def test_ca_bundle_fills_a_given_http(environ: dict[str, str]) -> None:
    """The environment's authorities count for a given HttpConfig that names none, but not where nothing is checked."""
    environ["AWS_CA_BUNDLE"] = "/ca.pem"
    http = HttpConfig(max_connections=5)
    config = resolve(Config(http=http), "sagemaker", environ)
    assert config.http == attrs.evolve(http, ca_bundle="/ca.pem")
    assert config.source_of("http.ca_bundle") == "environment"
    assert {config.source_of(name) for name in ("http", "http.max_connections")} == {"explicit"}
    assert resolve(Config(http=HttpConfig(verify=False)), "sagemaker", environ).http.ca_bundle is None


def test_service_variables(environ: dict[str, str]) -> None:
    """Each service has its own endpoint variable."""
    environ |= {
        "AWS_ENDPOINT_URL_SAGEMAKER": "https://control.example",
        "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": "https://data.example",
    }
    assert resolve(Config(), "sagemaker", environ).endpoint_url == "https://control.example"
    config = resolve(Config(), "sagemaker_runtime", environ)
    assert config.endpoint_url == "https://data.example"
    assert config.source_of("endpoint_url").name == "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"


@pytest.mark.parametrize(("suite", "case"), endpoint_url_cases())
def test_endpoint_url_vectors(suite: dict[str, Any], case: dict[str, Any], environ: dict[str, str]) -> None:
    """The endpoint URL comes from where AWS's SDKs agree that it comes from."""
    lines: list[str] = []
    for name, keys in suite["profiles"].items():
        lines += [f"[profile {name}]", *(f"{key} = {value}" for key, value in keys.items())]
    for name, services in suite["services"].items():
        lines.append(f"[services {name}]")
        for service, keys in services.items():
            lines += [f"{service} =", *(f"  {key} = {value}" for key, value in keys.items())]
    Path(environ["AWS_CONFIG_FILE"]).write_text("\n".join(lines))
    config = Config(profile=case["profile"], **suite["client_configs"][case["client_config"]])
    resolved = resolve(config, case["service"], environ | suite["environments"][case["environment"]])
    url = resolved.endpoint_url or f"https://{case['service']}.{resolved.region}.amazonaws.com"
    assert url == case["output"]["endpointUrl"]


def test_session_gives_the_region(environ: dict[str, str]) -> None:
    """The region of a session given as credentials counts before the environment's, after the user's own."""
    environ["AWS_REGION"] = "us-east-1"
    config = resolve(Config(credentials=Session()), "sagemaker", environ)
    assert config.region == "eu-west-1"
    assert (config.source_of("region"), config.source_of("region").name) == ("explicit", "session")
    assert resolve(Config(credentials=Session(), region="a-1"), "sagemaker", environ).region == "a-1"
    assert config.merge(credentials=CREDENTIALS).region is None


def test_real_sessions(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions of botocore and of boto3 both give their region and profile."""
    import boto3
    import botocore.session

    Path(environ["AWS_CONFIG_FILE"]).write_text(PROFILE)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    for variable in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(variable, raising=False)
    sessions: list[Any] = [botocore.session.Session(profile="p"), boto3.Session(profile_name="p")]
    for session in sessions:
        config = resolve(Config(credentials=session), "sagemaker", environ)
        assert (config.region, config.profile, config.app_id) == ("eu-north-1", "p", "from-profile")
        assert config.source_of("profile").name == "session"
    plain: list[Any] = [botocore.session.Session(), boto3.Session(region_name="b-1")]
    assert [resolve(Config(credentials=s), "sagemaker", environ).region for s in plain] == ["ap-south-1", "b-1"]


def test_session_with_a_missing_profile(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A session whose profile does not exist is the same error as a profile of ours that does not."""
    import botocore.session

    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    session: Any = botocore.session.Session(profile="nope")
    with pytest.raises(ProfileNotFoundError, match="nope"):
        resolve(Config(credentials=session), "sagemaker", environ)


@pytest.mark.parametrize(
    ("pseudo", "region"),
    [
        ("fips-us-east-1", "us-east-1"),
        ("us-gov-west-1-fips", "us-gov-west-1"),
        ("us-iso-fips-east-1", "us-iso-east-1"),
        ("us-east-1", "us-east-1"),
    ],
)
def test_pseudo_region(pseudo: str, region: str, environ: dict[str, str]) -> None:
    """A region's FIPS name stands for the region and `use_fips`, wherever it was set, as it does for boto3."""
    import botocore.session

    environ["AWS_USE_FIPS_ENDPOINT"] = "false"
    client = botocore.session.Session().create_client(
        "sagemaker", pseudo, aws_access_key_id="a", aws_secret_access_key="b"
    )
    theirs = (client.meta.region_name, "fips" in client.meta.endpoint_url)
    explicit = resolve(Config(region=pseudo, use_fips=False), "sagemaker", environ)
    found = resolve(Config(), "sagemaker", environ | {"AWS_REGION": pseudo})
    assert (
        (explicit.region, explicit.use_fips) == (found.region, found.use_fips) == (region, pseudo != region) == theirs
    )
    if pseudo != region:
        assert (explicit.source_of("use_fips"), found.source_of("use_fips").name) == ("explicit", "AWS_REGION")


def test_pseudo_region_survives_another_client(environ: dict[str, str]) -> None:
    """A resolved Config given to another client means what the user set: the region's FIPS name too."""
    first = resolve(Config(region="fips-us-east-1"), "sagemaker", environ)
    second = resolve(first, "sagemaker_runtime", environ)
    assert (second.region, second.use_fips) == ("us-east-1", True)
