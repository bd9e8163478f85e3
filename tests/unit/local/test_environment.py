"""What a model server's process finds in its environment."""

from __future__ import annotations

import os

import pytest

from aiosagemaker.local._environment import process_environment, steering


@pytest.mark.parametrize(
    "name",
    [
        "PATH", "path", "LD_PRELOAD", "LD_LIBRARY_PATH", "DYLD_INSERT_LIBRARIES", "PYTHONWARNINGS", "PYTHONPATH",
        "PYTHONSTARTUP", "BROWSER", "BASH_ENV", "ENV", "NODE_OPTIONS", "JAVA_TOOL_OPTIONS", "PERL5OPT", "RUBYOPT",
        "GIT_SSH_COMMAND", "HOME", "TMPDIR", "OPENSSL_CONF", "AWS_CONFIG_FILE", "AWS_PROFILE", "GLIBC_TUNABLES",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI", "SM_MODEL_DIR", "SAGEMAKER_BIND_TO_PORT",
    ],
)  # fmt: skip
def test_steering(name: str) -> None:
    """A variable that names what is loaded, run or signed with is told, unless it is allowed by its name."""
    assert steering({name: "x"}) == [name]
    assert not steering({name: "x"}, [name])


@pytest.mark.parametrize(
    "name", ["NAME", "HF_MODEL_ID", "SAGEMAKER_PROGRAM", "PYTHONUNBUFFERED", "OMP_NUM_THREADS", "AWS_REGION", "MODEL_R"]
)
def test_harmless(name: str) -> None:
    """What a model is usually told passes."""
    assert not steering({name: "x"})


def test_host_variables() -> None:
    """Of the host's variables a few reach a model server, none with credentials, and those that are asked for."""
    host = {
        "PATH": "/bin", "LC_ALL": "C", "AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s", "HF_TOKEN": "t",
        "GITHUB_TOKEN": "t", "AWS_CONFIG_FILE": "/home/me/.aws/config", "CACHE": "/c",
    }  # fmt: skip
    given = process_environment({"NAME": "churn"}, host=host, inherit=["CACHE"])
    assert given == {
        "PATH": "/bin",
        "LC_ALL": "C",
        "CACHE": "/c",
        "NAME": "churn",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "BOTO_CONFIG": os.devnull,
    }
