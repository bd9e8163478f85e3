"""What another user of this machine, or a web page, can do to the service: nothing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from aiosagemaker import RetryConfig
from aiosagemaker.errors import ValidationException
from aiosagemaker.local import LocalSageMaker
from aiosagemaker.sagemaker import ContainerDefinition

if TYPE_CHECKING:
    from pathlib import Path

ROLE = "arn:aws:iam::123456789012:role/sagemaker"


def attack(url: str, marker: Path, **keys: Any) -> None:
    """Have the interpreter behind an image run a program of ours by nothing but a model's environment."""
    sm = boto3.client(
        "sagemaker", endpoint_url=url, region_name="us-east-1", **keys, config=Config(retries={"total_max_attempts": 1})
    )
    helper = marker.with_name("helper.py")
    helper.write_text(f"open({str(marker)!r}, 'w').close()\n")
    # `-W error::x.Y` imports x, antigravity opens BROWSER: each a program that the interpreter starts by itself.
    environment = {
        "PYTHONWARNINGS": "all:0:antigravity.x:0:0",
        "BROWSER": f"{sys.executable} {helper} %s",
        "PYTHONPATH": str(marker.parent),
        "PATH": str(marker.parent),
    }
    sm.create_model(
        ModelName="m", PrimaryContainer={"Image": "server", "Environment": environment}, ExecutionRoleArn=ROLE
    )
    variant = {"VariantName": "v", "ModelName": "m", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    sm.create_endpoint_config(EndpointConfigName="c", ProductionVariants=[variant])
    sm.create_endpoint(EndpointName="e", EndpointConfigName="c")


async def test_another_user(tmp_path: Path) -> None:
    """Who has not the secret of this start, not even that of the last one, is refused, and nothing is run."""
    marker = tmp_path / "marker"
    with LocalSageMaker() as before:
        old = before.credentials
    with LocalSageMaker(images={"server": [sys.executable, "-c", "import time; time.sleep(60)"]}) as local:
        assert local.credentials != old
        for access_key, secret in (
            ("AKIALOCALSAGEMAKER00", "local-sagemaker-secret"),
            (old.access_key, old.secret_key),
            (local.credentials.access_key, "guess"),
        ):
            with pytest.raises(ClientError, match=r"security token included|signature we calculated"):
                attack(local.endpoint_url, marker, aws_access_key_id=access_key, aws_secret_access_key=secret)
        async with local.client() as client:
            assert not (await client.list_models()).models
    assert not marker.exists()


async def test_steering_environment(tmp_path: Path) -> None:
    """Even with the secret, a model's environment runs nothing but the image's command."""
    marker = tmp_path / "marker"
    with LocalSageMaker(images={"server": [sys.executable, "-c", "import time; time.sleep(60)"]}) as local:
        keys = local.credentials
        with pytest.raises(ClientError, match="PYTHONWARNINGS, BROWSER, PYTHONPATH, PATH"):
            attack(local.endpoint_url, marker, aws_access_key_id=keys.access_key, aws_secret_access_key=keys.secret_key)
    assert not marker.exists()


async def test_allowed_by_name() -> None:
    """A variable that is allowed by its name passes, its neighbours do not."""
    command = {"server": [sys.executable, "-c", ""]}
    retry = RetryConfig(max_attempts=1)
    async with (
        LocalSageMaker(images=command, allow_environment=["PYTHONPATH"]) as local,
        local.client(retry=retry) as c,
    ):
        for name, allowed in (("PYTHONPATH", True), ("PYTHONHOME", False)):
            container = ContainerDefinition(image="server", environment={name: "/x"})
            if allowed:
                await c.create_model(model_name=name, primary_container=container, execution_role_arn=ROLE)
            else:
                with pytest.raises(ValidationException, match="allow_environment"):
                    await c.create_model(model_name=name, primary_container=container, execution_role_arn=ROLE)
