"""The layout of a stub's text."""

from __future__ import annotations

import ast

import pytest

from aiosagemaker._stubs.text import WIDTH, docstring, function, imports, listed, literal, words


def test_what_cannot_be_a_docstring_is_refused() -> None:
    """Text that would end its docstring early is refused."""
    assert docstring("a\\d") == 'r"""a\\d"""'
    for text in ('a"', 'a"""b', "a\nb"):
        with pytest.raises(ValueError, match="docstring"):
            docstring(text)


def test_lists_are_wrapped() -> None:
    """A list goes on one line if it fits, and otherwise takes one line for each item."""
    assert listed("[", ["a", "b"], "]") == ["[a, b]"]
    lines = listed("[", [f"name_{number}" for number in range(100)], "]")
    assert lines[1:-1] == [f"    name_{number}," for number in range(100)]
    assert ast.literal_eval("".join(lines).replace("name", "'name").replace(",", "',")) == [
        f"name_{number}" for number in range(100)
    ]
    assert literal('a"\\') == '"a\\"\\\\"'
    assert list(imports({"a": ["b", "c as d"], "e": ["f"]}, frozenset({"b", "d"}))) == ["from a import b, c as d"]


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize("doc", [(), ("What it does.",), ("What it does.", "`a`: a fact.", "`b`: another.")])
def test_a_function(count: int, doc: tuple[str, ...]) -> None:
    """A method parses back to its parameters and its docstring, and no line of it is too long."""
    parameters = ["self", *(f"name_{number}: int = ..." for number in range(count))]
    lines = function("def f", parameters, "None", doc)
    (made,) = ast.parse("class A:\n" + "\n".join(lines)).body[0].body  # type: ignore[attr-defined]  # a class has one
    assert [argument.arg for argument in made.args.args] == ["self", *(f"name_{each}" for each in range(count))]
    assert (ast.get_docstring(made) or "").split("\n")[0] == (doc[0] if doc else "")
    assert all(fact in (ast.get_docstring(made) or "") for fact in doc)
    assert max(map(len, lines)) <= WIDTH


def test_words() -> None:
    """Every identifier of the lines is found once."""
    assert words(["a: Mapping[str, B]", "c = a"]) == {"a", "Mapping", "str", "B", "c"}
