"""The client of Amazon SageMaker's control plane."""

from __future__ import annotations

from .._client import BaseClient
from .endpoint_waits import EndpointWaits
from .models import NAMESPACE
from .recovery import ControlPlaneRecovery


class SageMakerClient(EndpointWaits, BaseClient, namespace=NAMESPACE, recovery=ControlPlaneRecovery()):
    """A client of Amazon SageMaker: every operation of the service, its waiters and its paginators.

    Every operation takes its members as keywords, or one request object. It raises an `SdkError`
    (`aiosagemaker.errors`) for everything but a good answer.
    """
