"""What went wrong, on standard error: in a line for people, or in the form that `--cli-error-format` names.

https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-error-format.html
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from .._errors import ServiceError
from . import yaml_text
from .failures import AnswerKept, UsageError, error_name, message
from .output import write_text
from .plain import is_tuple, plain
from .printable import encodable, json_for, one_line
from .settings import setting

if TYPE_CHECKING:
    from .arguments import Globals


def print_error(error: Exception, options: Globals) -> None:
    """Print what ended a command; with `--debug` also where it came from."""
    if options.debug:
        import traceback

        traceback.print_exc()
    out = sys.stderr
    try:
        kind = setting("error_format", options) or "legacy"
    except UsageError as wrong:
        kind = "legacy"
        if str(wrong) != str(error):
            out.write(encodable(f"{message(wrong)}\n", out))
    if kind in ("legacy", "enhanced"):
        if isinstance(error, UsageError) and error.usage:
            out.write(f"{error.usage}\n")
        text = message(error, options.profile) + (_details(error) if kind == "enhanced" else "")
        out.write(encodable(f"{text}\n", out))
        return
    content = {"Code": error_name(error), "Message": _message(error, options), **_members(error)}
    if kind == "text":
        write_text(content, out)
    elif kind == "table":
        from .tables import write_table

        write_table("Error", content, out, options.color)
    elif kind == "yaml":
        out.write(yaml_text.dump(content, ascii_only=True))
    else:
        text = json.dumps(content, indent=4, ensure_ascii=False)
        out.write(json_for(text, json.dumps(content, indent=4), out) + "\n")


def _message(error: Exception, options: Globals) -> str:
    return error.message if isinstance(error, ServiceError) else message(error, options.profile)


def _members(error: Exception) -> dict[str, Any]:
    """What the service said beside its message, as its model names it; the answer that was kept."""
    if isinstance(error, AnswerKept):
        return {"Answer": json.loads(error.answer)}
    namespace = getattr(error, "__namespace__", None)
    if not isinstance(error, ServiceError) or namespace is None:
        return {}
    rows = namespace.shapes[vars(type(error))["__shape__"]]["members"].items()
    found = {wire: getattr(error, row["name"]) for wire, row in rows if row["name"] not in ("message", "code")}
    return {name: plain(_dict(value)) for name, value in found.items() if value is not None}


def _dict(value: Any) -> Any:
    if is_tuple(value):
        return list(map(_dict, value))
    return value.to_dict() if hasattr(value, "to_dict") else value


def _details(error: Exception) -> str:
    members = _members(error) if isinstance(error, ServiceError) else {}
    if not members:
        return ""
    shown = (
        f"{name}: {'<complex value>' if isinstance(value, (dict, list)) else one_line(str(value))}"
        for name, value in members.items()
    )
    return f" Additional error details: {', '.join(shown)}"
