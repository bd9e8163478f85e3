"""What the installed botocore has and a shipped table lacks: a name that fails may be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._botocore import MODEL_VARIABLE, botocore_version
from .._errors import ArgumentError
from .installed import installed_schema, is_botocores_own

if TYPE_CHECKING:
    from .._shapes.registry import Registry
    from .._shapes.schema import Schema


def newer(namespace: Registry, section: str, name: str) -> str:
    """See `Registry.newer`. Reads the installed botocore's model only if it can be another one than the table's."""
    metadata = namespace.schema.metadata
    service = metadata.get("name", "")
    if namespace.installed_model:
        return ""
    installed = botocore_version()
    if installed == metadata.get("botocore") and is_botocores_own(service):
        return ""
    try:
        schema = installed_schema(service)
    except ArgumentError:
        return ""
    if _has(namespace.schema, section, name) or not _has(schema, section, name):
        return ""
    return (
        f"; botocore {installed}, which is installed, has it (this table is of {metadata.get('botocore')}): set "
        f'{MODEL_VARIABLE}=installed in the environment, or use aiosagemaker.client_for("{service}")'
    )


def _has(schema: Schema, section: str, name: str) -> bool:
    if section == "methods":
        rows = (*schema.operations.values(), *schema.waiters.values(), *schema.paginators.values())
        return any(row["method"] == name for row in rows)
    if section == "shapes":
        return name in schema.shapes and schema.shapes[name]["type"] in ("structure", "enum")
    members = schema.shapes[section]["members"] if section in schema.shapes else {}
    return name in members or any(member["name"] == name for member in members.values())
