"""The registry: what follows from the rows, without any class."""

from __future__ import annotations

import pytest

from aiosagemaker._shapes.registry import Registry
from aiosagemaker._shapes.schema import Schema
from aiosagemaker.sagemaker.models import NAMESPACE


def test_it_builds_nothing() -> None:
    """The registry is abstract: classes are the namespace's to build."""
    with pytest.raises(TypeError, match="abstract"):
        Registry("m", Schema({"metadata": {"protocol": "json"}, **{section: {} for section in Schema.SECTIONS}}))  # type: ignore[abstract]  # what is tested


def test_names() -> None:
    """Structures and enums are public, errors apart, and both are sorted."""
    assert NAMESPACE.public_names == sorted(NAMESPACE.public_names)
    assert {"CreateEndpointRequest", "EndpointStatus"} <= set(NAMESPACE.public_names)
    assert "ResourceInUse" in NAMESPACE.error_names
    assert not set(NAMESPACE.error_names) & set(NAMESPACE.public_names)
    assert NAMESPACE.is_error("ResourceInUse")
    assert not NAMESPACE.is_error("Tag")
    assert not NAMESPACE.is_error("Nothing")


def test_sensitive() -> None:
    """A sensitive string is known as such, and so is whatever holds one however deep."""
    assert NAMESPACE.is_sensitive("ClientSecret")
    assert not NAMESPACE.is_sensitive("OidcConfig")
    assert NAMESPACE.holds_sensitive("CreateWorkforceRequest")
    assert not NAMESPACE.holds_sensitive("Tag")
