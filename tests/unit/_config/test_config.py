"""What a user sets."""

from __future__ import annotations

import copy
import functools
import inspect
import os
import pickle
import subprocess
import sys
import threading
import typing
from typing import Any

import attrs
import pytest

from aiosagemaker._config.resolution import resolve
from aiosagemaker.config import Config, HttpConfig, TimeoutConfig
from aiosagemaker.credentials import Credentials
from aiosagemaker.errors import (
    ArgumentError,
    ConfigError,
    InvalidConfigError,
)
from aiosagemaker.hooks import Hooks
from aiosagemaker.retries import RetryConfig

SECRET = "wJalrXUtnFEMIsecret"


CREDENTIALS = Credentials("AKIDEXAMPLE00001234", SECRET, "the-session-token")


async def provide() -> Credentials:
    return CREDENTIALS


class Unpicklable(Hooks):
    """A hook that holds what no pickle takes."""

    def __init__(self) -> None:
        self.lock = threading.Lock()


class Door:
    """As much of a transport as a Config asks for."""

    async def send(self, request: object, /) -> None:
        raise NotImplementedError

    async def open(self, request: object, /) -> None:
        raise NotImplementedError

    async def close(self) -> None:
        pass


class Session:
    """As much of a boto3 session as the resolution asks."""

    region_name: str | None = "eu-west-1"
    profile_name = "default"

    def get_credentials(self) -> None:
        return None


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
        {"headers": "X-Team: growth"},
        {"hooks": [print]},
        {"hooks": print},
        {"transport": object()},
        {"wire_log": 1},
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


def test_pickle_leaves_other_secrets_behind() -> None:
    """A proxy's password and secret headers are in no pickle, whether they were given or resolved."""
    given = Config(
        http=HttpConfig(proxy="http://me:hunter2@proxy.example:3128", max_connections=7),
        headers={"X-Api-Key": "hunter2", "X-Team": "growth"},
    )
    for config in (given, resolve(given, "sagemaker", {})):
        data = pickle.dumps(config)
        assert b"hunter2" not in data
        loaded = pickle.loads(data)
        assert loaded.http == HttpConfig(proxy="http://proxy.example:3128", max_connections=7)
        assert loaded.headers == {"X-Team": "growth"}
        assert loaded.merge().http.max_connections == 7


def test_pickle_leaves_hooks_and_transport_behind() -> None:
    """What belongs to its process does not keep a Config from another one."""
    config = Config(hooks=[Unpicklable()], transport=Door(), app_id="a")
    assert pickle.loads(pickle.dumps(config)) == Config(app_id="a")


def test_hooks_and_transport_are_shown_by_their_kind() -> None:
    """The repr names the classes alone: what is in them is not the library's to show."""
    assert "hooks=(<Unpicklable>), transport=<Door>" in repr(Config(hooks=[Unpicklable()], transport=Door()))


def test_signature_has_the_fields() -> None:
    """`Config?` in IPython, and whatever else asks for the signature, shows every field with its default."""
    parameters = inspect.signature(Config).parameters
    assert list(parameters) == [field.name for field in attrs.fields(Config) if field.init]
    assert parameters["timeouts"].default == TimeoutConfig()
    assert {parameter.kind for parameter in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}


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


def test_near_misses_are_named() -> None:
    """An unknown field or override is a TypeError that names what may have been meant, one of boto3's what it is."""
    make: Any
    for make in (Config, Config().merge):
        with pytest.raises(ArgumentError, match=r"'regoin'; did you mean region\?") as caught:
            make(regoin="us-east-1")
        assert isinstance(caught.value, TypeError)
        with pytest.raises(ArgumentError, match=r"that is boto3's name, here it is timeouts=TimeoutConfig\(read="):
            make(read_timeout=5)


def test_merge_forgets_what_was_resolved(environ: dict[str, str]) -> None:
    """A resolved Config given to another client carries over what the user set, not what was found for the first."""
    environ |= {"AWS_ENDPOINT_URL_SAGEMAKER": "https://control.example", "AWS_CA_BUNDLE": "/ca.pem"}
    first = resolve(Config(app_id="a", http=HttpConfig(max_connections=5)), "sagemaker", environ)
    assert first.endpoint_url == "https://control.example"
    assert first.http.ca_bundle == "/ca.pem"
    merged = first.merge()
    assert merged == Config(app_id="a", http=HttpConfig(max_connections=5))
    assert resolve(first, "sagemaker_runtime", environ).endpoint_url is None


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


def test_import_is_cheap() -> None:
    """Importing the configuration imports neither botocore nor aiohttp."""
    code = "import sys, aiosagemaker.config; print([m for m in ('botocore', 'aiohttp', 'cattrs') if m in sys.modules])"
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environ)
    assert found.stdout.strip() == "[]"
