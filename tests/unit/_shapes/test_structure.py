"""Structures: immutable values with methods that give changed copies."""

from __future__ import annotations

import copy
import io
import pickle
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, cast

import attrs
import pytest
from IPython.lib.pretty import pretty
from rich.console import Console
from rich.pretty import Pretty

from aiosagemaker._shapes.structure import ResponseMetadata
from aiosagemaker.errors import ParamValidationError
from aiosagemaker.sagemaker import (
    CaptureOption,
    ContainerDefinition,
    CreateEndpointConfigRequest,
    CreateEndpointRequest,
    CreateModelRequest,
    CreateWorkforceRequest,
    DataCaptureConfig,
    DescribeEndpointResponse,
    DescribeModelCardResponse,
    EndpointStatus,
    Filter,
    HumanLoopActivationConditionsConfig,
    LambdaStepMetadata,
    ListEndpointsRequest,
    NestedFilters,
    OidcConfig,
    PipelineExecutionStepMetadata,
    ProductionVariant,
    SearchExpression,
    SearchRequest,
    Tag,
)

VARIANT = ProductionVariant(variant_name="AllTraffic", model_name="churn")
CONFIG = CreateEndpointConfigRequest(endpoint_config_name="churn-v2", production_variants=[VARIANT])
SECRET = "hunter2"
OIDC = OidcConfig(
    client_id="id",
    client_secret=SECRET,
    issuer="i",
    authorization_endpoint="a",
    token_endpoint="t",
    user_info_endpoint="u",
    logout_endpoint="l",
    jwks_uri="j",
)


# Changed copies


def test_with() -> None:
    """`with_` gives a copy with the member set and leaves the original alone."""
    changed = CONFIG.with_endpoint_config_name("other")
    assert changed.endpoint_config_name == "other"
    assert CONFIG.endpoint_config_name == "churn-v2"
    assert type(changed) is CreateEndpointConfigRequest


def test_with_converts_as_the_constructor_does() -> None:
    """`with_` takes what the constructor takes."""
    assert CONFIG.with_production_variants(iter([VARIANT, VARIANT])).production_variants == (VARIANT, VARIANT)
    assert VARIANT.with_instance_type("ml.m5.xlarge").instance_type.name == "ML_M5_XLARGE"


def test_with_function() -> None:
    """For a structure `with_` also takes a function of the present value, so that nested changes chain."""
    capture = DataCaptureConfig(
        initial_sampling_percentage=5,
        destination_s3_uri="s3://b",
        capture_options=[CaptureOption(capture_mode="Input")],
    )
    config = CONFIG.with_data_capture_config(capture)
    changed = config.with_data_capture_config(
        lambda present: present.with_initial_sampling_percentage(50).add_capture_options(
            CaptureOption(capture_mode="Output")
        )
    )
    assert changed.data_capture_config.initial_sampling_percentage == 50
    assert [option.capture_mode for option in changed.data_capture_config.capture_options] == ["Input", "Output"]
    assert config.data_capture_config == capture


def test_with_function_of_nothing() -> None:
    """The function gets None where an optional member is unset, and may return None to unset it."""
    seen = []
    changed = CONFIG.with_data_capture_config(lambda present: seen.append(present))
    assert seen == [None]
    assert changed.data_capture_config is None


def test_add() -> None:
    """`add_` appends items, also to a list that is unset, and none is no change."""
    tagged = CONFIG.add_tags(Tag(key="a", value="1")).add_tags(Tag(key="b", value="2"), Tag(key="c", value="3"))
    assert [tag.key for tag in tagged.tags] == ["a", "b", "c"]
    assert CONFIG.tags is None
    assert tagged.add_tags() == tagged


def test_put() -> None:
    """`put_` sets one entry of a map, new or present."""
    container = ContainerDefinition(environment={"A": "1"})
    changed = container.put_environment("B", "2").put_environment("A", "3")
    assert changed.environment == {"A": "3", "B": "2"}
    assert container.environment == {"A": "1"}
    assert ContainerDefinition().put_environment("A", "1").environment == {"A": "1"}


def test_without() -> None:
    """`without_` unsets an optional member; a required one has no such method."""
    tagged = CONFIG.add_tags(Tag(key="a", value="1"))
    assert tagged.without_tags() == CONFIG
    assert not hasattr(CONFIG, "without_endpoint_config_name")


def test_methods_are_real_functions() -> None:
    """The setters are functions of the class with a name and a docstring."""
    method = CreateEndpointConfigRequest.with_tags
    assert method.__qualname__ == "CreateEndpointConfigRequest.with_tags"
    assert method.__doc__
    assert "with_tags" in CreateEndpointConfigRequest.__dict__


