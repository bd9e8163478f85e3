"""The client of Amazon SageMaker Runtime."""

from __future__ import annotations

from .._client import BaseClient
from .extras import RuntimeExtras
from .models import NAMESPACE
from .recovery import RuntimeRecovery


class SageMakerRuntimeClient(RuntimeExtras, BaseClient, namespace=NAMESPACE, recovery=RuntimeRecovery()):
    """A client of Amazon SageMaker Runtime: it calls endpoints.

    Every operation takes its members as keywords, or one request object. It raises an `SdkError`
    (`aiosagemaker.errors`) for everything but a good answer.
    """
