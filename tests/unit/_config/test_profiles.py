"""The files of profiles."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiosagemaker._config.resolution import resolve
from aiosagemaker.config import Config
from aiosagemaker.errors import (
    ConfigError,
)


def test_credentials_file_wins(environ: dict[str, str]) -> None:
    """A profile may be in the credentials file alone, and its keys there win."""
    Path(environ["AWS_CONFIG_FILE"]).write_text("[profile p]\nregion = a-1\nsdk_ua_app_id = app\n")
    Path(environ["AWS_SHARED_CREDENTIALS_FILE"]).write_text("[p]\nregion = b-1\n[q]\nregion = c-1\n")
    config = resolve(Config(profile="p"), "sagemaker", environ)
    assert (config.region, config.app_id) == ("b-1", "app")
    assert resolve(Config(profile="q"), "sagemaker", environ).region == "c-1"


def test_broken_file(environ: dict[str, str]) -> None:
    """A file that cannot be parsed is an error that names it."""
    Path(environ["AWS_CONFIG_FILE"]).write_text("region = nowhere\n")
    with pytest.raises(ConfigError, match=r"config is not a configuration file"):
        resolve(Config(), "sagemaker", environ)


def test_services_section(environ: dict[str, str]) -> None:
    """The profile's services section has an endpoint for each service."""
    Path(environ["AWS_CONFIG_FILE"]).write_text(
        "[default]\nservices = dev\nendpoint_url = https://all.example\n[services dev]\n"
        "sagemaker_runtime =\n  endpoint_url = https://data.example\n",
    )
    config = resolve(Config(), "sagemaker_runtime", environ)
    assert config.endpoint_url == "https://data.example"
    assert config.source_of("endpoint_url").name == "services.dev.sagemaker_runtime.endpoint_url"
    assert resolve(Config(), "sagemaker", environ).endpoint_url == "https://all.example"
