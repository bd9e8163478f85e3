"""The rows of the settings, and what they take."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from aiosagemaker._config.resolution import resolve
from aiosagemaker._config.settings import SETTINGS, Setting
from aiosagemaker.config import Config, HttpConfig
from aiosagemaker.errors import (
    ConfigError,
)
from aiosagemaker.retries import RetryConfig


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
    Path(environ["AWS_CONFIG_FILE"]).write_text(f"[default]\n{line}\n")
    with pytest.raises(ConfigError, match=text):
        resolve(Config(), "sagemaker", environ)


def field_docs(name: str) -> str:
    """What stands under a field in the source."""
    part, _, field = name.partition(".")
    owner = {"retry": RetryConfig, "http": HttpConfig}.get(part if field else "", Config)
    source = inspect.getsource(Config if part == "retry" else owner)
    return source.partition(f"    {part if part == 'retry' else field or part}: ")[2].split('"""')[1]


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_rows_are_documented_fields(setting: Setting) -> None:
    """Each row is a field of Config or of a part, whose documentation names its variables and its key."""
    assert Config().source_of(setting.name) == "default"
    text = field_docs(setting.name)
    for variable in setting.variables:
        assert variable.replace("{SERVICE}", "SAGEMAKER") in text
    assert setting.key is None or f"`{setting.key}`" in text


def test_each_field_has_one_row() -> None:
    """No setting stands twice."""
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)
