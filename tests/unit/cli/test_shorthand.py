from __future__ import annotations

import contextlib
import json
import pickle
import time
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiosagemaker.cli.shorthand import (
    MAX_DEPTH,
    Kind,
    ShapeView,
    ShorthandParseError,
    Value,
    coerce,
    parse,
    parse_argument,
)
from aiosagemaker.errors import ParamValidationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

VECTORS = Path(__file__).parents[4] / "shared/vectors/cli/shorthand.json"

needs_vectors = pytest.mark.skipif(not VECTORS.exists(), reason="the shared vectors are not beside the repository")


@attrs.frozen
class Shape:
    kind: Kind
    members: Mapping[str, ShapeView] = MappingProxyType({})
    inner: ShapeView | None = None

    @property
    def item(self) -> ShapeView:
        assert self.kind == "list"
        assert self.inner
        return self.inner

    @property
    def value(self) -> ShapeView:
        assert self.kind == "map"
        assert self.inner
        return self.inner


def structure(**members: ShapeView) -> Shape:
    return Shape("structure", members)


def list_of(item: ShapeView) -> Shape:
    return Shape("list", inner=item)


def map_of(value: ShapeView) -> Shape:
    return Shape("map", inner=value)


STRING, INTEGER, FLOAT, BOOLEAN = Shape("string"), Shape("integer"), Shape("float"), Shape("boolean")
TAG = structure(Key=STRING, Value=STRING)


def vectors(kind: str) -> list[Any]:
    cases = json.loads(VECTORS.read_text())["cases"] if VECTORS.exists() else []
    return [pytest.param(case, id=str(n)) for n, case in enumerate(cases) if case["kind"] == kind]


def with_bytes(value: Any) -> Any:
    """The vectors' way to write bytes, undone."""
    if isinstance(value, dict):
        return value["$bytes"].encode() if "$bytes" in value else {k: with_bytes(v) for k, v in value.items()}
    return value


def shape_of(model: dict[str, Any]) -> Shape:
    if model["type"] == "list":
        return list_of(shape_of(model["member"]))
    return Shape(model["type"], {name: shape_of(member) for name, member in model.get("members", {}).items()})


def file_reader(contents: Any) -> Callable[[str], str | bytes]:
    queue = list(contents) if isinstance(contents, list) else None

    def resolve(reference: str) -> str | bytes:
        assert reference.startswith(("file://foo", "fileb://foo"))
        answer: str | bytes = with_bytes(queue.pop(0) if queue is not None else contents)
        return answer

    return resolve


@needs_vectors
@pytest.mark.parametrize("case", vectors("parse"))
def test_parse_vector(case: dict[str, Any]) -> None:
    """The AWS CLI's own cases give what they give there."""
    assert parse(case["input"], lambda reference: pytest.fail(reference)) == case["expected"]


@needs_vectors
@pytest.mark.parametrize("case", vectors("error"))
def test_error_vector(case: dict[str, Any]) -> None:
    """The AWS CLI's own errors are errors, soon, and with its text where the cases give one."""
    began = time.perf_counter()
    with pytest.raises(ShorthandParseError) as caught:
        parse(case["input"])
    assert time.perf_counter() - began < case.get("time_limit_s", 5) / 10
    if "message" in case:
        assert str(caught.value) == case["message"]


@needs_vectors
@pytest.mark.parametrize("case", vectors("paramfile"))
def test_file_vector(case: dict[str, Any]) -> None:
    """The AWS CLI's own cases of `@=` read the files that they read there, and no others."""
    assert parse(case["input"], file_reader(case["file_contents"])) == with_bytes(case["expected"])


