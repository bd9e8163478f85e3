"""What is asked and what is answered in every measurement: the same for each client."""

from __future__ import annotations

import json
from typing import Any

KEYS = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
BOTO = {"region_name": "us-east-1", "aws_access_key_id": KEYS[0], "aws_secret_access_key": KEYS[1]}
"""What botocore's clients are made with."""
QUESTION, REPLY = b"42,7.5,1,0,17.25\n", b"0.8731\n"
"""What a small model is asked, 17 bytes, and answers."""
ACCOUNT = "arn:aws:sagemaker:us-east-1:123456789012"
TIME = 1700000000.123

DESCRIPTION: dict[str, Any] = {
    "EndpointName": "churn",
    "EndpointArn": f"{ACCOUNT}:endpoint/churn",
    "EndpointConfigName": "churn-v2",
    "ProductionVariants": [
        {
            "VariantName": "AllTraffic",
            "DeployedImages": [
                {
                    "SpecifiedImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/churn:2",
                    "ResolvedImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/churn@sha256:0123456789abcdef",
                    "ResolutionTime": TIME,
                }
            ],
            "CurrentWeight": 1.0,
            "DesiredWeight": 1.0,
            "CurrentInstanceCount": 2,
            "DesiredInstanceCount": 2,
        }
    ],
    "EndpointStatus": "InService",
    "CreationTime": TIME,
    "LastModifiedTime": TIME,
}


def summaries(count: int) -> dict[str, Any]:
    """A page of ListEndpoints."""
    return {
        "Endpoints": [
            {
                "EndpointName": f"endpoint-{number}",
                "EndpointArn": f"{ACCOUNT}:endpoint/endpoint-{number}",
                "CreationTime": TIME,
                "LastModifiedTime": TIME,
                "EndpointStatus": "InService",
            }
            for number in range(count)
        ]
    }


def configuration(variants: int) -> dict[str, Any]:
    """The members of CreateEndpointConfig, in boto3's form."""
    return {
        "EndpointConfigName": "churn-v2",
        "ProductionVariants": [
            {
                "VariantName": f"variant-{number}",
                "ModelName": "churn",
                "InstanceType": "ml.m5.xlarge",
                "InitialInstanceCount": 2,
                "InitialVariantWeight": 1.0,
                "RoutingConfig": {"RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS"},
            }
            for number in range(variants)
        ],
        "ExplainerConfig": {
            "ClarifyExplainerConfig": {
                "EnableExplanations": "`true`",
                "InferenceConfig": {"FeatureHeaders": ["age", "plan"], "FeatureTypes": ["numerical", "categorical"]},
                "ShapConfig": {"ShapBaselineConfig": {"MimeType": "text/csv", "ShapBaseline": "1,2"}, "Seed": 1},
            }
        },
        "Tags": [{"Key": f"key-{number}", "Value": "value"} for number in range(5)],
    }


def answers(items: int = 100) -> dict[str, bytes]:
    """The body of each operation's answer; of a model's under no name."""
    bodies: dict[str, Any] = {
        "DescribeEndpoint": DESCRIPTION,
        "ListEndpoints": summaries(items),
        "CreateEndpointConfig": {"EndpointConfigArn": f"{ACCOUNT}:endpoint-config/churn-v2"},
    }
    return {operation: json.dumps(body).encode() for operation, body in bodies.items()} | {"": REPLY}
