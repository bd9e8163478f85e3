"""What a function shows of itself, made when it is read: its docstring, its signature.

The two are attributes of plain functions, which have no properties; so each is a value of the type that readers ask
for (`inspect`, `pydoc`, mocks, shells), and fills itself in.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class OnDemandText(str):
    """A string whose text is written when one of its methods is called.

    What reads a string past its methods (`re`, `"".join`) finds `brief`.
    """

    __slots__ = ("_text", "_write")

    _write: Callable[[], str]

    def __new__(cls, brief: str, write: Callable[[], str]) -> Self:
        self = super().__new__(cls, brief)
        self._write = write
        return self

    def __getattr__(self, name: str) -> Any:
        if name != "_text":
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        self._text = self._write()
        return self._text

    def __radd__(self, other: str) -> str:
        return f"{other}{self}"

    def __reduce__(self) -> tuple[Any, ...]:
        return str, (str(self),)


def _of_the_text(name: str) -> Callable[..., Any]:
    method = getattr(str, name)

    def read(self: Any, *arguments: Any, **keywords: Any) -> Any:
        return method(self._text, *arguments, **keywords)

    return read


_NOT_OF_THE_TEXT = {*dir(object), "__getnewargs__", "__getstate__", "maketrans"}
_COMPARISONS = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__")
for _name in (*sorted({*dir(str)} - _NOT_OF_THE_TEXT), *_COMPARISONS, "__format__", "__hash__", "__repr__", "__str__"):
    setattr(OnDemandText, _name, _of_the_text(_name))


class Member(inspect.Parameter):
    """A keyword that is a member of the request, which may be given whole instead."""

    __slots__ = ()


REQUEST = "request"


class OnDemandSignature(inspect.Signature):
    """A signature that is made when it is read.

    Its positional request stands for all the members, so that what binds arguments (a mock, for one) takes either.
    """

    __slots__ = ("_make",)

    _make: Callable[[], tuple[Iterable[inspect.Parameter], Any]]

    @classmethod
    def of(cls, make: Callable[[], tuple[Iterable[inspect.Parameter], Any]]) -> Self:
        """The signature of the parameters and the return annotation that `make` returns."""
        self = cls.__new__(cls)
        self._make = make
        return self

    def __getattr__(self, name: str) -> Any:
        # Only what `__init__` sets can be missing.
        if name == "_make":
            raise AttributeError(name)
        parameters, returns = self._make()
        super().__init__([*parameters], return_annotation=returns)
        return object.__getattribute__(self, name)

    def bind(self, /, *args: Any, **kwargs: Any) -> inspect.BoundArguments:
        """As for any signature: a request instead of the members, or the members."""
        names = list(self.parameters)
        if REQUEST not in names or args[names.index(REQUEST) :][:1] in ((), (None,)):
            return super().bind(*args, **kwargs)
        others = [parameter for parameter in self.parameters.values() if not isinstance(parameter, Member)]
        return inspect.Signature(others, return_annotation=self.return_annotation).bind(*args, **kwargs)
