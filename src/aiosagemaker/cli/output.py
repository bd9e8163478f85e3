"""Answers in print: what of them, by JMESPath, and in which format."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from . import yaml_text
from .failures import AnswerKept, UsageError, require
from .plain import is_dict, is_list
from .printable import json_for, write
from .settings import setting

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import TextIO

    from .arguments import Globals
    from .progress import Counting


class Printer:
    """Prints answers as the options of the tool want them. Whatever keeps it from that is found when it is made."""

    def __init__(self, options: Globals, title: str) -> None:
        """`title` stands over a table.

        Raises:
            UsageError: there is no such format, what it needs is not installed, or the query is none.
        """
        self._color = options.color
        self._title = title
        self._query = _compile(options.query) if options.query is not None else None
        self._format = setting("output", options)
        if self._format == "table":
            require("rich", "tables")
        elif self._format in ("yaml", "yaml-stream"):
            yaml_text.library()

    def print(self, answer: Any) -> None:
        """One whole answer.

        Raises:
            AnswerKept: the query cannot be applied to it, or nothing can be written; the error has the answer.
        """
        value = self._selected(answer)
        try:
            self._write(value, sys.stdout)
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise AnswerKept(f"Standard output cannot be written to: {error.strerror}", _json(value)) from error

    def _write(self, value: Any, out: TextIO) -> None:
        if self._format == "table":
            from .tables import write_table

            write_table(self._title, value, out, self._color)
        elif self._format == "text":
            write_text(value, out)
        elif value == {}:
            # An operation without an answer prints none.
            return
        elif self._format == "json":
            out.write(json_for(_json(value), json.dumps(value, indent=4), out) + "\n")
        else:
            shown = [value] if self._format == "yaml-stream" else value
            text = yaml_text.dump(shown)
            out.write(json_for(text, yaml_text.dump(shown, ascii_only=True), out) if not text.isascii() else text)

    async def print_pages(self, pages: AsyncIterator[dict[str, Any]], counting: Counting) -> None:
        """An answer in pages: text and yaml-stream print each as it comes, and apply the query to each."""
        from .paging import merge

        if self._format not in ("text", "yaml-stream"):
            result: dict[str, Any] | None = None
            async for page in pages:
                result = merge(result, page)
            counting.clear()
            self.print(result if result is not None else {})
            return
        async for page in pages:
            counting.clear()
            token = page.pop("NextToken", None)
            if self._format == "text":
                self.print(page)
                if token is not None:
                    self.print({"NextToken": {"NextToken": token}})
            else:
                self.print(page if token is None else {**page, "NextToken": token})

    def _selected(self, answer: Any) -> Any:
        if self._query is None:
            return answer
        from jmespath.exceptions import JMESPathError

        try:
            return self._query.search(answer)
        except JMESPathError as error:
            raise AnswerKept(f"--query cannot be applied to the answer: {error}", _json(answer)) from error


def _json(value: Any) -> str:
    return json.dumps(value, indent=4, ensure_ascii=False)


def _compile(query: str) -> Any:
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        compiled = jmespath.compile(query)
        _check_functions(compiled.parsed)
    except JMESPathError as error:
        raise UsageError(f"Bad value for --query {query}: {error}") from error
    return compiled


def _check_functions(node: Any) -> None:
    """What the library itself finds only when the answer is there: functions that do not exist, or take less."""
    from jmespath.exceptions import ArityError, UnknownFunctionError
    from jmespath.functions import Functions

    if node["type"] == "function_expression":
        name, given = node["value"], len(node["children"])
        row = Functions.FUNCTION_TABLE.get(name)
        if row is None:
            raise UnknownFunctionError(f"Unknown function: {name}()")
        signature = row["signature"]
        variadic = bool(signature) and signature[-1].get("variadic")
        if given < len(signature) or (given > len(signature) and not variadic):
            raise ArityError(len(signature), given, name)
    for child in node["children"]:
        if isinstance(child, dict):
            _check_functions(child)


def write_text(value: Any, out: TextIO) -> None:
    """Tab-separated lines, as `--output text` of the AWS CLI writes them: one of scalars, sorted by key, for each
    structure; what is nested follows, each line led by the key in capitals."""
    _nested(value, None, out)


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, (dict, list))


def _line(cells: list[str], out: TextIO) -> None:
    write("\t".join(cells) + "\n", out)


def _text_of_dict(value: dict[str, Any], label: str | None, columns: list[str], out: TextIO) -> None:
    if columns:
        cells = [str(value.get(key, "")) for key in columns]
        _line([label.upper(), *cells] if label is not None else cells, out)
    for key in sorted(value.keys() - set(columns)):
        _nested(value[key], key, out)


def _text_of_list(items: list[Any], label: str | None, out: TextIO) -> None:
    if any(isinstance(item, dict) for item in items):
        # Every line has the columns of all of them, so that a column is always the same key.
        columns = sorted({key for item in items if is_dict(item) for key in item if _is_scalar(item[key])})
        for item in items:
            if is_dict(item):
                _text_of_dict(item, label, columns, out)
            else:
                _nested(item, label, out)
        return
    scalars = [str(item) for item in items if _is_scalar(item)]
    if scalars and label is None:
        _line(scalars, out)
    elif label is not None:
        for item in scalars:
            _line([label.upper(), item], out)
    for item in items:
        if not _is_scalar(item):
            _nested(item, label, out)


def _nested(value: Any, label: str | None, out: TextIO) -> None:
    if is_dict(value):
        _text_of_dict(value, label, sorted(key for key in value if _is_scalar(value[key])), out)
    elif is_list(value):
        _text_of_list(value, label, out)
    else:
        _line([str(value)], out)
