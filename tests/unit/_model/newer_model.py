"""A model of SageMaker Metrics that is made up to be newer: an operation, a member, an enum's value, a waiter more."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import botocore


def write_newer_model(folder: Path) -> None:
    """Write it where AWS_DATA_PATH may lead botocore."""
    (packed,) = (Path(botocore.__file__).parent / "data" / "sagemaker-metrics").glob("*/service-2.json.gz")
    model = json.loads(gzip.decompress(packed.read_bytes()))
    model["operations"]["PurgeMetrics"] = {
        "name": "PurgeMetrics",
        "http": {"method": "POST", "requestUri": "/PurgeMetrics"},
        "input": {"shape": "PurgeMetricsRequest"},
        "output": {"shape": "PurgeMetricsResponse"},
        "errors": [{"shape": "PurgeConflict"}],
    }
    model["shapes"] |= {
        "PurgeMetricsRequest": {
            "type": "structure",
            "required": ["TrialComponentName"],
            "members": {"TrialComponentName": {"shape": "PurgeName"}, "Depth": {"shape": "PurgeDepth"}},
        },
        "PurgeMetricsResponse": {"type": "structure", "members": {"State": {"shape": "PurgeState"}}},
        "PurgeName": {"type": "string", "min": 1},
        "PurgeDepth": {"type": "integer", "max": 9},
        "PurgeState": {"type": "string", "enum": ["Running", "Done"]},
        "PurgeConflict": {"type": "structure", "exception": True, "members": {"Message": {"shape": "PurgeName"}}},
    }
    model["shapes"]["BatchPutMetricsRequest"]["members"]["Urgent"] = {"shape": "PurgeName"}
    model["shapes"]["Period"]["enum"].append("OneDay")
    acceptor = {"state": "success", "matcher": "path", "argument": "State", "expected": "Done"}
    waiter = {"operation": "PurgeMetrics", "delay": 5, "maxAttempts": 3, "acceptors": [acceptor]}
    target = folder / "sagemaker-metrics" / packed.parent.name
    target.mkdir(parents=True)
    (target / "service-2.json").write_text(json.dumps(model), encoding="utf-8")
    (target / "waiters-2.json").write_text(
        json.dumps({"version": 2, "waiters": {"MetricsPurged": waiter}}), encoding="utf-8"
    )


if __name__ == "__main__":
    write_newer_model(Path(sys.argv[1]))
