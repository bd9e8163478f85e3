"""Answers in print: what of them, by JMESPath, and in which format."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

from .._botocore import botocore
from .arguments import OUTPUTS
from .failures import UsageError
from .plain import is_dict, is_list

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import TextIO

    from .arguments import Globals


class Printer:
    """Prints answers as the options of the tool want them."""

    def __init__(self, options: Globals, title: str) -> None:
        """`title` stands over a table. Raises UsageError for a query that is none."""
        self._options = options
        self._title = title
        self._query = _compile(options.query) if options.query is not None else None

    def print(self, answer: Any) -> None:
        """One whole answer."""
        output = self._output()
        value = self._selected(answer)
        if output == "text":
            write_text(value, sys.stdout)
        elif output == "table":
            from ._tables import write_table

            write_table(self._title, value, sys.stdout, self._options.color)
        elif value == {}:
            # An operation without an answer prints none.
            return
        elif output == "json":
            sys.stdout.write(json.dumps(value, indent=4, ensure_ascii=False) + "\n")
        else:
            from ._yaml import dump

            sys.stdout.write(dump([value] if output == "yaml-stream" else value))
        sys.stdout.flush()

    async def print_pages(self, pages: AsyncIterator[dict[str, Any]]) -> None:
        """An answer in pages: text and yaml-stream print each as it comes, and apply the query to each."""
        from .paging import merge

        output = self._output()
        if output not in ("text", "yaml-stream"):
            result: dict[str, Any] | None = None
            async for page in pages:
                result = merge(result, page)
            self.print(result if result is not None else {})
            return
        async for page in pages:
            token = page.pop("NextToken", None)
            if output == "text":
                self.print(page)
                if token is not None:
                    self.print({"NextToken": {"NextToken": token}})
            else:
                self.print(page if token is None else {**page, "NextToken": token})

    def _selected(self, answer: Any) -> Any:
        return answer if self._query is None else self._query.search(answer)

    def _output(self) -> str:
        output = self._options.output or _configured(self._options.profile)
        if output not in OUTPUTS:
            raise UsageError(f"Unknown output type: {output}, valid choices are: {', '.join(OUTPUTS)}")
        return output


def _compile(query: str) -> Any:
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        return jmespath.compile(query)
    except JMESPathError as error:
        raise UsageError(f"Bad value for --query {query}: {error}") from error


def _configured(profile: str | None) -> str:
    given = os.environ.get("AWS_DEFAULT_OUTPUT")
    if given:
        return given
    path = os.path.expandvars(os.path.expanduser(os.environ.get("AWS_CONFIG_FILE") or "~/.aws/config"))
    if not os.path.isfile(path):
        return "json"
    name = profile or os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE") or "default"
    section = botocore("configloader").load_config(path)["profiles"].get(name, {})
    return str(section.get("output", "json"))


def write_text(value: Any, out: TextIO) -> None:
    """Tab-separated lines, as `--output text` of the AWS CLI writes them: one of scalars, sorted by key, for each
    structure; what is nested follows, each line led by the key in capitals."""
    _nested(value, None, out)


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, (dict, list))


def _text_of_dict(value: dict[str, Any], label: str | None, columns: list[str], out: TextIO) -> None:
    if columns:
        cells = [str(value.get(key, "")) for key in columns]
        out.write("\t".join([label.upper(), *cells] if label is not None else cells) + "\n")
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
        out.write("\t".join(scalars) + "\n")
    elif label is not None:
        out.writelines(f"{label.upper()}\t{item}\n" for item in scalars)
    for item in items:
        if not _is_scalar(item):
            _nested(item, label, out)


def _nested(value: Any, label: str | None, out: TextIO) -> None:
    if is_dict(value):
        _text_of_dict(value, label, sorted(key for key in value if _is_scalar(value[key])), out)
    elif is_list(value):
        _text_of_list(value, label, out)
    else:
        out.write(f"{value}\n")
