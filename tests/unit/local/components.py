"""Inference components, as tests make and ask them."""

from __future__ import annotations

from typing import Any

from aiosagemaker.sagemaker import (
    InferenceComponentComputeResourceRequirements,
    InferenceComponentRuntimeConfig,
    InferenceComponentSpecification,
)

ROLE = "arn:aws:iam::123456789012:role/sagemaker"
NEEDS = InferenceComponentComputeResourceRequirements(min_memory_required_in_mb=1024)


def spec(name: str) -> InferenceComponentSpecification:
    return InferenceComponentSpecification(model_name=name, compute_resource_requirements=NEEDS)


async def hosts(hosting: Any) -> None:
    """An endpoint for components, and the models a and b."""
    await hosting.model("a")
    await hosting.model("b")
    variant = hosting.variant("AllTraffic", 2, model_name=None)
    await hosting.config("c", variant, execution_role_arn=ROLE)
    await hosting.endpoint("c")


async def create(hosting: Any, name: str = "one", copies: int = 2, **members: Any) -> None:
    given = {"specification": spec("a"), "variant_name": "AllTraffic", **members}
    await hosting.sm.create_inference_component(
        inference_component_name=name,
        endpoint_name="e",
        runtime_config=InferenceComponentRuntimeConfig(copy_count=copies),
        **given,
    )


async def ask(hosting: Any, name: str | None = "one") -> bytes:
    answer = await hosting.rt.invoke_endpoint(endpoint_name="e", body=b"x", inference_component_name=name)
    assert answer.invoked_production_variant == "AllTraffic"
    return bytes(answer.body)
