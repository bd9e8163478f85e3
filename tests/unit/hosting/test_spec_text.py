"""Specs as YAML and JSON, in the service's words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from aiosagemaker.hosting import EndpointSpec, ScalingSpec, SpecError

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """\
EndpointName: churn
Models:
  - ModelName: churn
    ExecutionRoleArn: arn:aws:iam::123456789012:role/sagemaker
    PrimaryContainer:
      Image: ${IMAGE}
      Environment: {VERSION: "${VERSION:-1}", LITERAL: "$${x}"}
ProductionVariants:
  - VariantName: main
    ModelName: churn
    InstanceType: ml.m5.large
    InitialInstanceCount: ${COUNT}
DataCaptureConfig:
  EnableCapture: true
  InitialSamplingPercentage: 50
  DestinationS3Uri: s3://bucket/capture
  CaptureOptions: [{CaptureMode: Input}]
Tags: {team: growth}
Scaling:
  - {VariantName: main, MinCapacity: 1, MaxCapacity: 4, Invocations: 100}
InstanceTypes: [ml.m5.xlarge]
"""
ENVIRON = {"IMAGE": "registry/churn:7", "COUNT": "2"}


def lines(text: str) -> list[str]:
    with pytest.raises(SpecError) as caught:
        EndpointSpec.from_yaml(text, environ=ENVIRON)
    return [str(violation) for violation in caught.value.violations]


def test_whole() -> None:
    """Every part is read into the service's own classes, with the environment's values as if they stood there."""
    spec = EndpointSpec.from_yaml(TEXT, environ=ENVIRON)
    container = spec.models[0].primary_container
    assert container is not None
    assert container.image == "registry/churn:7"
    assert dict(container.environment or {}) == {"VERSION": "1", "LITERAL": "${x}"}
    assert spec.config.production_variants[0].initial_instance_count == 2
    assert spec.config.data_capture_config is not None
    assert [(tag.key, tag.value) for tag in spec.tags] == [("team", "growth")]
    assert spec.scaling == (ScalingSpec(variant_name="main", min_capacity=1, max_capacity=4, invocations=100),)
    assert spec.instance_types == ("ml.m5.xlarge",)


def test_file_json_and_back(tmp_path: Path) -> None:
    """A file does as well as a text, JSON as well as YAML, and what is written is read as the same spec."""
    spec = EndpointSpec.from_yaml(TEXT, environ=ENVIRON)
    file = tmp_path / "churn.json"
    file.write_text(json.dumps(spec.to_dict()).replace("${", "$${"), encoding="utf-8")
    assert EndpointSpec.from_yaml(file, environ={}) == spec


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("InitialInstanceCount: ${COUNT}", "InitialInstanceCount: 0", "line 12: ProductionVariants[0].InitialInsta"),
        ("InstanceType: ml", "InstancType: ml", "line 11: ProductionVariants[0].InstancType"),
        ("    ModelName: churn\n    InstanceType", "    ModelName: -bad\n    InstanceType", "line 10: ProductionVaria"),
        ("MinCapacity: 1", "MinCapacity: 9", "line 20: Scaling[0]"),
        ("MinCapacity: 1", "MinCapacity: one", "line 20: Scaling[0]"),
        ("Invocations", "Invokations", "line 20: Scaling[0].Invokations"),
        ("${IMAGE}", "${NOWHERE}", "line 6: the environment has no NOWHERE"),
        ("Tags: {team: growth}", "Tags: {team: growth}\nTags: {}", "line 19: Tags is named twice"),
        ("EndpointName: churn", "EndpointName: [", "line "),
        ("EndpointName: churn\n", "", "EndpointName: is required"),
    ],
)
def test_errors_have_lines(old: str, new: str, told: str) -> None:
    """What is wrong is told in the service's words, with its line."""
    assert old in TEXT
    found = lines(TEXT.replace(old, new))
    assert any(each.startswith(told) for each in found), found


def test_all_errors_at_once() -> None:
    """Several mistakes are one error with all of them."""
    wrong = TEXT.replace("${COUNT}", "0").replace("MinCapacity: 1", "MinCapacity: 9").replace("Image:", "Imag:")
    assert len(lines(wrong)) == 3
