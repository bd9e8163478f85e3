"""The runtime's refusals."""

from __future__ import annotations

import pytest

from aiosagemaker.errors import ServiceError, ThrottlingException
from aiosagemaker.local import _runtime_refusals as refusals
from aiosagemaker.sagemaker_runtime.errors import ServiceUnavailable, ValidationError


@pytest.mark.parametrize(
    ("error", "cls"),
    [
        (refusals.refused("no"), ValidationError),
        (refusals.too_large(7), ValidationError),
        (refusals.unavailable("no"), ServiceUnavailable),
        (refusals.throttled("no"), ThrottlingException),
    ],
)
def test_kinds(error: ServiceError, cls: type[ServiceError]) -> None:
    """Each refusal is of the class that the runtime's model names, with its code."""
    assert type(error) is cls
    assert error.code == cls.__name__


def test_the_limit_is_named() -> None:
    """The refusal of too long a body says what fits."""
    assert "longer than the 7 bytes" in refusals.too_large(7).message
