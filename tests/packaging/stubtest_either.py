"""`mypy.stubtest`, told of methods that take a request or its members.

It joins a stub's overloads into one signature, in which what either of them lacks may be left out. So it is shown the
running code's signatures in the same way: a required member, and the request, with a default that stands for any.
"""

from __future__ import annotations

import inspect
import sys
from typing import Any

from mypy import stubtest

from aiosagemaker._docs.on_demand import REQUEST, OnDemandSignature

_inspect = stubtest.safe_inspect_signature


def joined(runtime: Any) -> inspect.Signature | None:
    """The signature of an object, as the overloads of its stub are joined."""
    found = _inspect(runtime)
    if not isinstance(found, OnDemandSignature) or REQUEST not in found.parameters:
        return found
    keyword = inspect.Parameter.KEYWORD_ONLY
    return inspect.Signature(
        [
            parameter.replace(default=...)
            if parameter.name == REQUEST or (parameter.kind is keyword and parameter.default is parameter.empty)
            else parameter
            for parameter in found.parameters.values()
        ],
        return_annotation=found.return_annotation,
    )


stubtest.safe_inspect_signature = joined
sys.exit(stubtest.main())
