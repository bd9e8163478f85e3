"""What a user sets, and what it is resolved to."""

from __future__ import annotations

import copy
import functools
import json
import os
import pickle
import subprocess
import sys
import typing
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest

from aiosagemaker._config.config import resolve
from aiosagemaker.config import Config, ConfigSource, HttpConfig, TimeoutConfig
from aiosagemaker.credentials import Credentials
from aiosagemaker.errors import (
    ArgumentError,
    ConfigError,
    EndpointResolutionError,
    InvalidConfigError,
    ProfileNotFoundError,
)
from aiosagemaker.retries import RetryConfig

VECTORS = Path(__file__).parents[4] / "shared/vectors/configured_endpoint_urls/profile-tests.json"
SECRET = "wJalrXUtnFEMIsecret"
CREDENTIALS = Credentials("AKIDEXAMPLE00001234", SECRET, "the-session-token")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment whose configuration files are of the test."""
    return {
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
    }


def write_config(environ: dict[str, str], text: str) -> None:
    Path(environ["AWS_CONFIG_FILE"]).write_text(text)


async def provide() -> Credentials:
    return CREDENTIALS


class Session:
    """As much of a boto3 session as the resolution asks."""

    region_name: str | None = "eu-west-1"
    profile_name = "default"

    def get_credentials(self) -> None:
        return None


# Values


@pytest.mark.parametrize("name", ["connect", "read", "attempt", "operation"])
@pytest.mark.parametrize("value", [0, -1, True, float("nan"), float("inf"), "5", timedelta(0)])
def test_timeout_refused(name: str, value: Any) -> None:
    """A time limit that is no positive, finite length of time is refused, with the field named."""
    with pytest.raises(InvalidConfigError, match=rf"TimeoutConfig\.{name} must be"):
        TimeoutConfig(**{name: value})


def test_timeouts_are_seconds() -> None:
    """A timedelta is kept as seconds, and None as no limit."""
    timeouts = TimeoutConfig(connect=timedelta(milliseconds=1500), read=3, operation=None)
    assert (timeouts.connect, timeouts.read, timeouts.operation) == (1.5, 3, None)


def test_every_call_is_bounded_by_default() -> None:
    """By default no wait is without a limit, and a model's 60 seconds fit in all of them."""
    timeouts = TimeoutConfig()
    assert timeouts.connect
    assert timeouts.read
    assert timeouts.attempt
    assert timeouts.operation
    assert 60 < timeouts.read < timeouts.attempt < timeouts.operation


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_connections": 0},
        {"max_connections": True},
        {"max_connections": 1.5},
        {"keepalive": -1},
        {"keepalive": None},
        {"proxy": "proxy.example:3128"},
        {"proxy": "ftp://proxy.example"},
        {"proxy": "http://[::1"},
        {"proxy": 1},
        {"trust_env": "yes"},
        {"verify": "/etc/ca.pem"},
        {"ca_bundle": ""},
        {"client_cert": ("a",)},
        {"client_cert": 1},
        {"max_response_size": 0},
    ],
)
def test_http_refused(wrong: dict[str, Any]) -> None:
    """A value that HttpConfig cannot take is refused, with the field named."""
    with pytest.raises(InvalidConfigError, match=rf"HttpConfig\.{next(iter(wrong))} must be"):
        HttpConfig(**wrong)


def test_http_taken(tmp_path: Path) -> None:
    """Paths, pairs of paths, timedeltas, and None for no bound are taken."""
    http = HttpConfig(
        ca_bundle=tmp_path, client_cert=("c.pem", tmp_path), keepalive=timedelta(seconds=5), max_response_size=None
    )
    assert http.keepalive == 5
    assert HttpConfig(client_cert="c.pem", keepalive=0, proxy="http://[::1]:3128").client_cert == "c.pem"


