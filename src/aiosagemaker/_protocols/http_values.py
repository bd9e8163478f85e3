"""Values outside the body: in headers, query strings and URI labels.

https://smithy.io/2.0/spec/http-bindings.html
"""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .._shapes import timestamps
from .._shapes.convert import WIRE

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._shapes.registry import Registry
    from .._shapes.schema import MemberRow

_LIST_ITEM = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^,]*))\s*(?:,|$)')
_HTTP_DATES = re.compile(r"\s*([^,]+,[^,]+)\s*(?:,|$)")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]*")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def percent_encode(text: str, safe: str = "") -> str:
    """RFC 3986: everything but the unreserved characters and those in `safe`."""
    return text if _UNRESERVED.fullmatch(text) else quote(text, safe=f"-_.~{safe}")


def dump_text(namespace: Registry, shape: str, value: Any, timestamp_format: str) -> str:
    """A scalar as text; a timestamp in the format of its place unless the shape has its own."""
    row = namespace.shapes[shape]
    kind = row["type"]
    if kind == "string" and value.__class__ is str:
        return str(value)
    if kind == "timestamp":
        return str(timestamps.DUMP[row.get("format", timestamp_format)](value))
    if kind == "boolean":
        return "true" if value else "false"
    if kind == "blob":
        return base64.b64encode(value).decode()
    plain = WIRE.dump_hook(namespace, shape)(value)
    return plain if isinstance(plain, str) else json.dumps(plain)


def dump_header(namespace: Registry, member: MemberRow, value: Any) -> str:
    """A header's value. Raises ValueError for what a header cannot carry."""
    if member.get("json_value"):
        return base64.b64encode(value.encode()).decode()
    row = namespace.shapes[member["shape"]]
    style = member.get("format", "rfc822")
    if row["type"] == "list":
        item = row["item"]
        quoted = namespace.shapes[item]["type"] in ("string", "enum")
        texts = (dump_text(namespace, item, entry, style) for entry in value)
        text = ", ".join(_quoted(entry) if quoted else entry for entry in texts)
    else:
        text = dump_text(namespace, member["shape"], value, style)
    # A line break would let a value add headers of its own; latin-1 is all that HTTP/1.1 has.
    if text.isascii() and text.isprintable():
        return text
    if _CONTROL.search(text):
        raise ValueError("expected a value without control characters")
    text.encode("latin-1")
    return text


def _quoted(text: str) -> str:
    if '"' in text or "," in text:
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return text


def load_header(namespace: Registry, member: MemberRow, text: str) -> Any:
    """The value in a header. Raises one of `LOAD_ERRORS` for what is not of the shape."""
    if member.get("json_value"):
        decoded = base64.b64decode(text, validate=True).decode()
        json.loads(decoded)
        return decoded
    row = namespace.shapes[member["shape"]]
    if row["type"] == "list":
        item = row["item"]
        splitter = _HTTP_DATES if _is_http_date(namespace, item, member) else _LIST_ITEM
        return tuple(_load_text(namespace, item, entry) for entry in _split(splitter, text))
    return _load_text(namespace, member["shape"], text)


def _is_http_date(namespace: Registry, item: str, member: MemberRow) -> bool:
    row = namespace.shapes[item]
    return row["type"] == "timestamp" and row.get("format", member.get("format", "rfc822")) == "rfc822"


def _split(pattern: re.Pattern[str], text: str) -> list[str]:
    items: list[str] = []
    position = 0
    while position < len(text) and (match := pattern.match(text, position)):
        quoted = match[1] if pattern is _LIST_ITEM else None
        items.append(re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else match[match.lastindex or 1].strip())
        position = match.end()
    return items


_PARSE: dict[str, Callable[[str], Any]] = {
    "boolean": lambda text: {"true": True, "false": False}[text.lower()],
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
    "timestamp": timestamps.load,
    "blob": base64.b64decode,
}


def _load_text(namespace: Registry, shape: str, text: str) -> Any:
    kind = namespace.shapes[shape]["type"]
    if kind == "string":
        return text
    parse = _PARSE.get(kind)
    return WIRE.load_hook(namespace, shape)(text, None) if parse is None else parse(text.strip())
