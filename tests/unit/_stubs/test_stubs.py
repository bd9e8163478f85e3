"""The generator of stubs, on a small model and on the services' own."""

from __future__ import annotations

import ast
import inspect
from typing import Any

import pytest

from aiosagemaker import sagemaker
from aiosagemaker._model.schema_table import build_schema
from aiosagemaker._services import Service
from aiosagemaker._stubs.stubs import render_errors_stub, render_stubs
from codegen.__main__ import ROOT

SERVICE = Service("toy", "toy", "ToyClient", "Toy", "https://docs.example/API_{}.html", mixins={"Extras": "extras"})
OWNERS = {"Refused": ("toy",), "Shared": ("toy", "other")}
SHAPES: dict[str, Any] = {
    "MakeInput": {
        "type": "structure",
        "required": ["Name", "Tree"],
        "members": {
            "Name": {"shape": "Name"},
            "Kind": {"shape": "Kind"},
            "Tree": {"shape": "Tree"},
            "Labels": {"shape": "Labels"},
            "Token": {"shape": "Name", "idempotencyToken": True},
            "Rules": {"shape": "Name", "jsonvalue": True},
        },
    },
    "MakeOutput": {"type": "structure", "members": {"Items": {"shape": "Items"}, "Next": {"shape": "Name"}}},
    "Name": {"type": "string", "min": 1, "max": 9, "pattern": '[a-z"\\d]+'},
    "Kind": {"type": "string", "enum": ["Small", "very-big", 'o"dd']},
    "Tree": {"type": "structure", "members": {"Left": {"shape": "Tree"}, "Bytes": {"shape": "Data"}}},
    "Data": {"type": "blob", "sensitive": True},
    "Items": {"type": "list", "member": {"shape": "Tree"}, "max": 5},
    "Labels": {"type": "map", "key": {"shape": "Name"}, "value": {"shape": "Kind"}},
    "Refused": {
        "type": "structure",
        "exception": True,
        "error": {"httpStatusCode": 424},
        "members": {"Message": {"shape": "Name"}, "Size": {"shape": "Size"}},
    },
    "Size": {"type": "integer"},
}


def render(shapes: dict[str, Any] = SHAPES, **waiters: Any) -> dict[str, str]:
    """The stubs of a service of one operation."""
    operation = {
        "http": {"method": "POST", "requestUri": "/"},
        "input": {"shape": "MakeInput"},
        "output": {"shape": "MakeOutput"},
        "errors": [{"shape": "Refused"}],
    }
    model = {"metadata": {"protocol": "json"}, "operations": {"Make": operation}, "shapes": shapes}
    pages = {"Make": {"input_token": "Token", "output_token": "Next", "result_key": "Items"}}
    schema = build_schema(model, {"waiters": waiters}, {"pagination": pages})
    return render_stubs(schema, SERVICE, OWNERS, "Generated.")


def classes(text: str) -> dict[str, ast.ClassDef]:
    return {node.name: node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)}


