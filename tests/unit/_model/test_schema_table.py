"""A botocore model into the table."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from aiosagemaker._model.schema_table import build_schema, dumps
from aiosagemaker._shapes.namespace import Namespace
from aiosagemaker._shapes.schema import Schema

SERVICE: dict[str, Any] = {
    "metadata": {
        "protocol": "json",
        "protocols": ["json"],
        "apiVersion": "2017-07-24",
        "endpointPrefix": "api.service",
        "jsonVersion": "1.1",
        "serviceId": "Service",
        "signingName": "signing",
        "targetPrefix": "Target",
        "uid": "service-2017-07-24",
        "serviceFullName": "left out",
    },
    "documentation": "<p>Prose</p>",
    "operations": {
        "PutThing": {
            "name": "PutThing",
            "http": {"method": "POST", "requestUri": "/"},
            "input": {"shape": "PutThingInput"},
            "output": {"shape": "Thing"},
            "errors": [{"shape": "Zeta"}, {"shape": "Alpha"}],
            "documentation": "<p>Prose</p>",
            "idempotent": True,
        },
        "GetThing": {
            "name": "GetThing",
            "http": {"method": "GET", "requestUri": "/things/{Name}", "responseCode": 201},
            "input": {"shape": "GetThingRequest"},
            "output": {"shape": "Thing"},
            "endpoint": {"hostPrefix": "data."},
            "httpChecksumRequired": True,
            "deprecated": True,
            "readonly": True,
            "authtype": "none",
        },
        "Nothing": {"name": "Nothing"},
    },
    "shapes": {
        "PutThingInput": {
            "type": "structure",
            "required": ["Name"],
            "members": {
                "Name": {"shape": "Name", "documentation": "<p>Prose</p>"},
                "Token": {"shape": "Name", "idempotencyToken": True},
                "Json": {"shape": "Name", "jsonvalue": True},
                "When": {"shape": "Time", "timestampFormat": "rfc822"},
            },
        },
        "GetThingRequest": {
            "type": "structure",
            "members": {"Name": {"shape": "Name", "location": "uri", "locationName": "Name"}},
        },
        "Thing": {"type": "structure", "members": {"Kind": {"shape": "Kind"}, "Things": {"shape": "Things"}}},
        "Things": {"type": "list", "member": {"shape": "Thing"}, "min": 0, "max": 5},
        "Kind": {"type": "string", "enum": ["B", "A"], "max": 3, "pattern": "[A-Z]"},
        "Name": {"type": "string", "min": 1, "max": 63, "pattern": "^[\\p{L}]+"},
        "Time": {"type": "timestamp", "timestampFormat": "iso8601"},
        "Secret": {"type": "string", "sensitive": True},
        "Half": {"type": "float", "min": 0.5, "max": 1.0, "box": True},
        "Doc": {"type": "structure", "members": {}, "document": True},
        "Choice": {"type": "structure", "members": {"Name": {"shape": "Name"}}, "union": True},
        "Alpha": {
            "type": "structure",
            "members": {"Message": {"shape": "Name"}},
            "error": {"code": "AlphaCode", "httpStatusCode": 409, "senderFault": True},
            "exception": True,
        },
        "Zeta": {
            "type": "structure",
            "members": {},
            "exception": True,
            "fault": True,
            "retryable": {"throttling": True},
        },
    },
}
PAGINATORS = {
    "pagination": {
        "PutThing": {"input_token": "Token", "output_token": "Kind", "limit_key": "Name", "result_key": "Things"}
    }
}
WAITERS = {
    "version": 2,
    "waiters": {
        "ThingReady": {
            "delay": 5,
            "maxAttempts": 10,
            "operation": "GetThing",
            "description": "Prose",
            "acceptors": [{"matcher": "path", "argument": "Kind", "expected": "A", "state": "success"}],
        }
    },
}


@pytest.fixture
def table() -> dict[str, Any]:
    return build_schema(SERVICE, WAITERS, PAGINATORS, name="service")


def changed(**shapes: Any) -> dict[str, Any]:
    service = copy.deepcopy(SERVICE)
    service["shapes"].update(shapes)
    return service


def test_metadata(table: dict[str, Any]) -> None:
    """What the protocol, the endpoint, the signature and the page need is kept, and nothing else."""
    assert table["metadata"] == {
        "protocol": "json",
        "api_version": "2017-07-24",
        "endpoint_prefix": "api.service",
        "json_version": "1.1",
        "name": "service",
        "service_id": "Service",
        "signing_name": "signing",
        "target_prefix": "Target",
        "uid": "service-2017-07-24",
    }


def test_signing_name_falls_back() -> None:
    """A service without a signing name signs with its endpoint's prefix."""
    service = copy.deepcopy(SERVICE)
    del service["metadata"]["signingName"]
    assert build_schema(service)["metadata"]["signing_name"] == "api.service"


