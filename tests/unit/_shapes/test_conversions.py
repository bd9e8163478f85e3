"""The other conversions of a structure, as the namespace offers them."""

from __future__ import annotations

import pytest

from aiosagemaker._shapes import conversions as conversions
from aiosagemaker.errors import ParamValidationError
from aiosagemaker.sagemaker import Tag
from aiosagemaker.sagemaker.models import NAMESPACE


def test_the_namespace_offers_them() -> None:
    """A structure finds its conversions through its namespace, which imports them when asked."""
    assert NAMESPACE.conversions is conversions


def test_there_and_back() -> None:
    """Both conversions lead back to an equal value."""
    tag = Tag(key="a", value="b")
    assert conversions.to_dict(tag) == {"Key": "a", "Value": "b"}
    assert conversions.from_dict(Tag, conversions.to_dict(tag)) == tag
    assert conversions.to_json(tag) == '{"Key":"a","Value":"b"}'
    assert conversions.from_json(Tag, conversions.to_json(tag)) == tag


@pytest.mark.parametrize("text", ["[]", "{", b"\xff", '{"Key":"a","Value":1}', '{"Key":"a","Value":"b","More":1}'])
def test_refused(text: str | bytes) -> None:
    """What is not the structure's JSON is a ParamValidationError."""
    with pytest.raises(ParamValidationError):
        conversions.from_json(Tag, text)


def test_validate() -> None:
    """Every constraint is checked."""
    with pytest.raises(ParamValidationError, match="key"):
        conversions.validate(Tag(key="", value="b"))