def test_proxy_password_is_not_shown() -> None:
    """Neither the repr nor a refusal shows the proxy's password."""
    assert "hunter2" not in repr(HttpConfig(proxy="http://me:hunter2@proxy.example:3128"))
    with pytest.raises(InvalidConfigError) as caught:
        HttpConfig(proxy="ftp://me:hunter2@proxy.example")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"region": ""},
        {"region": 1},
        {"credentials": "AKID"},
        {"use_fips": "true"},
        {"use_dualstack": 1},
        {"retry": {"mode": "standard"}},
        {"timeouts": 5},
        {"timeouts": None},
        {"http": {}},
        {"parameter_validation": "lax"},
        {"app_id": " "},
        {"user_agent_extra": b"x"},
        {"endpoint_url": ""},
    ],
)
def test_config_refused(wrong: dict[str, Any]) -> None:
    """A value that Config cannot take is refused where it is given, with the field named."""
    with pytest.raises(InvalidConfigError, match=rf"Config\.{next(iter(wrong))} must be"):
        Config(**wrong)


def test_invalid_config_is_a_value_error() -> None:
    """A refused value is both an error of this library and Python's own for a wrong value."""
    assert issubclass(InvalidConfigError, ConfigError)
    assert issubclass(InvalidConfigError, ValueError)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("example.com", "begin with"),
        ("ftp://example.com", "begin with"),
        ("https://", "no host"),
        ("https://:443", "no host"),
        ("https://example.com:0", "no host"),
        ("https://example.com:99999", "ort"),
        ("https://[::1", "IPv6"),
        ("https://example.com?x=1", "query"),
        ("https://example.com?", "query"),
        ("https://example.com#x", "fragment"),
        ("https://me:hunter2@example.com", "user name"),
        ("https://exa mple.com", "characters"),
        ("https://example.com\n", "characters"),
        ("https://exämple.com", "characters"),
    ],
)
def test_endpoint_url_refused(url: str, why: str) -> None:
    """An endpoint URL to which no request can be sent is refused, with the reason and without its password."""
    with pytest.raises(EndpointResolutionError, match=why) as caught:
        Config(endpoint_url=url)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("url", ["https://example.com", "http://127.0.0.1:4566/base/", "https://[::1]:8443"])
def test_endpoint_url_taken(url: str) -> None:
    """A scheme and a host make an endpoint URL; a port and a path may follow."""
    assert Config(endpoint_url=url).endpoint_url == url


# Config as a value


def test_repr_has_no_secrets() -> None:
    """A Config's repr shows neither secret nor token, whatever kind of credentials it has."""
    assert SECRET not in repr(Config(credentials=CREDENTIALS))
    assert "session-token" not in repr(Config(credentials=CREDENTIALS))
    function: Any = provide
    partial = functools.partial(function, SECRET)
    assert SECRET not in repr(Config(credentials=partial))


@pytest.mark.parametrize(
    ("credentials", "kept"),
    [(CREDENTIALS, False), (functools.partial(provide), False), (Session(), False), (provide, True)],
    ids=["static", "partial", "session", "function"],
)
def test_pickle_has_no_secrets(credentials: Any, kept: bool, environ: dict[str, str]) -> None:
    """A pickled Config is equal in all but credentials, of which only a function's name is carried."""
    config = resolve(Config(region="eu-west-1", credentials=credentials), "sagemaker", environ)
    data = pickle.dumps(config)
    assert SECRET.encode() not in data
    loaded = pickle.loads(data)
    assert loaded.credentials == (credentials if kept else None)
    assert attrs.evolve(loaded, credentials=credentials) == config
    assert loaded.source_of("region") == "explicit"
    assert loaded.source_of("credentials") == ("explicit" if kept else "default")


def test_copy_is_the_same() -> None:
    """Copying an immutable Config loses nothing."""
    config = Config(credentials=CREDENTIALS)
    assert copy.copy(config) is config
    assert copy.deepcopy(config) is config


def test_config_is_frozen_and_hashable() -> None:
    """A Config cannot be changed, and can be a key."""
    config = Config(region="eu-west-1")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        config.region = "us-east-1"  # type: ignore[misc]  # the point of the test
    assert {config: 1}[Config(region="eu-west-1")] == 1


def test_annotations_resolve() -> None:
    """Tools that read annotations find every type."""
    for cls in (Config, HttpConfig, TimeoutConfig):
        assert typing.get_type_hints(cls)


