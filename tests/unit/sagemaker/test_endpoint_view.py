"""What is shown of an endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.lib.pretty import pretty

from aiosagemaker.sagemaker import DescribeEndpointResponse
from aiosagemaker.sagemaker.endpoint_view import endpoint_view

if TYPE_CHECKING:
    import pytest


def endpoint(**members: Any) -> DescribeEndpointResponse:
    """A description, of the wire's members."""
    return DescribeEndpointResponse.from_dict(
        {
            "EndpointName": "churn",
            "EndpointArn": "arn",
            "EndpointConfigName": "churn-v1",
            "EndpointStatus": "Updating",
            "CreationTime": 0,
            "LastModifiedTime": 60,
            **members,
        }
    )


CANARY = endpoint(
    ProductionVariants=[
        {
            "VariantName": "main",
            "CurrentWeight": 0.6,
            "DesiredWeight": 1.0,
            "CurrentInstanceCount": 2,
            "DesiredInstanceCount": 2,
            "DeployedImages": [{"SpecifiedImage": "churn:1", "ResolvedImage": "churn@sha256:1"}],
        },
        {"VariantName": "small", "CurrentWeight": 0.2, "DesiredWeight": 0.2},
    ],
    PendingDeploymentSummary={
        "EndpointConfigName": "churn-v2",
        "ProductionVariants": [
            {
                "VariantName": "main",
                "CurrentWeight": 0.2,
                "CurrentInstanceCount": 1,
                "DesiredInstanceCount": 2,
                "InstanceType": "ml.m5.large",
                "VariantStatus": [{"Status": "Creating"}, {"Status": "Baking"}],
            }
        ],
    },
    ShadowProductionVariants=[{"VariantName": "trial", "CurrentWeight": 1.0}],
)


def test_variants_and_traffic() -> None:
    """All variants are one table: both fleets share the traffic, a shadow has its own; what none has is no column."""
    (variants,) = endpoint_view(CANARY).tables
    assert variants.columns == (
        "variant", "fleet", "traffic", "instances", "instance type", "weight", "status", "images",
    )  # fmt: skip
    assert variants.rows == (
        ("main", "serving", "60%", "2", None, "0.6 to 1", None, "churn:1"),
        ("small", "serving", "20%", None, None, "0.2", None, None),
        ("main", "new", "20%", "1 of 2", "ml.m5.large", "0.2", "Creating, Baking", None),
        ("trial", "shadow", "100%", None, None, "1", None, None),
    )


def test_the_rest_is_as_it_is() -> None:
    """Every other member is shown, the configuration that is on its way included, and no variant twice."""
    html = CANARY._repr_html_()
    for text in ("churn-v1", "churn-v2", "Updating", "1970-01-01 00:01:00Z", "60%"):
        assert text in html
    assert html.count('<td style="text-align: left">main</td>') == 2


def test_no_variants() -> None:
    """An endpoint that has none yet has no table of them."""
    assert endpoint_view(endpoint()).tables == ()
    assert endpoint_view(endpoint(PendingDeploymentSummary={"EndpointConfigName": "c"})).tables == ()


def test_in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """IPython shows facts and the table of variants, line by line."""
    monkeypatch.setenv("COLUMNS", "120")
    lines = pretty(CANARY).splitlines()
    assert lines[:2] == ["DescribeEndpointResponse", "  endpoint_name               churn"]
    start = lines.index("variants: 4")
    assert lines[start + 1].split()[:3] == ["variant", "fleet", "traffic"]
    assert " ".join(lines[start + 4].split()) == "main new 20% 1 of 2 ml.m5.large 0.2 Creating, Baking"
