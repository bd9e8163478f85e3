"""The reference of what is written by hand."""

from __future__ import annotations

import importlib
import inspect

import pytest

import aiosagemaker
from aiosagemaker._client import BaseClient
from aiosagemaker._services import BY_PACKAGE, SERVICES, Service
from codegen.faces import Sources, beside_operations, library_pages
from codegen.site import ROOT

PAGES = library_pages(ROOT)
CLIENTS = {service.client for service in SERVICES}


def objects(page: str) -> set[str]:
    """The classes, functions and data that a page describes on its first level."""
    return {
        line.split(":: ")[1].partition("(")[0]
        for line in page.splitlines()
        if line.startswith((".. py:class::", ".. py:function::", ".. py:data::"))
    }


@pytest.mark.parametrize("name", sorted(set(PAGES) - {"aiosagemaker.rst"}))
def test_every_name_of_a_face_is_described(name: str) -> None:
    """A public module's page has each name that it offers, once."""
    face = name.removesuffix(".rst")
    module = importlib.import_module(f"aiosagemaker.{face}")
    own = [each for each, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__]
    offered = getattr(
        module, "__all__", [each for each in own if each[0] != "_" and inspect.isclass(getattr(module, each))]
    )
    assert objects(PAGES[name]) == set(offered)
    assert f".. py:module:: aiosagemaker.{face}\n" in PAGES[name]


def test_the_package_itself() -> None:
    """What the package offers is on its page, in another face, or a service's client."""
    faces = {name for page in PAGES.values() for name in objects(page)}
    assert set(aiosagemaker.__all__) - CLIENTS <= faces
    assert not objects(PAGES["aiosagemaker.rst"]) & objects(PAGES["config.rst"])


def test_the_faces_are_all_that_is_public() -> None:
    """Each public module is a face, a service, or a program."""
    assert set(Sources(ROOT).faces()) - {""} | set(BY_PACKAGE) | {"cli", "demo", "stubs"} == {
        path.stem
        for path in (ROOT / "src" / "aiosagemaker").iterdir()
        if not path.name.startswith("_") and (path.suffix == ".py" or (path / "__init__.py").exists())
    }


def test_what_a_page_says() -> None:
    """A class has its docstring, its fields, its constructor's arguments, and its methods with theirs."""
    page = PAGES["local.rst"]
    assert ".. py:class:: LocalSageMaker(*, images: Mapping[str, Image] | None=None," in page
    assert "   :param images: what stands for each container image." in page
    assert "   .. py:method:: set_alarm(" in page
    assert "   .. py:property:: endpoint_url\n      :type: str\n" in page
    assert ":ivar timeout: In seconds.\n   :vartype timeout: float" in PAGES["hooks.rst"]
    assert ":ivar CREATE: ``create``" in PAGES["hosting.rst"]
    assert ".. py:function:: deploy(client: SageMakerClient, spec: SpecMembers, *," in PAGES["hosting.rst"]
    assert (
        "   .. py:method:: from_dict(value: Mapping[str, Any], /) -> Self\n      :classmethod:\n"
        in PAGES["aiosagemaker.rst"]
    )
    assert "├── ParamValidationError (ValueError)" in PAGES["errors.rst"]
    assert ".. py:data:: Answer\n   :value: Response | SdkError" in PAGES["testing.rst"]


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_what_a_client_has_beside_its_operations(service: Service) -> None:
    """Each method of a client that no row has is described, and each name that the package adds."""
    page = beside_operations(ROOT, service)
    client = getattr(aiosagemaker, service.client)
    made = {
        row["method"]
        for kind in ("operations", "waiters", "paginators")
        for row in getattr(client._namespace.schema, kind).values()
    }
    found = {name: getattr(client, name) for name in dir(client) if name[0] != "_" and name not in made}
    written = {name for name, each in found.items() if getattr(each, "__name__", name) == name}  # an alias is told so
    described = {
        line.split(f"{service.client}.")[1].partition("(")[0]
        for line in page.splitlines()
        if f":: {service.client}." in line
    }
    assert described >= written >= {name for name in vars(BaseClient) if name[0] != "_"}
    assert objects(page) == {name for names in service.own.values() for name in names}