def test_merge() -> None:
    """An override wins, None overrides nothing, and the rest stays."""
    merged = Config(region="eu-west-1", app_id="a").merge(region="us-east-1", app_id=None, use_fips=False)
    assert merged == Config(region="us-east-1", app_id="a", use_fips=False)


def test_merge_names_near_misses() -> None:
    """An unknown override is a TypeError that names what may have been meant."""
    with pytest.raises(ArgumentError, match=r"'regoin'; did you mean region\?") as caught:
        Config().merge(regoin="us-east-1")
    assert isinstance(caught.value, TypeError)


def test_merge_forgets_what_was_resolved(environ: dict[str, str]) -> None:
    """A resolved Config given to another client carries over what the user set, not what was found for the first."""
    environ |= {"AWS_ENDPOINT_URL_SAGEMAKER": "https://control.example", "AWS_CA_BUNDLE": "/ca.pem"}
    first = resolve(Config(app_id="a", http=HttpConfig(max_connections=5)), "sagemaker", environ)
    assert first.endpoint_url == "https://control.example"
    assert first.http.ca_bundle == "/ca.pem"
    merged = first.merge()
    assert merged == Config(app_id="a", http=HttpConfig(max_connections=5))
    assert resolve(first, "sagemaker_runtime", environ).endpoint_url is None


# Sources


@pytest.mark.parametrize("name", ["reigon", "retry.mod", "http.", "_sources"])
def test_source_of_unknown(name: str) -> None:
    """Asking for the source of what is no field is an error that names the field."""
    with pytest.raises(ArgumentError, match=f"Config has no field '{name}'"):
        Config().source_of(name)


def test_source_of_before_resolution() -> None:
    """Before it is resolved a Config tells what was given from what was not, even where it equals the default."""
    config = Config(parameter_validation="standard", retry=RetryConfig(), region=None)
    assert config.source_of("parameter_validation") == "explicit"
    assert config.source_of("retry.mode") == "explicit"
    assert config.source_of("region") == "default"


def test_source_is_a_str() -> None:
    """A source equals its word, keeps its name, and survives a pickle."""
    source = ConfigSource("environment", "AWS_REGION")
    assert source == "environment"
    assert pickle.loads(pickle.dumps(source)).name == "AWS_REGION"


# Resolution


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
    write_config(environ, PROFILE)
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
    write_config(environ, PROFILE)
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
    write_config(environ, PROFILE)
    config = resolve(Config(), "sagemaker", environ | {name: "p"})
    assert config.region == "eu-north-1"
    assert (config.source_of("profile"), config.source_of("profile").name) == ("environment", name)


def test_credentials_file_wins(environ: dict[str, str]) -> None:
    """A profile may be in the credentials file alone, and its keys there win."""
    write_config(environ, "[profile p]\nregion = a-1\nsdk_ua_app_id = app\n")
    Path(environ["AWS_SHARED_CREDENTIALS_FILE"]).write_text("[p]\nregion = b-1\n[q]\nregion = c-1\n")
    config = resolve(Config(profile="p"), "sagemaker", environ)
    assert (config.region, config.app_id) == ("b-1", "app")
    assert resolve(Config(profile="q"), "sagemaker", environ).region == "c-1"


@pytest.mark.parametrize(("config", "variables"), [(Config(profile="nope"), {}), (Config(), {"AWS_PROFILE": "nope"})])
def test_profile_not_found(config: Config, variables: dict[str, str], environ: dict[str, str]) -> None:
    """A profile that was asked for and is in no file is an error that names the profile and the files."""
    with pytest.raises(ProfileNotFoundError, match=r"'nope'.*config and .*credentials"):
        resolve(config, "sagemaker", environ | variables)


