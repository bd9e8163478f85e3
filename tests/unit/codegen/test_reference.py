"""The reference that is made from stubs."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from aiosagemaker._services import SERVICES, Service
from codegen.reference import pages
from codegen.site import ROOT

if TYPE_CHECKING:
    from pathlib import Path

STUBS = ROOT / "stubs" / "aiosagemaker"


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_operation_shape_and_error_is_there_once(service: Service) -> None:
    """Each method of the client, and each class of the service, is described on exactly one page."""
    text = "\n".join(pages(STUBS / service.package, service).values())
    methods = {line.split("(")[0] for line in text.splitlines() if line.startswith(f".. py:method:: {service.client}.")}
    wanted = {node.name for node in ast.walk(parsed(service, "client")) if isinstance(node, ast.AsyncFunctionDef)}
    assert {f".. py:method:: {service.client}.{name}" for name in wanted} <= methods
    assert len(methods) == text.count("\n.. py:method:: ")
    bodies = [*parsed(service, "models").body, *parsed(service, "errors").body]
    classes = [node.name for node in bodies if isinstance(node, ast.ClassDef)]
    assert sorted(classes) == sorted(
        line.removeprefix(".. py:class:: ")
        for line in text.splitlines()
        if line.startswith(".. py:class:: ") and "(" not in line
    )


def parsed(service: Service, file: str) -> ast.Module:
    """A stub of a service."""
    return ast.parse((STUBS / service.package / f"{file}.pyi").read_text(encoding="utf-8"))


def test_names_are_code_and_nothing_else_is_markup(tmp_path: Path) -> None:
    """What stands in backticks is code, an address is a link, and a star or an underscore means itself."""
    for file in ("client", "models", "errors"):
        (tmp_path / f"{file}.pyi").write_text("", encoding="utf-8")
    (tmp_path / "client.pyi").write_text(
        'class XClient:\n    async def go(self, *, a_b: int = 3) -> str:\n        """Go *to* a_b_ by `a*`: https://x.y/a_b.html."""\n',
        encoding="utf-8",
    )
    (text,) = (
        page
        for name, page in pages(tmp_path, Service("x", "x", "XClient", "X", "{}")).items()
        if name == "x/methods.rst"
    )
    assert ".. py:method:: XClient.go(*, a_b: int = 3) -> str\n" in text
    assert r"Go \*to\* a\_b\_ by ``a*``\ : `https://x.y/a_b.html <https://x.y/a_b.html>`__." in text
