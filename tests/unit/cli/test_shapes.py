"""A shape as the readers of values see it."""

from __future__ import annotations

from aiosagemaker.cli.commands import command_of
from aiosagemaker.cli.shapes import SCALARS


def test_a_shape_leads_to_what_it_holds() -> None:
    """Members, items and values are shapes themselves; an enum is text with values."""
    shape = command_of("sagemaker", "CreateEndpointConfig").input
    variants = shape.members["ProductionVariants"]
    assert (shape.kind, variants.kind, variants.item.kind) == ("structure", "list", "structure")
    instance_type = variants.item.members["InstanceType"]
    assert instance_type.kind in SCALARS
    assert "ml.m5.xlarge" in instance_type.values
    container = command_of("sagemaker", "CreateModel").input.members["PrimaryContainer"]
    assert container.members["Environment"].value.kind == "string"