@pytest.mark.parametrize(
    ("variables", "text"),
    [
        ({"AWS_MAX_ATTEMPTS": "abc"}, "AWS_MAX_ATTEMPTS in the environment.*'abc'"),
        ({"AWS_MAX_ATTEMPTS": "0"}, "AWS_MAX_ATTEMPTS"),
        ({"AWS_MAX_ATTEMPTS": "-1"}, "AWS_MAX_ATTEMPTS"),
        ({"AWS_MAX_ATTEMPTS": "9" * 5000}, "AWS_MAX_ATTEMPTS"),
        ({"AWS_RETRY_MODE": "eager"}, "AWS_RETRY_MODE in the environment.*'eager'"),
        ({"AWS_USE_FIPS_ENDPOINT": "maybe"}, "AWS_USE_FIPS_ENDPOINT in the environment.*'maybe'"),
        ({"AWS_ENDPOINT_URL": "nowhere"}, "AWS_ENDPOINT_URL in the environment"),
    ],
)
def test_bad_variable(variables: dict[str, str], text: str, environ: dict[str, str]) -> None:
    """A variable with a value that its setting does not take is an error that names the variable."""
    with pytest.raises(ConfigError, match=text):
        resolve(Config(), "sagemaker", environ | variables)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("max_attempts = many", "max_attempts in the profile 'default'"),
        ("use_fips_endpoint = 1", "use_fips_endpoint in the profile 'default'"),
        ("endpoint_url = https://a?b", "endpoint_url in the profile 'default'"),
        ("services = gone", r"no section \[services gone\]"),
    ],
)
def test_bad_profile(line: str, text: str, environ: dict[str, str]) -> None:
    """A profile's value that its setting does not take is an error that names key and profile."""
    write_config(environ, f"[default]\n{line}\n")
    with pytest.raises(ConfigError, match=text):
        resolve(Config(), "sagemaker", environ)


def test_broken_file(environ: dict[str, str]) -> None:
    """A file that cannot be parsed is an error that names it."""
    write_config(environ, "region = nowhere\n")
    with pytest.raises(ConfigError, match=r"config is not a configuration file"):
        resolve(Config(), "sagemaker", environ)


def test_ca_bundle_fills_a_given_http(environ: dict[str, str]) -> None:
    """The environment's authorities count for a given HttpConfig that names none, but not where nothing is checked."""
    environ["AWS_CA_BUNDLE"] = "/ca.pem"
    http = HttpConfig(max_connections=5)
    config = resolve(Config(http=http), "sagemaker", environ)
    assert config.http == attrs.evolve(http, ca_bundle="/ca.pem")
    assert config.source_of("http.ca_bundle") == "environment"
    assert config.source_of("http.max_connections") == "explicit"
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


def test_services_section(environ: dict[str, str]) -> None:
    """The profile's services section has an endpoint for each service."""
    write_config(
        environ,
        "[default]\nservices = dev\nendpoint_url = https://all.example\n[services dev]\n"
        "sagemaker_runtime =\n  endpoint_url = https://data.example\n",
    )
    config = resolve(Config(), "sagemaker_runtime", environ)
    assert config.endpoint_url == "https://data.example"
    assert config.source_of("endpoint_url").name == "services.dev.sagemaker_runtime.endpoint_url"
    assert resolve(Config(), "sagemaker", environ).endpoint_url == "https://all.example"


def endpoint_url_cases() -> list[Any]:
    if not VECTORS.exists():
        return [pytest.param(None, None, marks=pytest.mark.skip(reason="the vectors are not here"))]
    suites = json.loads(VECTORS.read_text())["testSuites"]
    return [pytest.param(suite, case, id=case["name"]) for suite in suites for case in suite["endpointUrlTests"]]


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
    write_config(environ, "\n".join(lines))
    config = Config(profile=case["profile"], **suite["client_configs"][case["client_config"]])
    resolved = resolve(config, case["service"], environ | suite["environments"][case["environment"]])
    url = resolved.endpoint_url or f"https://{case['service']}.{resolved.region}.amazonaws.com"
    assert url == case["output"]["endpointUrl"]


# Sessions


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

    write_config(environ, PROFILE)
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


def test_import_is_cheap() -> None:
    """Importing the configuration imports neither botocore nor aiohttp."""
    code = "import sys, aiosagemaker.config; print([m for m in ('botocore', 'aiohttp', 'cattrs') if m in sys.modules])"
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environ)
    assert found.stdout.strip() == "[]"
