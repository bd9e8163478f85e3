"""The runtime's refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ThrottlingException
from ..sagemaker_runtime.errors import ServiceUnavailable, ValidationError

if TYPE_CHECKING:
    from ..errors import ServiceError


def refused(message: str) -> ServiceError:
    """The refusal of a request that is well-formed."""
    error: ServiceError = ValidationError(message, code="ValidationError")
    return error


def unavailable(message: str) -> ServiceError:
    """The refusal of a call that nobody is there to answer."""
    error: ServiceError = ServiceUnavailable(message, code="ServiceUnavailable")
    return error


def too_large(longest: int) -> ServiceError:
    """The refusal of a body over a serverless endpoint's limit. Ours, as AWS tells no words."""
    return refused(f"The request's body is longer than the {longest} bytes that the endpoint takes.")


def throttled(message: str) -> ServiceError:
    """The refusal of one call too many at a time."""
    return ThrottlingException(message, code="ThrottlingException", http_status=400)