def test_operations(table: dict[str, Any]) -> None:
    """An operation has its method's name, its request and response, and the traits that change what is sent."""
    assert table["operations"]["PutThing"] == {
        "method": "put_thing",
        "input": "PutThingRequest",
        "output": "PutThingResponse",
        "errors": ["Alpha", "Zeta"],
        "idempotent": True,
    }
    assert table["operations"]["GetThing"] == {
        "method": "get_thing",
        "input": "GetThingRequest",
        "output": "GetThingResponse",
        "http": ["GET", "/things/{Name}"],
        "status": 201,
        "host_prefix": "data.",
        "checksum_required": True,
        "unsigned": True,
        "deprecated": True,
        "readonly": True,
    }


def test_requests_and_responses(table: dict[str, Any]) -> None:
    """Each operation has its own request and response, named after it, whatever the model calls them."""
    shapes = table["shapes"]
    assert shapes["PutThingRequest"]["request"] == "PutThing"
    assert shapes["PutThingRequest"]["model"] == "PutThingInput"
    assert shapes["PutThingResponse"]["response"] == "PutThing"
    assert shapes["NothingRequest"] == {"type": "structure", "members": {}, "request": "Nothing"}
    assert "model" not in shapes["GetThingRequest"]
    # Used elsewhere too, so it keeps its own name beside those of the responses.
    assert "Thing" in shapes
    assert "PutThingInput" not in shapes


def test_members(table: dict[str, Any]) -> None:
    """A member has its Python name, its shape, and what sets it apart."""
    assert table["shapes"]["PutThingRequest"]["members"] == {
        "Name": {"name": "name", "shape": "Name", "required": True},
        "Token": {"name": "token", "shape": "Name", "idempotency_token": True},
        "Json": {"name": "json", "shape": "Name", "json_value": True},
        "When": {"name": "when", "shape": "Time", "format": "rfc822"},
    }
    assert table["shapes"]["GetThingRequest"]["members"]["Name"]["location"] == "uri"


def test_shapes(table: dict[str, Any]) -> None:
    """Each kind of shape has its row."""
    shapes = table["shapes"]
    assert shapes["Things"] == {"type": "list", "item": "Thing", "min": 0, "max": 5}
    assert shapes["Kind"] == {"type": "enum", "values": {"B": "B", "A": "A"}}
    assert shapes["Name"] == {"type": "string", "min": 1, "max": 63, "pattern": "^[\\p{L}]+"}
    assert shapes["Time"] == {"type": "timestamp", "format": "iso8601"}
    assert shapes["Secret"] == {"type": "string", "sensitive": True}
    assert shapes["Half"] == {"type": "float", "min": 0.5, "max": 1}
    assert shapes["Doc"] == {"type": "document"}
    assert shapes["Choice"]["union"] is True
    assert shapes["Alpha"]["error"] == {"code": "AlphaCode", "status": 409}
    assert shapes["Zeta"]["error"] == {"fault": True, "retryable": True, "throttling": True}
    assert set(table["categories"]) == {"L"}


