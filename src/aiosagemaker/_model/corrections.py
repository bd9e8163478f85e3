"""Where the model is known to be wrong or to say too little, with the source of each rule."""

from __future__ import annotations

import copy
from typing import Any

Row = dict[str, Any]

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html: an endpoint does not leave these
# two by itself. After a rollback it is InService again, with its former configuration: only the name tells.
_ENDPOINT_IN_SERVICE: list[Row] = [
    {"matcher": "path", "argument": "EndpointStatus", "state": "failure", "expected": "UpdateRollbackFailed"},
    {"matcher": "path", "argument": "EndpointStatus", "state": "failure", "expected": "OutOfService"},
]
# A validation error of any other kind is no sign that the resource is gone. `NotFound` is ours (`errors.NotFound`).
_GONE = ("EndpointDeleted", "NotebookInstanceDeleted")


# What botocore adds to a service's requests that no model says: its `handlers.py` has the list.
_HEADERS = {"apigateway": {"Accept": "application/json"}}


def headers_of(service: str, metadata: Row, operation: Row) -> Row:
    """What a request carries beside what its operation says."""
    found = dict(_HEADERS.get(service, {}))
    if service == "glacier":
        found["x-amz-glacier-version"] = metadata["apiVersion"]
    if operation.get("endpointoperation"):
        found["x-amz-api-version"] = metadata["apiVersion"]
    if metadata.get("awsQueryCompatible") is not None:
        # https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#awsquerycompatible-trait
        found["x-amzn-query-mode"] = "true"
    return found


def correct_waiters(service: str, model: Row) -> Row:
    """The `waiters-2` model of a service, corrected. `goal` is what a success may be held to, and its types."""
    if service != "sagemaker" or not model:
        return model
    corrected = copy.deepcopy(model)
    waiters = corrected["waiters"]
    waiters["EndpointInService"]["acceptors"] += _ENDPOINT_IN_SERVICE
    waiters["EndpointInService"]["goal"] = {
        "endpoint_config_name": "str | None",
        "desired_weights_and_capacities": "Iterable[DesiredWeightAndCapacity] | None",
    }
    for name in _GONE:
        for acceptor in waiters[name]["acceptors"]:
            if acceptor["matcher"] == "error" and acceptor["expected"] == "ValidationException":
                acceptor["expected"] = "NotFound"
    return corrected
