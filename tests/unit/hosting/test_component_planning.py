"""What is planned for components."""

from __future__ import annotations

from typing import Any

from tests.integration.hosting_cases import add_component, component, on_components, serving

from aiosagemaker.hosting import deploy
from aiosagemaker.hosting.component_planning import plan_components


def words(spec: Any, observed: Any) -> list[str]:
    return [f"{change.action} {change.name}: {change.why}" for change in plan_components(spec, observed)]


async def test_each_case(observe: Any) -> None:
    """A component is made, updated in place, kept or removed by what is there, and another's is left alone."""
    async with serving() as hosting:
        await deploy(hosting.client, on_components([component("a", "1"), component("b", "1"), component("c", "1")]))
        await add_component(hosting.client, "foreign")
        spec = on_components([component("a", "1"), component("b", "2"), component("d", "1")])
        observed = await observe(hosting.client)
        assert words(spec, observed) == [
            "keep a: it is as the spec says",
            "update b: it is not as the spec says",
            "create d: there is none yet",
            "remove c: the spec has it no more",
            "keep foreign: it was not made by deploy",
        ]
        (updated,) = [each for each in plan_components(spec, observed) if each.name == "b"]
        assert [str(each) for each in updated.differences] == [
            "Specification.Container.Environment: {VERSION: 1} -> {VERSION: 2}"
        ]
        assert updated.request.specification.container.environment == {"VERSION": "2"}
