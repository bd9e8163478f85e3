"""The package's face: what it names, and what it does not import."""

from __future__ import annotations

import pickle
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import aiosagemaker
from aiosagemaker import errors, sagemaker
from aiosagemaker.sagemaker import errors as service_errors
from aiosagemaker.sagemaker import models
from aiosagemaker.sagemaker.models import NAMESPACE

if TYPE_CHECKING:
    import types


def imported_by(code: str) -> set[str]:
    """The modules that are loaded after some code."""
    script = f"{code}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "import aiosagemaker",
        "from aiosagemaker.sagemaker import CreateEndpointRequest",
        "from aiosagemaker.sagemaker import EndpointStatus, ResourceInUse",
        "from aiosagemaker.errors import ResourceNotFound",
        "from aiosagemaker import Config, RetryConfig",
        "from aiosagemaker.sagemaker import Tag\nTag(key='k', value='v').validate()\nhash(Tag(key='k', value='v'))",
    ],
)
def test_imports(code: str) -> None:
    """Shapes, errors and settings come without aiohttp and botocore."""
    loaded = imported_by(code)
    assert {name.partition(".")[0] for name in loaded}.isdisjoint({"aiohttp", "botocore", "boto3", "yarl", "moto"})


def test_imports_of_a_client() -> None:
    """Making a client loads neither aiohttp's client nor botocore's models: only a call does."""
    loaded = imported_by("from aiosagemaker import SageMakerClient\nSageMakerClient(region='us-east-1')")
    assert not any(name in loaded for name in ("botocore", "aiosagemaker._model.installed", "boto3"))


def test_shapes_build_nothing_else() -> None:
    """Importing one shape builds that shape."""
    code = "from aiosagemaker.sagemaker import Tag\nfrom aiosagemaker.sagemaker.models import NAMESPACE as N\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}print(*N._classes)"], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["Tag"]


def test_all() -> None:
    """`__all__` is sorted, complete and every name of it is there."""
    assert list(aiosagemaker.__all__) == sorted(aiosagemaker.__all__)
    for name in aiosagemaker.__all__:
        assert getattr(aiosagemaker, name) is not None
    assert set(aiosagemaker.__all__) <= set(dir(aiosagemaker))


@pytest.mark.parametrize("module", [aiosagemaker, sagemaker, service_errors, errors])
def test_missing_name(module: types.ModuleType) -> None:
    """A name that is not there is an AttributeError that has both names."""
    with pytest.raises(AttributeError, match=rf"module '{module.__name__}' has no attribute 'CreateEndpiont'"):
        _ = module.CreateEndpiont
    with pytest.raises(ImportError, match="CreateEndpiont"):
        exec(f"from {module.__name__} import CreateEndpiont", {})


def test_dir_of_a_service() -> None:
    """`dir` of the service's module lists every shape and error without building them."""
    names = set(dir(sagemaker))
    assert {"CreateEndpointRequest", "EndpointStatus", "ResourceInUse", "Tag"} <= names
    assert set(NAMESPACE.public_names) | set(NAMESPACE.error_names) <= names


def test_star_import() -> None:
    """A star import brings every shape and every error."""
    code = (
        "from aiosagemaker.sagemaker import *\n"
        "print(CreateEndpointRequest.__name__, EndpointStatus.IN_SERVICE, issubclass(ResourceInUse, Exception))\n"
        "print(sum(isinstance(value, type) for value in globals().values()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    first, count = done.stdout.splitlines()
    assert first == "CreateEndpointRequest InService True"
    assert int(count) >= len(NAMESPACE.public_names) + len(NAMESPACE.error_names)


def test_one_class() -> None:
    """A shape is the same class from wherever it is imported."""
    assert sagemaker.Tag is models.Tag is NAMESPACE["Tag"]
    assert sagemaker.ResourceInUse is service_errors.ResourceInUse is errors.ResourceInUse
    assert pickle.loads(pickle.dumps(sagemaker.Tag)) is sagemaker.Tag


@pytest.mark.parametrize("name", ["EndpointName", "TagList", "DateTime", "_private", "NAMESPACES"])
def test_not_a_shape(name: str) -> None:
    """What has no class of its own, such as a plain string's shape, is no name of the module."""
    assert not hasattr(sagemaker, name)
