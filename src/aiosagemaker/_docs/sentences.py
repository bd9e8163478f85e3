"""One sentence of our own for each thing that is documented: what docstrings begin with, and what editors show."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .._shapes.registry import Registry
    from .._shapes.schema import AcceptorRow

_ENDS = {"error": "refused with {expected}", "status": "answered with the status {expected}"}


def shape_sentence(namespace: Registry, name: str) -> str:
    """What a structure, an enum or an error is."""
    row = namespace.shapes[name]
    if "error" in row:
        code, status = row["error"].get("code", name), row["error"].get("status")
        coded = f" with the code {code}" if code != name else ""
        return f"An error of the service{coded}{f', HTTP status {status}' if status else ''}."
    if "request" in row or "response" in row:
        operation = row.get("request") or row.get("response", "")
        verb = "takes" if "request" in row else "returns"
        model = f"; the service calls it {row['model']}" if "model" in row else ""
        return f"What `{namespace.schema.operations[operation]['method']}` {verb}{model}."
    if row["type"] == "enum":
        return f"One of {len(row['values'])} strings."
    return "Exactly one member is set." if row.get("union") else "A part of requests or responses."


def operation_sentence(namespace: Registry, name: str) -> str:
    """What calling an operation does."""
    row = namespace.schema.operations[name]
    deprecated = ", which is deprecated" if row.get("deprecated") else ""
    errors = [*row.get("errors", ()), "another SdkError"] if "errors" in row else ["an SdkError"]
    return f"Call {name}{deprecated}; raises {' or '.join(errors)}."


def waiter_sentence(namespace: Registry, name: str) -> str:
    """What a wait does."""
    row = namespace.schema.waiters[name]
    operation = namespace.schema.operations[row["operation"]]
    return f"Poll `{operation['method']}` until it is {alternatives(row['acceptors'], 'success')}."


def paginator_sentence(namespace: Registry, name: str) -> str:
    """What a paginator gives."""
    row, operation = namespace.schema.paginators[name], namespace.schema.operations[name]
    return f"The `{row['result']}` of every page of `{operation['method']}`."


def alternatives(acceptors: Iterable[AcceptorRow], state: str) -> str:
    """The ways in which a wait reaches the state."""
    found = [
        _ENDS.get(acceptor["matcher"], "{argument} {expected}").format(
            argument=acceptor.get("argument"), expected=acceptor["expected"]
        )
        for acceptor in acceptors
        if acceptor["state"] == state
    ]
    return " or ".join(found) or "never so"