def test_keyword_names() -> None:
    """A member that is a word of Python has an underscore behind its name, and methods without one."""
    step = PipelineExecutionStepMetadata(lambda_=LambdaStepMetadata(arn="arn"))
    assert step.to_dict() == {"Lambda": {"Arn": "arn"}}
    assert step.with_lambda(lambda present: present.with_arn("other")).lambda_.arn == "other"
    assert step.without_lambda().lambda_ is None
    assert PipelineExecutionStepMetadata.from_dict(step.to_dict()) == step


# Immutability


def test_frozen() -> None:
    """Nothing of a structure can be set, deleted or added."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        CONFIG.endpoint_config_name = "other"
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        del CONFIG.endpoint_config_name
    with pytest.raises((AttributeError, TypeError)):
        CONFIG.new = 1


def test_deeply_frozen() -> None:
    """What a structure was made from can change later without changing it, and what it holds cannot be changed."""
    variants, environment = [VARIANT], {"A": "1"}
    config = CreateEndpointConfigRequest(endpoint_config_name="n", production_variants=variants)
    container = ContainerDefinition(environment=environment)
    variants.clear()
    environment.clear()
    assert config.production_variants == (VARIANT,)
    assert container.environment == {"A": "1"}
    held: Any = container.environment
    with pytest.raises(TypeError):
        held["A"] = "2"
    with pytest.raises(TypeError):
        del held["A"]


def test_hash_and_equality() -> None:
    """Equal structures have equal hashes, whatever they were made from; other types and values differ."""
    one = ContainerDefinition(image="i", environment={"A": "1", "B": "2"})
    two = ContainerDefinition(image="i", environment=MappingProxyType({"B": "2", "A": "1"}))
    assert one == two
    assert len({one, two}) == 1
    assert one != two.with_image("other")
    assert Tag(key="a", value="b") != ("a", "b")
    assert CreateEndpointRequest(endpoint_name="n", endpoint_config_name="c") != Tag(key="n", value="c")


def test_no_order() -> None:
    """Structures have no order."""
    with pytest.raises(TypeError):
        _ = Tag(key="a", value="b") < Tag(key="b", value="b")


# What constructors take


def test_any_iterable_for_a_list() -> None:
    """A list member takes any iterable and is stored as a tuple."""
    tags = (Tag(key="a", value="1"), Tag(key="b", value="2"))
    for given in (
        list(tags),
        tags,
        iter(tags),
        (tag for tag in tags),
        dict.fromkeys(tags).keys(),
        map(copy.copy, tags),
    ):
        assert CONFIG.with_tags(given).tags == tags


@pytest.mark.parametrize("given", ["ab", b"ab", bytearray(b"ab"), {"Key": "a"}, 5, True])
def test_not_every_iterable(given: Any) -> None:
    """A string, bytes, a mapping and a number are no lists: the value is refused when it is checked."""
    with pytest.raises(ParamValidationError) as caught:
        CONFIG.with_tags(given).validate()
    assert [(v.path, v.rule, v.value) for v in caught.value.violations] == [("tags", "type", given)]


def test_keyword_only() -> None:
    """Members are given by name alone, and a wrong name is a TypeError."""
    with pytest.raises(TypeError):
        Tag("a", "b")
    with pytest.raises(TypeError, match="valu"):
        Tag(key="a", valu="b")
    with pytest.raises(TypeError, match="value"):
        Tag(key="a")


def test_json_value() -> None:
    """A JSON-valued member takes text as it is and anything else as JSON, and goes out as text."""
    conditions = {"Conditions": [{"ConditionType": "Equals", "ConditionParameters": {"A": 1}}]}
    as_text = '{"Conditions":[{"ConditionType":"Equals","ConditionParameters":{"A":1}}]}'
    made = HumanLoopActivationConditionsConfig(human_loop_activation_conditions=conditions)
    assert made.human_loop_activation_conditions == as_text
    assert made == HumanLoopActivationConditionsConfig(human_loop_activation_conditions=as_text)
    assert made.to_dict() == {"HumanLoopActivationConditions": as_text}
    made.validate()
    odd = HumanLoopActivationConditionsConfig(human_loop_activation_conditions='{ "a": 1 }')
    assert odd.human_loop_activation_conditions == '{ "a": 1 }'


def test_recursive() -> None:
    """A structure may hold its own kind, to any depth."""
    expression = SearchExpression(filters=[Filter(name="n", operator="Equals", value="v")], operator="And")
    for _ in range(20):
        expression = SearchExpression(
            sub_expressions=[expression], nested_filters=[NestedFilters(nested_property_name="p", filters=())]
        )
    request = SearchRequest(resource="Endpoint", search_expression=expression)
    assert SearchRequest.from_dict(request.to_dict()) == request
    assert SearchRequest.from_json(request.to_json()) == request
    assert pickle.loads(pickle.dumps(request)) == request
    assert hash(copy.deepcopy(request)) == hash(request)
    with pytest.raises(ParamValidationError) as caught:
        request.validate()
    paths = [violation.path for violation in caught.value.violations]
    assert len(paths) == 20
    assert max(paths, key=len) == f"search_expression{'.sub_expressions[0]' * 19}.nested_filters[0].filters"


# Plain data


def test_to_dict_is_plain() -> None:
    """The boto3 form has plain strings, lists and dicts, and leaves out what is unset."""
    plain = CONFIG.with_production_variants([VARIANT.with_instance_type("ml.m5.xlarge")]).to_dict()
    assert plain == {
        "EndpointConfigName": "churn-v2",
        "ProductionVariants": [
            {"VariantName": "AllTraffic", "ModelName": "churn", "InstanceType": "ml.m5.xlarge"},
        ],
    }
    assert type(plain["ProductionVariants"]) is list
    assert type(plain["ProductionVariants"][0]["InstanceType"]) is str
    plain["ProductionVariants"].clear()
    assert CONFIG.production_variants


@pytest.mark.parametrize(
    ("given", "path", "rule"),
    [
        ({"EndpointName": "n"}, "endpoint_config_name", "required"),
        ({"EndpointName": None, "EndpointConfigName": "c"}, "endpoint_name", "required"),
        ({"EndpointName": "n", "EndpointConfigName": "c", "Tag": []}, "Tag", "unknown"),
        ({"EndpointName": "n", "EndpointConfigName": "c", 5: []}, "5", "unknown"),
        ({"EndpointName": "n", "EndpointConfigName": "c", "Tags": [{"Key": "k"}]}, "tags[0].value", "required"),
        ({"EndpointName": "n", "EndpointConfigName": "c", "Tags": "ab"}, "tags", "type"),
        ({"EndpointName": "n", "EndpointConfigName": "c", "Tags": {"Key": "k"}}, "tags", "type"),
        ({"EndpointName": "n", "EndpointConfigName": "c", "Tags": ["k"]}, "tags[0]", "type"),
        ({"EndpointName": "n", "EndpointConfigName": "c", "DeploymentConfig": []}, "deployment_config", "type"),
        ([], "", "type"),
        (None, "", "type"),
        ("text", "", "type"),
    ],
)
def test_from_dict_refuses(given: Any, path: str, rule: str) -> None:
    """`from_dict` names each unknown key, missing member and wrong form by its path."""
    with pytest.raises(ParamValidationError) as caught:
        CreateEndpointRequest.from_dict(given)
    assert [(v.path, v.rule) for v in caught.value.violations] == [(path, rule)]


def test_from_dict_says_all_at_once() -> None:
    """`from_dict` names everything that is wrong, not the first."""
    with pytest.raises(ParamValidationError) as caught:
        CreateEndpointRequest.from_dict({"Tags": [{"Key": "a"}, {"Value": "b", "V": 1}], "X": 1})
    assert sorted(v.path for v in caught.value.violations) == [
        "X",
        "endpoint_config_name",
        "endpoint_name",
        "tags[0].value",
        "tags[1].V",
        "tags[1].key",
    ]


@pytest.mark.parametrize("value", ["yesterday", object(), [], True, 1e300, float("nan")])
def test_from_dict_refuses_what_is_no_timestamp(value: Any) -> None:
    """What cannot be read as a timestamp is a ParamValidationError like everything else."""
    with pytest.raises(ParamValidationError):
        ListEndpointsRequest.from_dict({"CreationTimeAfter": value})


@pytest.mark.parametrize(
    "value", ["2020-01-02T03:04:05Z", "2020-01-02T04:04:05+01:00", 1577934245, 1577934245.0, "1577934245"]
)
def test_from_dict_timestamps(value: Any) -> None:
    """Timestamps may be given as text or epoch seconds, as boto3 takes them."""
    request = ListEndpointsRequest.from_dict({"CreationTimeAfter": value})
    assert request.creation_time_after == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "{", "null", "[]", '"a"', "5", '{"EndpointName": 5, "EndpointConfigName": "c"}', b"\xff"]
)
def test_from_json_refuses(text: str | bytes) -> None:
    """`from_json` raises ParamValidationError for whatever is not the JSON of the structure."""
    with pytest.raises(ParamValidationError):
        CreateEndpointRequest.from_json(text)


def test_json_round_trip() -> None:
    """The JSON that goes over the wire reads back to the same value, from text and from bytes."""
    request = ListEndpointsRequest(creation_time_after=datetime(2020, 1, 2, tzinfo=UTC), name_contains="é漢🚀")
    assert request.to_json() == r'{"NameContains":"\u00e9\u6f22\ud83d\ude80","CreationTimeAfter":1577923200}'
    assert ListEndpointsRequest.from_json(request.to_json()) == request
    assert ListEndpointsRequest.from_json(request.to_json().encode()) == request


# Secrets


def test_repr_redacts() -> None:
    """A sensitive member is redacted wherever it stands, and stays what it is."""
    request = CreateWorkforceRequest(workforce_name="w", oidc_config=OIDC)
    assert SECRET not in repr(request)
    assert "client_secret=<redacted>" in repr(request)
    assert OIDC.client_secret == SECRET
    response = DescribeModelCardResponse.from_dict({"Content": SECRET, "ModelCardName": "n"})
    assert SECRET not in repr(response)


@pytest.mark.parametrize("value", [{"ClientSecret": SECRET}, [SECRET], SECRET, (SECRET,), [OIDC, SECRET]])
def test_repr_redacts_what_stands_for_a_secret(value: Any) -> None:
    """What is given where a structure with a secret should be is redacted too, in repr and in violations."""
    request = CreateWorkforceRequest(workforce_name="w", oidc_config=value)
    assert SECRET not in repr(request)
    with pytest.raises(ParamValidationError) as caught:
        request.validate()
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(caught.value)
    with pytest.raises(ParamValidationError) as caught:
        CreateWorkforceRequest.from_dict({"WorkforceName": "w", "OidcConfig": {"ClientSecrt": SECRET}})
    assert SECRET not in repr(caught.value)


def test_repr_of_the_rest() -> None:
    """A repr has the members that are set, by their Python names."""
    assert repr(Tag(key="k", value="v")) == "Tag(key='k', value='v')"
    assert repr(CreateModelRequest(model_name="m")) == "CreateModelRequest(model_name='m')"


# Responses


def test_metadata_takes_no_part_in_equality() -> None:
    """Two responses with the same members are equal, however they came about."""
    body = {"EndpointName": "n", "EndpointStatus": "InService"}
    one = DescribeEndpointResponse.from_dict(body)
    two = attrs.evolve(one, response_metadata=ResponseMetadata(http_status=201, request_id="r", attempts=2))
    assert one == two
    assert hash(one) == hash(two)
    assert (one.http_status, two.http_status) == (200, 201)
    assert two.to_dict() == one.to_dict()
    assert "response_metadata" not in repr(two)
    assert pickle.loads(pickle.dumps(two)).response_metadata == two.response_metadata


def test_responses_take_what_is_new() -> None:
    """A response passes over unknown members and keeps unknown enum values."""
    response = DescribeEndpointResponse.from_dict({"EndpointStatus": "Hibernating", "New": 1})
    assert response.endpoint_status == "Hibernating"
    assert isinstance(response.endpoint_status, EndpointStatus)
    assert response.to_dict()["EndpointStatus"] == "Hibernating"
    assert type(response.to_dict()["EndpointStatus"]) is str


def test_responses_are_whole() -> None:
    """Required members that an answer lacks are filled in, so that what the types promise is there."""
    response = DescribeEndpointResponse.from_dict({})
    assert response.endpoint_name == ""
    assert response.creation_time == datetime(1970, 1, 1, tzinfo=UTC)
    assert response.endpoint_status.is_unknown
    assert response.failure_reason is None


def test_what_rich_and_ipython_show() -> None:
    """Both show the members that are set, each with its own layout, and no secret however deep."""
    shown = list(Tag(key="team", value="growth").__rich_repr__())
    assert shown == [("key", "team"), ("value", "growth")]
    config = OIDC.with_issuer("https://i")
    request = CreateWorkforceRequest(workforce_name="w", oidc_config=config)
    for text in (rich_text(request), pretty(request), repr(request)):
        assert "hunter2" not in text
        assert "<redacted>" in text
        assert "https://i" in text
    lines = pretty(request).splitlines()
    assert len(lines) > 5
    assert max(map(len, lines)) < 80


def rich_text(value: object) -> str:
    """What rich prints of a value."""
    console = Console(file=io.StringIO(), width=80)
    console.print(Pretty(value))
    return cast("io.StringIO", console.file).getvalue()