@needs_vectors
@pytest.mark.parametrize("case", vectors("model"))
def test_model_vector(case: dict[str, Any]) -> None:
    """The AWS CLI's own cases of what the model asks give what they give there."""
    shape = Shape("structure", {name: shape_of(member) for name, member in case["shape"].items()})
    assert coerce(case["params"], shape) == case["expected"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=b,,c=d", {"a": "b", "c": "d"}),
        ("a=b,c,,d=e", {"a": ["b", "c"], "d": "e"}),
        ("a=,b", {"a": ["", "b"]}),
        ("=a", {"": "a"}),
        ("a=b=c", {"a": "b=c"}),
        ("a=b=c,d=e", {"a": "b=c", "d": "e"}),
        ("a=[b,]", {"a": ["b"]}),
        ("a={b=[],c={}}", {"a": {"b": [], "c": {}}}),
        ("a={b=1,b=2}", {"a": {"b": "2"}}),
        ("a=['b]',\"c,d\"]", {"a": ["b]", "c,d"]}),
        ("a='b\\'", {"a": "b\\"}),
        ("a='b\\\\'c'", {"a": "b\\'c"}),
        ("a='b\\\"c'", {"a": 'b\\"c'}),
        ("a='line\nbreak' ", {"a": "line\nbreak"}),
        ("a=\\\\,b", {"a": "\\,b"}),
        ("a=b\u3000", {"a": "b"}),
        ("a @ = b", {"a": "b"}),
        ("a={ b = 1 , c = 2 }", {"a": {"b": "1", "c": "2"}}),
        ("a=[ [b] , [ ] ]", {"a": [["b"], []]}),
    ],
)
def test_corners(text: str, expected: object) -> None:
    """Corners of the syntax that no published case shows read as version 1 of the AWS CLI reads them."""
    assert parse(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "a", "a=[b] ", "a=b}", "a=b],c=d", "a='b'c", "a=[b}", "a={b=1]", "a=b\x01", 'a=b"c', "a=don\\'t", "a={b=}"],
)
def test_more_errors(text: str) -> None:
    """What version 1 of the AWS CLI refuses is refused."""
    with pytest.raises(ShorthandParseError, match="Expected: "):
        parse(text)


@pytest.mark.parametrize(
    ("text", "problem", "shown"),
    [
        ("a=[b", "Expected: ',', received: 'EOF'", "a=[b\n    ^"),
        ("a='b", "Expected: '<single quoted>', received: '<none>'", "a='b\n  ^"),
        ('a=b,"c', "Expected: '<double quoted>', received: '<none>'", 'a=b,"c\n    ^'),
        ("a=b,", "Expected: a key or a value, received: 'EOF'", "a=b,\n    ^"),
        ("a==b,\nc=d", "Expected: ',', received: '='", "a==b,\n  ^\nc=d"),
        ("a=b,\nc==d", "Expected: ',', received: '='", "a=b,\nc==d\n  ^"),
        ("a=b,\nc==d,\ne=f", "Expected: ',', received: '='", "a=b,\nc==d,\n  ^\ne=f"),
        ("a=[b],  a=c", 'Second instance of key "a" encountered', "a=[b],  a=c\n        ^"),
    ],
)
def test_what_an_error_shows(text: str, problem: str, shown: str) -> None:
    """An error shows the text with a caret under the character at fault, on the character's own line."""
    with pytest.raises(ShorthandParseError) as caught:
        parse(text)
    assert str(caught.value).startswith(f"{problem} for input:\n{shown}")


def test_the_error_is_one_of_the_library() -> None:
    """The error is a ParamValidationError, as nothing was sent, and survives pickling."""
    with pytest.raises(ShorthandParseError) as caught:
        parse("a")
    assert isinstance(caught.value, ParamValidationError)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (type(copy), str(copy)) == (ShorthandParseError, str(caught.value))


@pytest.mark.parametrize("bracket", ["[", "{a="])
def test_nesting_has_an_end(bracket: str) -> None:
    """Nesting beyond the limit is an error of the syntax, not of the interpreter's stack."""
    closing = "]" if bracket == "[" else "}"
    assert parse("a=" + bracket * MAX_DEPTH + "b" + closing * MAX_DEPTH)
    assert parse(f"a=[{','.join([bracket + 'b' + closing] * MAX_DEPTH)}]")
    with pytest.raises(ShorthandParseError, match="nest deeper"):
        parse("a=" + bracket * 100_000)


@given(st.text("ab=,[]{}'\"\\ @\n\t:/é😀\x00", max_size=25))
def test_any_text(text: str) -> None:
    """Any text is shorthand or a ShorthandParseError, and parsing it leaves only words, lists and hashes."""

    def check(value: Value) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                assert key in text
                check(item)
        elif isinstance(value, list):
            for item in value:
                check(item)
        else:
            assert isinstance(value, str)

    with contextlib.suppress(ShorthandParseError):
        check(parse(text))


