"""Every service's own ways out of a refusal have the protocol's form."""

from __future__ import annotations

import inspect

import pytest

from aiosagemaker._recovery import Recovery
from aiosagemaker.sagemaker.recovery import ControlPlaneRecovery
from aiosagemaker.sagemaker_runtime.recovery import RuntimeRecovery

STEPS = ("succeeded", "retry_window", "recover_response")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("cls", [ControlPlaneRecovery, RuntimeRecovery])
def test_form(cls: type[Recovery], step: str) -> None:
    """A service's step takes what the pipeline passes, by the same names."""
    assert list(inspect.signature(getattr(cls, step)).parameters) == list(
        inspect.signature(getattr(Recovery, step)).parameters
    )
