"""An AWS Lambda function that asks an endpoint. Its client is made once, at import, and serves every invocation."""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any

from aiosagemaker import RetryConfig, SageMakerRuntimeClient, TimeoutConfig
from aiosagemaker.errors import SdkError, ServiceError
from aiosagemaker.sagemaker_runtime import ModelError

ENDPOINT = os.environ.get("ENDPOINT", "churn")
runtime = SageMakerRuntimeClient(
    # A function that waits is paid for: end before its own time limit does.
    timeouts=TimeoutConfig(connect=2, operation=20),
    retry=RetryConfig(max_attempts=2, cold_start_timeout=5),
)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """`{"customers": [...]}` as the body of a request of API Gateway; scores, or the errors, in the same order."""
    customers = json.loads(event["body"])["customers"]
    # Each invocation has an event loop of its own, and its connections end with it.
    scores = asyncio.run(score(customers))
    failed = any("error" in each for each in scores)
    return {"statusCode": 207 if failed else 200, "body": json.dumps({"scores": scores})}


async def score(customers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All customers at once."""
    return await asyncio.gather(*map(one, customers))


async def one(customer: dict[str, Any]) -> dict[str, Any]:
    """The score of a customer, or why there is none."""
    try:
        return {"score": await runtime.invoke_json(endpoint_name=ENDPOINT, payload=customer)}
    except ModelError as error:
        return {"error": "the model failed", "status": error.original_status_code}
    except ServiceError as error:
        return {"error": error.code, "request_id": error.request_id}
    except SdkError as error:
        return {"error": type(error).__name__}
