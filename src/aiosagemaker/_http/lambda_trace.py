"""X-Amzn-Trace-Id: what a function in AWS Lambda passes on of its invocation, so that a loop of calls is noticed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

HEADER = "X-Amzn-Trace-Id"


def in_lambda(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether this process is a function in Lambda."""
    return "AWS_LAMBDA_FUNCTION_NAME" in environ


def trace_id(environ: Mapping[str, str] = os.environ) -> str | None:
    """The header's value, which changes with each invocation; None if there is none. As botocore/handlers.py has it."""
    found = environ.get("_X_AMZN_TRACE_ID")
    return quote(found, safe="-=;:+&[]{}\"',") if found else None
