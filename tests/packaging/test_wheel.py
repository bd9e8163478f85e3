"""What is in the wheel, and what importing from it costs."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from aiosagemaker._services import SERVICES
from codegen.interfaces import MODULES

from .conftest import ROOT, Installed

PACKAGES = [service.package for service in SERVICES]


@pytest.fixture(scope="session")
def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_holds_every_module_of_the_package(names: list[str]) -> None:
    """Every module under src/aiosagemaker is in the wheel, once."""
    source = ROOT / "src"
    modules = {path.relative_to(source).as_posix() for path in (source / "aiosagemaker").rglob("*.py")}
    assert modules - set(names) == set()
    assert len(names) == len(set(names))


def test_stubs_lie_beside_their_modules(names: list[str]) -> None:
    """Each generated stub is in the wheel, and describes a module there."""
    stubs = {path.relative_to(ROOT / "stubs").as_posix() for path in (ROOT / "stubs").rglob("*.pyi")}
    of_services = {f"aiosagemaker/{p}/{m}.pyi" for p in PACKAGES for m in ("__init__", "client", "errors", "models")}
    faces = {f"aiosagemaker/{module}.pyi" for module in ("__init__", "errors", *MODULES)}
    assert of_services | faces == stubs
    assert {name for name in names if name.endswith(".pyi")} == stubs
    assert {stub.removesuffix("i") for stub in stubs} - set(names) == set()


def test_holds_the_data(names: list[str]) -> None:
    """The type marker, each service's table and the licence are in the wheel."""
    assert "aiosagemaker/py.typed" in names
    assert {f"aiosagemaker/{service}/schema.json" for service in PACKAGES} - set(names) == set()
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_holds_the_guides(names: list[str]) -> None:
    """Each guide is in the wheel."""
    guides = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src").rglob("guides/*.md")}
    assert len(guides) >= 12
    assert guides <= set(names)


def test_is_small(wheel: Path) -> None:
    """The wheel takes less than 3 MB."""
    assert wheel.stat().st_size < 3_000_000


def test_holds_nothing_else(names: list[str]) -> None:
    """Neither the generator nor the tests are in the wheel."""
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"aiosagemaker"}
    assert not [name for name in names if "test" in Path(name).stem.split("_") or "codegen" in name]


def test_shapes_import_neither_aiohttp_nor_botocore(installed: Installed, tmp_path: Path) -> None:
    """Importing a shape from the installed wheel loads no HTTP client and no botocore."""
    program = (
        "import sys; from aiosagemaker.sagemaker import CreateEndpointRequest;"
        "CreateEndpointRequest(endpoint_name='a', endpoint_config_name='b');"
        "print({'aiohttp', 'botocore'} & set(sys.modules), sys.modules['aiosagemaker'].__file__)"
    )
    ran = installed.run(installed.python, "-c", program, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("set() ")
    assert str(installed.folder) in ran.stdout