def test_waiters_and_paginators(table: dict[str, Any]) -> None:
    """Waiters and paginators are rows, in Python's names."""
    assert table["waiters"] == {
        "ThingReady": {
            "method": "wait_until_thing_ready",
            "operation": "GetThing",
            "delay": 5,
            "max_attempts": 10,
            "acceptors": [{"state": "success", "matcher": "path", "argument": "Kind", "expected": "A"}],
        }
    }
    assert table["paginators"] == {
        "PutThing": {
            "method": "paginate_put_thing",
            "input_token": "token",
            "output_token": "kind",
            "limit": "name",
            "result": "things",
        }
    }


def test_no_prose(table: dict[str, Any]) -> None:
    """Nothing of the service's documentation is in the table."""
    assert "Prose" not in json.dumps(table)


def test_the_model_is_left_alone() -> None:
    """Building a table changes nothing of the model."""
    before = copy.deepcopy(SERVICE)
    build_schema(SERVICE, WAITERS, PAGINATORS)
    assert before == SERVICE


def test_text(table: dict[str, Any]) -> None:
    """The text is sorted JSON with one row a line, the same each time, whatever the model's own order."""
    text = dumps(table, "Generated")
    assert json.loads(text) == {"generated": "Generated", **table}
    shuffled = copy.deepcopy(SERVICE)
    for section in ("operations", "shapes"):
        shuffled[section] = dict(reversed(shuffled[section].items()))
    assert dumps(build_schema(shuffled, WAITERS, PAGINATORS, name="service"), "Generated") == text
    assert max(map(len, text.splitlines())) < 20_000
    assert text.isascii()


@pytest.mark.parametrize(
    ("service", "words"),
    [
        ({**SERVICE, "metadata": {"protocol": "query"}}, "not a JSON protocol"),
        (changed(Name={"type": "bigger"}), "unknown type"),
        (
            changed(Thing={"type": "structure", "members": {"AName": {"shape": "Name"}, "aName": {"shape": "Name"}}}),
            "meet",
        ),
        (changed(PutThingRequest={"type": "structure", "members": {}}), "would hide"),
    ],
)
def test_refused(service: dict[str, Any], words: str) -> None:
    """A model that cannot be expressed is refused, with what is wrong with it."""
    with pytest.raises(ValueError, match=words):
        build_schema(service)


def test_untranslated_patterns_are_kept() -> None:
    """A pattern that `re` cannot take stands in the table as what it is, and is not checked."""
    table = build_schema(changed(Name={"type": "string", "min": 1, "pattern": "[a-z&&[^b]]+"}))
    assert table["shapes"]["Name"] == {"type": "string", "min": 1, "untranslated": "[a-z&&[^b]]+"}
    check = Namespace("untranslated", Schema(table))["PutThingRequest"](name="b").validate
    assert check() is None


@pytest.mark.parametrize(
    "change",
    [
        {"output_token": ["Kind", "Things"], "input_token": ["Token", "Name"]},
        {"result_key": "Things.Deeper"},
        {"output_token": "Things[-1].Kind"},
        {"result_key": []},
    ],
)
def test_paginators_that_are_not_ours(change: dict[str, Any]) -> None:
    """A paginator that our loop cannot run has no row."""
    row = {**PAGINATORS["pagination"]["PutThing"], **change}
    assert build_schema(SERVICE, None, {"pagination": {"PutThing": row}})["paginators"] == {}


def test_protocol_among_several() -> None:
    """Of several protocols the first JSON one is taken."""
    service = {**SERVICE, "metadata": {**SERVICE["metadata"], "protocols": ["smithy-rpc-v2-cbor", "json", "query"]}}
    assert build_schema(service)["metadata"]["protocol"] == "json"
