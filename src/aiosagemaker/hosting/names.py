"""Names that follow from content: what is made twice from the same spec has the same name, and is there already."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

OWNER_TAG = "aiosagemaker:endpoint"
"""The tag of all that `deploy` makes; its value is the endpoint's name."""
MOST = 63
"""The characters that the name of an endpoint, a configuration, a model or a component may have (API_CreateModel)."""
HASH_LENGTH = 10
"""Hexadecimal digits of the content's hash."""
STEM_LENGTH = MOST - 1 - HASH_LENGTH
_OURS = re.compile(rf"-[0-9a-f]{{{HASH_LENGTH}}}")


def content(request: Any, *without: str) -> dict[str, Any]:
    """A request's members as the wire has them, without tags and without the members named."""
    members: dict[str, Any] = json.loads(request.to_json())
    return {name: value for name, value in members.items() if name not in ("Tags", *without)}


def content_name(stem: str, endpoint_name: str, members: Mapping[str, Any]) -> str:
    """`stem`, cut where the service takes no more, and a hash of the content and of whose it is."""
    text = json.dumps([endpoint_name, members], sort_keys=True, separators=(",", ":"))
    return f"{_cut(stem)}-{hashlib.sha256(text.encode()).hexdigest()[:HASH_LENGTH]}"


def model_stem(endpoint_name: str, model_name: str) -> str:
    """How the name of an endpoint's model begins."""
    return endpoint_name if model_name == endpoint_name else f"{endpoint_name}-{model_name}"


def search_prefix(endpoint_name: str) -> str:
    """How the names begin of all that was made for an endpoint, to be searched by."""
    return _cut(endpoint_name)


def may_be_ours(name: str, endpoint_name: str) -> bool:
    """Whether a name is of the form of those made for an endpoint; the tag alone tells that it was."""
    prefix = search_prefix(endpoint_name)
    return name.startswith(prefix) and _OURS.fullmatch(name[-1 - HASH_LENGTH :]) is not None


def handle(model_name: str, endpoint_name: str) -> str:
    """What a model that was made for an endpoint was called in its spec, as far as its name still tells."""
    stem = model_name[: -1 - HASH_LENGTH]
    return stem.removeprefix(f"{endpoint_name}-") or model_name


def _cut(stem: str) -> str:
    # A name neither has two dashes for one nor ends with one.
    return stem[:STEM_LENGTH].rstrip("-")
