"""Operations that AWS documents and botocore has no model of, in the form of its models.

botocore speaks no HTTP/2, so the operations of AWS's `sagemaker-runtime-http2` are in none of its services
(https://docs.aws.amazon.com/sdk-for-python/v1/reference/clients/sagemaker-runtime-http2/).
"""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]


def _header(shape: str, name: str) -> Row:
    return {"shape": shape, "location": "header", "locationName": f"X-Amzn-SageMaker-{name}"}


def _error(status: int) -> Row:
    row: Row = {
        "type": "structure",
        "members": {"Message": {"shape": "Message"}, "ErrorCode": {"shape": "ErrorCode"}},
        "error": {"httpStatusCode": status},
        "exception": True,
    }
    return row | ({"fault": True} if status >= 500 else {})


_PART: Row = {
    "type": "structure",
    "members": {
        "Bytes": {"shape": "PartBlob", "eventpayload": True},
        "DataType": {"shape": "BidirectionalDataType", "eventheader": True},
        "CompletionState": {"shape": "BidirectionalCompletionState", "eventheader": True},
        "P": {"shape": "BidirectionalPadding", "eventheader": True},
    },
    "event": True,
}

_BIDIRECTIONAL: Row = {
    "operations": {
        "InvokeEndpointWithBidirectionalStream": {
            "name": "InvokeEndpointWithBidirectionalStream",
            "http": {"method": "POST", "requestUri": "/endpoints/{EndpointName}/invocations-bidirectional-stream"},
            "http2": {"port": 8443},
            "input": {"shape": "InvokeEndpointWithBidirectionalStreamInput"},
            "output": {"shape": "InvokeEndpointWithBidirectionalStreamOutput"},
            "errors": [
                {"shape": "InputValidationError"},
                {"shape": "InternalServerError"},
                {"shape": "InternalStreamFailure"},
                {"shape": "ModelError"},
                {"shape": "ModelStreamError"},
                {"shape": "ServiceUnavailableError"},
            ],
        }
    },
    # With those that an older botocore lacks: its own go first.
    "shapes": {
        "BidirectionalCompletionState": {"type": "string", "enum": ["PARTIAL", "COMPLETE"]},
        "BidirectionalDataType": {"type": "string", "enum": ["UTF8", "BINARY"]},
        "BidirectionalPadding": {"type": "string"},
        "EndpointName": {"type": "string", "max": 63, "pattern": "^[a-zA-Z0-9](-*[a-zA-Z0-9])*"},
        "ErrorCode": {"type": "string"},
        "Header": {"type": "string", "max": 1024, "pattern": "\\p{ASCII}*"},
        "InputValidationError": _error(400),
        "InternalServerError": _error(500),
        "InvokeEndpointWithBidirectionalStreamInput": {
            "type": "structure",
            "required": ["EndpointName", "Body"],
            "members": {
                "EndpointName": {"shape": "EndpointName", "location": "uri", "locationName": "EndpointName"},
                "Body": {"shape": "RequestStreamEvent"},
                "TargetVariant": _header("TargetVariantHeader", "Target-Variant"),
                "ModelInvocationPath": _header("Header", "Model-Invocation-Path"),
                "ModelQueryString": _header("Header", "Model-Query-String"),
            },
            "payload": "Body",
        },
        "InvokeEndpointWithBidirectionalStreamOutput": {
            "type": "structure",
            "required": ["Body"],
            "members": {
                "Body": {"shape": "ResponseStreamEvent"},
                "InvokedProductionVariant": {
                    "shape": "Header",
                    "location": "header",
                    "locationName": "X-Amzn-Invoked-Production-Variant",
                },
            },
            "payload": "Body",
        },
        "InternalStreamFailure": {
            "type": "structure",
            "members": {"Message": {"shape": "Message"}},
            "exception": True,
            "fault": True,
        },
        "Message": {"type": "string", "max": 2048},
        "ModelStreamError": {
            "type": "structure",
            "members": {"Message": {"shape": "Message"}, "ErrorCode": {"shape": "ErrorCode"}},
            "exception": True,
        },
        "PartBlob": {"type": "blob", "sensitive": True},
        "RequestPayloadPart": _PART,
        "RequestStreamEvent": {
            "type": "structure",
            "members": {"PayloadPart": {"shape": "RequestPayloadPart"}},
            "eventstream": True,
        },
        "ResponsePayloadPart": _PART,
        "ResponseStreamEvent": {
            "type": "structure",
            "members": {
                "PayloadPart": {"shape": "ResponsePayloadPart"},
                "ModelStreamError": {"shape": "ModelStreamError"},
                "InternalStreamFailure": {"shape": "InternalStreamFailure"},
            },
            "eventstream": True,
        },
        "ServiceUnavailableError": _error(503),
        "TargetVariantHeader": {"type": "string", "max": 63, "pattern": "^[a-zA-Z0-9](-*[a-zA-Z0-9])*"},
    },
}

ADDITIONS = {"sagemaker-runtime": _BIDIRECTIONAL}


def with_additions(name: str, service: Row) -> Row:
    """A `service-2` model with what it lacks. What botocore comes to have itself, it has from botocore."""
    added = ADDITIONS.get(name)
    if added is None or added["operations"].keys() <= service["operations"].keys():
        return service
    return {
        **service,
        "operations": {**added["operations"], **service["operations"]},
        "shapes": {**added["shapes"], **service["shapes"]},
    }
