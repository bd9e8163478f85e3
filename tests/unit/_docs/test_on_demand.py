"""Docstrings and signatures of plain functions, made when they are read."""

from __future__ import annotations

import copy
import functools
import inspect
import pickle
import pydoc

import pytest

from aiosagemaker._docs.on_demand import Member, OnDemandSignature, OnDemandText

P = inspect.Parameter


def text(written: list[int] | None = None) -> OnDemandText:
    def write() -> str:
        if written is not None:
            written.append(1)
        return "One line.\n\n    And more.\n"

    return OnDemandText("One line.", write)


def test_text_is_written_once_when_read() -> None:
    """Nothing is written before the text is read, and once however often it is."""
    written: list[int] = []
    lazy = text(written)
    assert isinstance(lazy, str)
    assert written == []
    assert [len(lazy), lazy.count("\n"), lazy[0]] == [len("One line.\n\n    And more.\n"), 3, "O"]
    assert written == [1]


def test_text_reads_as_a_string_does() -> None:
    """Every way to read a string's text through its methods finds the text."""
    lazy, plain = text(), "One line.\n\n    And more.\n"
    assert lazy == plain
    assert plain == lazy
    assert (str(lazy), repr(lazy), f"{lazy}", "%s" % lazy) == (plain, repr(plain), plain, plain)  # noqa: UP031
    assert (lazy + "!", "!" + lazy, "more" in lazy, list(lazy)) == (plain + "!", "!" + plain, True, list(plain))
    assert (hash(lazy), lazy.splitlines(), lazy.expandtabs(2)) == (hash(plain), plain.splitlines(), plain)
    assert not hasattr(lazy, "colour")


def test_text_as_a_docstring() -> None:
    """`help` and `inspect.getdoc` show the text of a function that has it."""

    def function() -> None: ...

    function.__doc__ = text()
    assert inspect.getdoc(function) == "One line.\n\nAnd more."
    assert "And more." in pydoc.plain(pydoc.render_doc(function))


def test_text_is_pickled_and_copied_as_a_string() -> None:
    """What leaves the process is the text itself."""
    assert pickle.loads(pickle.dumps(text())) == text()
    assert type(pickle.loads(pickle.dumps(text()))) is str
    assert copy.deepcopy(text()) == text()


def signature(made: list[int] | None = None) -> OnDemandSignature:
    def make() -> tuple[list[inspect.Parameter], str]:
        if made is not None:
            made.append(1)
        return [
            P("self", P.POSITIONAL_ONLY),
            P("request", P.POSITIONAL_ONLY, default=None),
            Member("name", P.KEYWORD_ONLY),
            Member("size", P.KEYWORD_ONLY, default=None),
            P("timeout", P.KEYWORD_ONLY, default=None),
        ], "int"

    return OnDemandSignature.of(make)


def test_signature_is_made_when_read() -> None:
    """It is made once, when its parameters or its text are asked for, and equals an ordinary one."""
    made: list[int] = []
    lazy = signature(made)
    assert made == []
    assert str(lazy) == "(self, request=None, /, *, name, size=None, timeout=None) -> 'int'"
    assert (list(lazy.parameters)[:2], lazy.return_annotation, made) == (["self", "request"], "int", [1])
    assert lazy == inspect.Signature(list(signature().parameters.values()), return_annotation="int")
    with pytest.raises(AttributeError):
        _ = lazy.colour  # type: ignore[attr-defined]  # which no signature has


def test_signature_takes_a_request_or_members() -> None:
    """Bound with a request it wants no members, and without one the required ones."""
    lazy = signature()
    assert lazy.bind("s", name="n", timeout=1).arguments == {"self": "s", "name": "n", "timeout": 1}
    assert lazy.bind("s", "r", timeout=1).arguments == {"self": "s", "request": "r", "timeout": 1}
    for arguments, keywords in ((("s",), {}), (("s", None), {}), (("s", "r"), {"name": "n"}), (("s",), {"nam": 1})):
        with pytest.raises(TypeError):
            lazy.bind(*arguments, **keywords)


def test_signature_of_a_function_that_was_bound_in_part() -> None:
    """A method's, and a partial's, still takes either."""

    def function(self: object, request: object = None, /, **members: object) -> None: ...

    function.__dict__["__signature__"] = signature()
    partial = inspect.signature(functools.partial(function, "s"))
    assert partial.bind("r").arguments == {"request": "r"}
    with pytest.raises(TypeError):
        partial.bind()
    bound = inspect.signature(function.__get__("s"))
    assert next(iter(bound.parameters)) == "request"
    assert bound.bind("r").arguments == {"request": "r"}
