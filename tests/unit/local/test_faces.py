"""Which service a request is for."""

from __future__ import annotations

from typing import Any

import pytest

from aiosagemaker._shapes.maps import Headers
from aiosagemaker.local._faces import CONTROL_BYTES, INVOCATION_BYTES, Faces


@pytest.mark.parametrize(
    ("path", "target", "signing_name", "longest"),
    [
        ("/", None, "sagemaker", CONTROL_BYTES),
        ("/", "SageMaker.ListEndpoints", "sagemaker", CONTROL_BYTES),
        ("/", "Unheard.Of", "sagemaker", CONTROL_BYTES),
        ("/", "AnyScaleFrontendService.RegisterScalableTarget", "application-autoscaling", CONTROL_BYTES),
        ("/", "Logs_20140328.GetLogEvents", "logs", CONTROL_BYTES),
        ("/endpoints/e/invocations", None, "sagemaker", INVOCATION_BYTES),
    ],
)
async def test_by_its_head(path: str, target: str | None, signing_name: str, longest: int, hosting: Any) -> None:
    """The target header names the service, and without one the path: each has its signing name and its limit."""
    faces = Faces(hosting.local._world)
    face = faces.of(path, Headers([("X-Amz-Target", target)] if target else []))
    assert (face.signing_name, face.longest_body) == (signing_name, longest)


async def test_what_is_offered(hosting: Any) -> None:
    """A service offers the operations that it plays, by the client's names, and no others."""
    faces = Faces(hosting.local._world)
    control = faces.of("/", Headers([]))
    assert control.offers("create_endpoint") is not None
    assert control.offers("create_training_job") is None
    assert faces.of("/endpoints/e/invocations", Headers([])).offers("invoke_endpoint") is not None
