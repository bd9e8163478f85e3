"""The service's own documentation, which this library does not carry: it is in the installed botocore's model."""

from __future__ import annotations

import functools
from typing import NamedTuple

from .._botocore import botocore


class ServiceText(NamedTuple):
    """A service's own words, in HTML, by the model's names."""

    operations: dict[str, str]
    shapes: dict[str, str]
    members: dict[tuple[str, str], str]


@functools.cache
def service_text(service: str) -> ServiceText:
    """The words that the installed botocore has for a service; none where it lacks the service or cannot be read.

    A docstring must never raise, so whatever makes botocore unreadable leaves the facts to stand alone.
    """
    text = ServiceText({}, {}, {})
    if not service:
        return text
    try:
        loaders = botocore("loaders")
        unreadable: tuple[type[Exception], ...] = (botocore("exceptions").BotoCoreError, OSError, ValueError)
    except ImportError:
        return text
    builtin = str(loaders.Loader.BUILTIN_DATA_PATH)
    loader = loaders.Loader(extra_search_paths=[builtin], include_default_search_paths=False)
    try:
        model = loader.load_service_model(service, "service-2")
    except unreadable:
        return text
    # The words alone are kept: the whole model is several times their size.
    for name, operation in model["operations"].items():
        text.operations[name] = operation.get("documentation", "")
    for name, shape in model["shapes"].items():
        text.shapes[name] = shape.get("documentation") or ""
        for wire_name, member in shape.get("members", {}).items():
            text.members[name, wire_name] = member.get("documentation") or ""
    return text