quoted = st.text("ab=,[]{}'\" @\n\té😀", max_size=10).map(lambda word: (word, "'" + word.replace("'", "\\'") + "'"))
trees = st.recursive(
    quoted,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda xs: ([x for x, _ in xs], "[" + " , ".join(t for _, t in xs) + "]")),
        st.dictionaries(st.text("abc-_./#:", min_size=1, max_size=4), inner, max_size=3).map(
            lambda d: (
                {k: v for k, (v, _) in d.items()},
                "{" + ", ".join(f"{k} = {t}" for k, (_, t) in d.items()) + "}",
            )
        ),
    ),
)


@given(trees)
def test_quoted_trees(tree: tuple[Value, str]) -> None:
    """Whatever quoted words, lists and hashes are written down comes back as it was."""
    value, text = tree
    assert parse(f"a={text}") == {"a": value}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a@=file://x", {"a": "<file://x>"}),
        ("a@=file://x,b=file://y", {"a": "<file://x>", "b": "file://y"}),
        ("a@='file://x y',fileb://z", {"a": ["<file://x y>", "<fileb://z>"]}),
        ("a@=file://x ,b=c", {"a": "<file://x>", "b": "c"}),
        ("a@=[file://x,[file://y]]", {"a": ["<file://x>", ["<file://y>"]]}),
        ("a@=[{b=file://x},file://y]", {"a": [{"b": "file://x"}, "<file://y>"]}),
        ("a=[{b@=file://x},file://y]", {"a": [{"b": "<file://x>"}, "file://y"]}),
        ("a@=http://x", {"a": "http://x"}),
        ("a@=b file://x", {"a": "b file://x"}),
        ("a@=b,file://x=c", None),
    ],
)
def test_which_files_are_read(text: str, expected: object) -> None:
    """`@=` reads the references of its own value, and nothing is read for text that is no shorthand."""
    read: list[str] = []

    def resolve(reference: str) -> str:
        read.append(reference)
        return f"<{reference}>"

    if expected is None:
        # "file" and "://x" are then a key, whose value begins at the last "=".
        assert parse(text, resolve) == {"a": "b", "file://x": "c"}
        assert read == []
    else:
        assert parse(text, resolve) == expected
        assert len(read) == str(expected).count("<")


def test_without_a_reader() -> None:
    """A reference to a file is refused, not passed on as text, when nothing can read it."""
    with pytest.raises(ShorthandParseError, match="file://x"):
        parse("a@=file://x")


def test_a_failing_reader() -> None:
    """What the reader raises reaches the caller as it is."""

    def resolve(reference: str) -> str:
        raise FileNotFoundError(reference)

    with pytest.raises(FileNotFoundError):
        parse("a@=file://x", resolve)


@pytest.mark.parametrize("text", ["a=b,c\\,d=e", 'a=b,"c,d"=e', "a=b,'c,d=e'=f"])
def test_text_is_not_dropped(text: str) -> None:
    """A word with a comma in it that an `=` follows is an error: the AWS CLI drops part of it."""
    with pytest.raises(ShorthandParseError):
        parse(text)


def test_characters_beyond_the_first_plane() -> None:
    """An emoji is text like any other: the AWS CLI refuses it outside quotes."""
    assert parse("a=😀,b😀 😀,c=[😀]") == {"a": ["😀", "b😀 😀"], "c": ["😀"]}


@pytest.mark.parametrize(
    ("value", "shape", "expected"),
    [
        pytest.param({"A": "1"}, structure(A=list_of(INTEGER)), {"A": [1]}, id="a list of one number"),
        pytest.param({"A": {"B": "1"}}, structure(A=list_of(structure(B=INTEGER))), {"A": [{"B": 1}]}, id="one hash"),
        pytest.param({"A": "x"}, structure(A=list_of(list_of(STRING))), {"A": [["x"]]}, id="a list of a list of one"),
        pytest.param(["1", "2"], list_of(Shape("long")), [1, 2], id="a list at the top"),
        pytest.param({"a": "1.5"}, map_of(Shape("double")), {"a": 1.5}, id="a map"),
        pytest.param({"a": {"B": "TRUE"}}, map_of(structure(B=BOOLEAN)), {"a": {"B": True}}, id="a map of structures"),
        pytest.param({"A": "12", "Z": "12"}, structure(A=INTEGER), {"A": 12, "Z": "12"}, id="an unknown member"),
        pytest.param({"A": "12"}, structure(A=Shape("timestamp")), {"A": "12"}, id="a timestamp stays text"),
        pytest.param({"A": b"\x00"}, structure(A=Shape("blob")), {"A": b"\x00"}, id="the bytes of a file"),
        pytest.param({"A": b"12\n"}, structure(A=INTEGER), {"A": 12}, id="a number in a file"),
        pytest.param({"A": "x"}, structure(A=TAG), {"A": "x"}, id="a word for a structure"),
        pytest.param({"A": ["1"]}, structure(A=INTEGER), {"A": ["1"]}, id="a list for a number"),
        pytest.param({"A": "1", "B": "x"}, structure(B=STRING, A=INTEGER), {"A": 1, "B": "x"}, id="order as given"),
    ],
)
def test_coerce(value: Value, shape: Shape, expected: object) -> None:
    """Words become what the shape says, single values lists, and what does not fit is left for the validation."""
    result = coerce(value, shape)
    assert result == expected
    assert repr(result) == repr(expected)


