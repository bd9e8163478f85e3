"""The table of services, and that it is the only one."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

import aiosagemaker
from aiosagemaker import _errors, errors
from aiosagemaker._client import BaseClient
from aiosagemaker._error_names import OWNERS
from aiosagemaker._services import BY_NAME, BY_PACKAGE, SERVICES, Service

SOURCE = Path(aiosagemaker.__file__).parent


def test_names_are_unique() -> None:
    """No two rows have the same name, package or client."""
    assert len(BY_NAME) == len(BY_PACKAGE) == len({service.client for service in SERVICES}) == len(SERVICES)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_what_a_row_says_is_there(service: Service) -> None:
    """Each row's client is importable from the top, and has what the row names as written by hand."""
    client = getattr(aiosagemaker, service.client)
    package = importlib.import_module(f"aiosagemaker.{service.package}")
    assert issubclass(client, BaseClient)
    assert client._namespace.schema.metadata["name"] == service.name
    assert [base.__name__ for base in client.__bases__][:-1] == [*service.mixins, "BaseClient"]  # and the operations
    assert [type(client._recovery).__name__] == ([*service.recovery] or ["NoneType"])
    for name in (name for names in service.own.values() for name in names):
        assert name in package.__all__
        assert getattr(package, name) is package.__dict__[name]
    assert service.page.format("X").startswith("https://")
    assert "X" in service.page.format("X")


def test_nothing_else_lists_services() -> None:
    """No written module but those of a service's own package and of what is built on two of them names two packages."""
    named = re.compile(r"\b(?:" + "|".join(sorted(BY_PACKAGE, key=len, reverse=True)) + r")\b")
    allowed = {"_services.py", "_error_names.py"}
    for path in SOURCE.glob("*.py"):
        if path.name not in allowed:
            lists = [
                line for line in path.read_text(encoding="utf-8").splitlines() if len(set(named.findall(line))) > 1
            ]
            assert lists == [], path


def test_owners_of_errors() -> None:
    """The packages that an error's name stands for are those whose models name it."""
    found = {
        (name, service.package)
        for service in SERVICES
        for name in importlib.import_module(f"aiosagemaker.{service.package}.errors").__all__
    }
    assert found == {(name, package) for name, packages in OWNERS.items() for package in packages}


def test_the_face_has_the_whole_tree() -> None:
    """`errors` offers every error of the library's own, and says so in a sorted list."""
    own = {name for name, cls in vars(_errors).items() if isinstance(cls, type) and cls.__module__ == errors.__name__}
    assert {name for name in own if not name.startswith("_")} == set(_errors.__all__)
    assert errors.__all__ == sorted({*_errors.__all__, *OWNERS})
    assert all(isinstance(getattr(errors, name), type) for name in errors.__all__)


def test_an_error_is_caught_by_its_name() -> None:
    """Every service's class for an error is caught by the error of that name in `errors`."""
    for name, packages in OWNERS.items():
        for package in packages:
            cls = getattr(importlib.import_module(f"aiosagemaker.{package}.errors"), name)
            assert issubclass(cls, getattr(errors, name))
            assert issubclass(cls, errors.ServiceError)
            assert name in dir(errors)
