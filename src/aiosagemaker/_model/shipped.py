"""The namespaces of the services that are shipped; a table is read when first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._shapes.namespace import Namespace
from .._shapes.schema import Schema

if TYPE_CHECKING:
    from pathlib import Path

    from .._shapes.registry import Registry


def shipped_namespace(module: str, table: Path) -> Namespace:
    """The classes of `module`, from the `schema.json` that stands beside it."""
    return Namespace(module, lambda: Schema.parse(table.read_text(encoding="utf-8")), _document)


def _document(namespace: Registry, name: str) -> str:
    from .._docs.documentation import shape_doc

    return shape_doc(namespace, name)