def test_coerce_leaves_its_argument() -> None:
    """What was given is not changed."""
    value: Value = {"A": "1", "B": ["2"]}
    coerce(value, structure(A=list_of(INTEGER), B=list_of(INTEGER)))
    assert value == {"A": "1", "B": ["2"]}


@pytest.mark.parametrize(
    ("value", "shape", "message"),
    [
        ({"A": "x"}, structure(A=INTEGER), "A: expected an integer, got 'x'"),
        ({"A": "1.5"}, structure(A=INTEGER), "A: expected an integer, got '1.5'"),
        ({"A": ""}, structure(A=FLOAT), "A: expected a number, got ''"),
        (
            {"A": [{"B": "yes"}]},
            structure(A=list_of(structure(B=BOOLEAN))),
            "A[0].B: expected true or false, got 'yes'",
        ),
        ({"k": "x"}, map_of(INTEGER), "['k']: expected an integer, got 'x'"),
        ({"A": "9" * 5000}, structure(A=INTEGER), "A: expected an integer, got '99"),
        ({"A": {"B": "1"}}, structure(A=structure(B=Shape("document"))), "nested parameter: A.B"),
    ],
)
def test_what_cannot_be_coerced(value: Value, shape: Shape, message: str) -> None:
    """A word that is not what the shape wants is an error that names the member; a document always is one."""
    with pytest.raises(ShorthandParseError) as caught:
        coerce(value, shape)
    assert message in str(caught.value)


def test_a_recursive_shape() -> None:
    """A shape that contains itself is followed as deep as the value goes."""

    class Node:
        kind: Kind = "structure"

        @property
        def members(self) -> Mapping[str, ShapeView]:
            return {"Next": self, "N": INTEGER}

        @property
        def item(self) -> ShapeView:
            raise AssertionError

        @property
        def value(self) -> ShapeView:
            raise AssertionError

    assert coerce(parse("Next={Next={N=1}},N=2"), Node()) == {"Next": {"Next": {"N": 1}}, "N": 2}


@pytest.mark.parametrize(
    ("given", "shape", "expected"),
    [
        (["Key=a,Value=b", "Key=c,Value="], list_of(TAG), [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": ""}]),
        ("A=1", structure(A=INTEGER), {"A": 1}),
        ("a=1,b=2", map_of(INTEGER), {"a": 1, "b": 2}),
        ("stop", structure(Value=STRING), {"Value": "stop"}),
        ("Value=stop", structure(Value=STRING), {"Value": "stop"}),
    ],
)
def test_arguments(given: str | list[str], shape: Shape, expected: object) -> None:
    """An argument is a text, or a text for each item of a list, or the only member's value itself."""
    assert parse_argument(given, shape) == expected


@pytest.mark.parametrize("shape", [structure(Other=STRING), structure(Value=INTEGER), TAG, map_of(STRING)])
def test_only_a_value_may_stand_alone(shape: Shape) -> None:
    """A text without `=` is an error for every shape but a structure of one string named Value."""
    with pytest.raises(ShorthandParseError, match="Expected: '='"):
        parse_argument("stop", shape)


def test_files_in_arguments() -> None:
    """The reader given for an argument reads the files of each of its texts."""
    assert parse_argument(["A@=file://1", "A@=file://2"], list_of(structure(A=INTEGER)), lambda ref: ref[-1]) == [
        {"A": 1},
        {"A": 2},
    ]
