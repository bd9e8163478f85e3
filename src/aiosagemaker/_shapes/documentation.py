"""Docstrings, put together when they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .namespace import Namespace


class LazyDoc:
    """A class's `__doc__`, made on demand."""

    __slots__ = ("_namespace", "_shape")

    def __init__(self, namespace: Namespace, shape: str) -> None:
        self._namespace = namespace
        self._shape = shape

    def __get__(self, instance: object, owner: type) -> str:
        return self._shape


def operation_doc(namespace: Namespace, name: str) -> str:
    return name


def waiter_doc(namespace: Namespace, name: str) -> str:
    return name


def paginator_doc(namespace: Namespace, name: str) -> str:
    return name
