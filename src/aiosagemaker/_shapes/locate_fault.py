"""Where plain data is not what the model says. Looked for only once loading has failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from .convert import LOAD_ERRORS, Dialect

if TYPE_CHECKING:
    from .registry import Registry
    from .structure import Structure

_TEXT_LIMIT = 200


class Mismatch(NamedTuple):
    """The first value that is not of its shape."""

    path: str
    """In Python's member names: `production_variants[0].current_weight`."""
    fault: str

    def __str__(self) -> str:
        return f"{self.path}: {self.fault}" if self.path else self.fault


class _Part(NamedTuple):
    suffix: str
    shape: str
    value: Any


def locate_fault(dialect: Dialect, cls: type[Structure], value: Any) -> Mismatch | None:
    """The innermost value because of which `value` does not load; None if it loads."""
    namespace, shape, path = cls.__namespace__, cls.__shape__, ""
    fault = _fault(namespace, shape, dialect.loader(cls), value)
    if fault is None:
        return None
    while True:
        for part in _parts(dialect, namespace, shape, value):
            inner = _fault(namespace, part.shape, dialect.load_hook(namespace, part.shape), part.value)
            if inner is not None:
                path, shape, value, fault = f"{path}{part.suffix}", part.shape, part.value, inner
                break
        else:
            return Mismatch(path.removeprefix("."), fault)


def _fault(namespace: Registry, shape: str, hook: Callable[[Any, Any], Any], value: Any) -> str | None:
    try:
        hook(value, None)
    except LOAD_ERRORS as error:
        text = str(error) or type(error).__name__
        # Some errors quote the value.
        return "not what its type says" if namespace.is_sensitive(shape) else text[:_TEXT_LIMIT]
    return None


def _parts(dialect: Dialect, namespace: Registry, shape: str, value: Any) -> Iterator[_Part]:
    row = namespace.shapes[shape]
    if row["type"] == "structure" and isinstance(value, Mapping):
        given = cast("Mapping[str, Any]", value)
        for wire_name, member in row["members"].items():
            item = given.get(dialect.key(wire_name, member))
            if item is not None:
                yield _Part(f".{member['name']}", member["shape"], item)
    elif row["type"] == "list" and isinstance(value, list):
        for index, item in enumerate(cast("Sequence[Any]", value)):
            yield _Part(f"[{index}]", row["item"], item)
    elif row["type"] == "map" and isinstance(value, Mapping):
        for key, item in cast("Mapping[str, Any]", value).items():
            yield _Part(f"[{key!r:.60}]", row["value"], item)
