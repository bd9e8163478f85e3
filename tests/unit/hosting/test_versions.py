"""What a spec is as requests."""

from __future__ import annotations

from tests.integration.hosting_cases import component, make_spec, on_components

from aiosagemaker.hosting import OWNER_TAG
from aiosagemaker.hosting.versions import candidates, components, version_of
from aiosagemaker.sagemaker import InferenceComponentSpecification


def test_names_and_tags() -> None:
    """Variants name the models that are made for them; everything has the spec's tags and the owner's."""
    version = version_of(make_spec(tags={"team": "a"}))
    (name,) = version.models
    assert version.config.production_variants[0].model_name == name
    for request in (version.config, version.models[name]):
        assert {tag.key: tag.value for tag in request.tags} == {"team": "a", OWNER_TAG: "churn"}


def test_a_model_of_somebody_else() -> None:
    """A model that the spec does not have is named as it is, and not made."""
    version = version_of(make_spec(models=[]))
    assert version.models == {}
    assert version.config.production_variants[0].model_name == "churn"


def test_candidates() -> None:
    """Each instance type to fall back to is a version with the same models and another configuration."""
    versions = candidates(make_spec(instance_types=["ml.m5.xlarge"]))
    assert [str(each.config.production_variants[0].instance_type) for each in versions] == [
        "ml.m5.large",
        "ml.m5.xlarge",
    ]
    assert versions[0].models == versions[1].models
    assert versions[0].name != versions[1].name


def test_components() -> None:
    """Components keep their names, are put on the endpoint, and name the models that are made for them."""
    named = component("a", "1").with_specification(InferenceComponentSpecification(model_name="churn"))
    spec = on_components([named], models=make_spec().models)
    (request,) = components(spec)
    assert request.endpoint_name == "churn"
    assert request.inference_component_name == "a"
    assert request.specification.model_name in version_of(spec).models