def methods(cls: ast.ClassDef) -> dict[str, str]:
    """What each method takes, in words; of an overloaded one the last form."""
    defined = (node for node in cls.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {method.name: ast.unparse(method.args) for method in defined}


@pytest.fixture(scope="module")
def toy() -> dict[str, str]:
    return render()


def test_first_line_says_that_the_file_is_generated(toy: dict[str, str]) -> None:
    """Every stub says in its first line that it is generated."""
    assert set(toy) == {"__init__.pyi", "client.pyi", "errors.pyi", "models.pyi"}
    assert all(text.startswith("# Generated.\n") for text in toy.values())


def test_attributes_are_what_is_stored(toy: dict[str, str]) -> None:
    """An attribute has the type of the stored value, with None where it may be unset."""
    cls = classes(toy["models.pyi"])["MakeRequest"]
    attributes = {ast.unparse(n.target): ast.unparse(n.annotation) for n in cls.body if isinstance(n, ast.AnnAssign)}
    assert attributes == {
        "name": "str",
        "kind": "Kind | None",
        "tree": "Tree",
        "labels": "Mapping[str, Kind] | None",
        "token": "str | None",
        "rules": "str | None",
    }
    assert ast.unparse(cls.bases[0]) == "Request[MakeResponse]"


def test_constructors_take_wide_types(toy: dict[str, str]) -> None:
    """A constructor takes enum literals, mappings and JSON values, and has no default for a required member."""
    assert methods(classes(toy["models.pyi"])["MakeRequest"])["__init__"] == (
        "self, *, name: str, kind: Kind | _KindValue | None=None, tree: Tree,"
        " labels: Mapping[str, Kind | _KindValue] | None=None, token: str | None=None,"
        " rules: str | Mapping[str, Any] | Sequence[Any] | None=None"
    )
    assert methods(classes(toy["models.pyi"])["MakeResponse"])["__init__"] == (
        "self, *, items: Iterable[Tree] | None=None, next: str | None=None, response_metadata: ResponseMetadata=..."
    )


def test_setters(toy: dict[str, str]) -> None:
    """Each member has the setters of its kind, a structure's also takes a function, and only optional ones go."""
    request = methods(classes(toy["models.pyi"])["MakeRequest"])
    del request["__init__"]
    assert request == {
        "with_name": "self, value: str",
        "with_kind": "self, value: Kind | _KindValue | None",
        "without_kind": "self",
        "with_tree": "self, value: Tree | Callable[[Tree], Tree]",
        "with_labels": "self, value: Mapping[str, Kind | _KindValue] | None",
        "put_labels": "self, key: str, value: Kind | _KindValue",
        "without_labels": "self",
        "with_token": "self, value: str | None",
        "without_token": "self",
        "with_rules": "self, value: str | Mapping[str, Any] | Sequence[Any] | None",
        "without_rules": "self",
    }
    assert methods(classes(toy["models.pyi"])["MakeResponse"])["add_items"] == "self, *items: Tree"
    assert methods(classes(toy["models.pyi"])["Tree"])["with_left"] == (
        "self, value: Tree | None | Callable[[Tree | None], Tree | None]"
    )


def test_a_member_that_hides_a_builtin(toy: dict[str, str]) -> None:
    """In a structure with a member named as a type, the type is still meant where the stub names it."""
    assert "\nimport builtins\n" in toy["models.pyi"]
    assert "    bytes: builtins.bytes | None\n" in toy["models.pyi"]


def test_facts_stand_under_the_attribute(toy: dict[str, str]) -> None:
    """The wire's name, the bounds and the pattern stand under the attribute, the page's address under the class."""
    models = toy["models.pyi"]
    assert '    name: str\n    r"""`Name`; required; 1 to 9 characters; matches `[a-z"\\d]+`."""\n' in models
    assert '    token: str | None\n    r"""`Token`; a token, made for each request when left out; 1 to 9' in models
    assert '"""`Items`; at most 5 items."""' in models
    assert '"""`Bytes`; sensitive: shown as <redacted>."""' in models
    assert ast.get_docstring(classes(models)["MakeRequest"]) == (
        "What `make` takes; the service calls it MakeInput. https://docs.example/API_Make.html"
    )
    assert ast.get_docstring(classes(models)["Tree"]) == (
        "A part of requests or responses. https://docs.example/API_Tree.html"
    )


def test_enums(toy: dict[str, str]) -> None:
    """An enum has its members, and an alias for the literals that stand for them."""
    assert 'class Kind(OpenEnum):\n    SMALL = "Small"\n    VERY_BIG = "very-big"\n' in toy["models.pyi"]
    assert '\n_KindValue: TypeAlias = Literal["Small", "very-big", "o\\"dd"]\n' in toy["models.pyi"]


def test_errors(toy: dict[str, str]) -> None:
    """An error has the members that ServiceError lacks."""
    (refused,) = classes(toy["errors.pyi"]).values()
    assert ast.unparse(refused.bases[0]) == "_errors.ServiceError"
    assert ast.get_docstring(refused) == "An error of the service, HTTP status 424."
    assert "    size: int | None\n" in toy["errors.pyi"]
    assert "message" not in toy["errors.pyi"]


def test_an_operation_has_two_overloads(toy: dict[str, str]) -> None:
    """An operation takes its request by position, or its members as keywords, and never both."""
    client = classes(toy["client.pyi"])["ToyClient"]
    first, second = (n for n in client.body if isinstance(n, ast.AsyncFunctionDef) and n.name == "make")
    assert ast.unparse(first.args) == "self, request: MakeRequest, /"
    assert [argument.arg for argument in second.args.kwonlyargs] == ["name", "kind", "tree", "labels", "token", "rules"]
    assert {ast.unparse(form.returns) for form in (first, second) if form.returns} == {"MakeResponse"}


@pytest.mark.parametrize(("matcher", "returns"), [("path", "MakeResponse"), ("error", "MakeResponse | None")])
def test_a_waiter_that_an_error_ends_may_have_no_response(matcher: str, returns: str) -> None:
    """A waiter returns the response, or None too where an error means success."""
    acceptor = {"state": "success", "matcher": matcher, "argument": "Next", "expected": "Refused"}
    waiter = {"operation": "Make", "delay": 5, "maxAttempts": 3, "acceptors": [acceptor]}
    client = classes(render(Made=waiter)["client.pyi"])["ToyClient"]
    forms = [n for n in client.body if isinstance(n, ast.AsyncFunctionDef) and n.name == "wait_until_made"]
    assert [ast.unparse(form.returns) for form in forms if form.returns] == [returns, returns]
    (doc,) = {ast.get_docstring(form) or "" for form in forms}
    assert doc.startswith("Poll `make` until it is ")
    assert "- `timeout`: the longest wait, in seconds; 15 s when left out." in doc


def test_a_paginator_knows_its_items(toy: dict[str, str]) -> None:
    """A paginator's type names the items and the pages."""
    assert toy["client.pyi"].count(") -> Paginator[Tree, MakeResponse]:") == 2


def test_a_shape_may_not_hide_what_the_stub_needs() -> None:
    """A shape with the name of a type that the stub imports is refused, not written wrongly."""
    with pytest.raises(ValueError, match="Mapping"):
        render({**SHAPES, "Mapping": {"type": "structure", "members": {}}})


def test_bases_come_from_the_row(toy: dict[str, str]) -> None:
    """The stub's client derives from what its service's row says was written for it by hand."""
    assert [ast.unparse(base) for base in classes(toy["client.pyi"])["ToyClient"].bases] == ["Extras", "BaseClient"]
    assert "from .extras import Extras\n" in toy["client.pyi"]


def test_an_error_of_several_services() -> None:
    """An error of several services derives from the one base of its name, which stands in the face of all errors."""
    refused = {**SHAPES["Refused"], "members": {}}
    errors = classes(render({**SHAPES, "Shared": refused})["errors.pyi"])
    assert {name: ast.unparse(cls.bases[0]) for name, cls in errors.items()} == {
        "Refused": "_errors.ServiceError",
        "Shared": "_errors.Shared",
    }
    face = render_errors_stub(OWNERS, "Generated.")
    assert list(classes(face)) == ["Shared"]
    assert "\nfrom .toy.errors import Refused as Refused\n" in face


def test_a_stub_takes_what_the_class_takes() -> None:
    """The parameters of a stub's constructor are those of the class that is built."""
    text = (ROOT / "stubs" / "aiosagemaker" / "sagemaker" / "models.pyi").read_text(encoding="utf-8")
    stubs = classes(text)
    for name in ("CreateEndpointRequest", "DescribeEndpointResponse", "ProductionVariant", "SearchExpression"):
        (made,) = (n for n in stubs[name].body if isinstance(n, ast.FunctionDef) and n.name == "__init__")
        assert [argument.arg for argument in made.args.kwonlyargs] == list(
            inspect.signature(getattr(sagemaker, name)).parameters
        )
