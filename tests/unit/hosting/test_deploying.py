"""Deployments on the local service: what they do, what they leave alone, and how each way of failing ends."""

from __future__ import annotations

import asyncio
from typing import Any

import attrs
import pytest
from tests.integration.hosting_cases import ROLE, component, left, make_spec, on_components, scaled, serving

from aiosagemaker import client_for, errors
from aiosagemaker.hosting import (
    OWNER_TAG,
    Action,
    DeploymentFailed,
    DeploymentRolledBack,
    Event,
    FailureKind,
    ScalingSpec,
    deploy,
    deploying,
    failure,
    logs,
    plan,
    teardown,
)
from aiosagemaker.hosting.companions import companion_config
from aiosagemaker.sagemaker import (
    Alarm,
    AutoRollbackConfig,
    BlueGreenUpdatePolicy,
    CapacitySize,
    CaptureOption,
    ContainerDefinition,
    DataCaptureConfig,
    DeploymentConfig,
    DesiredWeightAndCapacity,
    Tag,
    TrafficRoutingConfig,
)

CAPTURE = DataCaptureConfig(
    enable_capture=True,
    initial_sampling_percentage=50,
    destination_s3_uri="s3://bucket/capture",
    capture_options=[CaptureOption(capture_mode="Input")],
)


async def test_same_spec_twice_writes_nothing() -> None:
    """The same spec again sends nothing that writes, and its plan is empty."""
    spec = make_spec(tags={"team": "growth"}, scaling=scaled())
    async with serving() as hosting:
        first = await deploy(hosting.client, spec)
        hosting.calls.clear()
        again = await deploy(hosting.client, spec)
        assert first.changed
        assert not again.changed
        assert not await plan(hosting.client, spec)
        assert hosting.writes == []


async def test_events_one_by_one() -> None:
    """The events of a deployment can be iterated; its error comes after the last, and leaving early cancels it."""
    async with serving() as hosting:
        stages = [event.stage async for event in deploying(hosting.client, make_spec("1"))]
        assert stages[0] == "changing"
        assert stages[-1] == "done"
        seen: list[str] = []

        async def follow() -> None:
            async for event in deploying(hosting.client, make_spec("2", image="bad")):
                seen.append(event.stage)  # noqa: PERF401  # what came before the error counts

        with pytest.raises(DeploymentRolledBack):
            await follow()
        assert "failed" in seen
        events = deploying(hosting.client, make_spec("3"))
        await anext(events)
        await events.aclose()
        assert (await deploy(hosting.client, make_spec("1"))).endpoint.endpoint_status == "InService"


async def test_plan_is_what_is_done() -> None:
    """What a plan lists is what the deployment then does, in that order."""
    async with serving() as hosting:
        for version in "1234":
            spec = make_spec(version, scaling=scaled(high=int(version) + 1))
            planned = await plan(hosting.client, spec)
            done = await deploy(hosting.client, spec)
            assert [str(change) for change in planned.writes] == [str(change) for change in done.changes]
        assert planned.changes[2].action is Action.UPDATE
        assert "Environment.VERSION: 3 -> 4" in str(planned)
        assert "Environment.VERSION: 3 -&gt; 4" in planned._repr_html_()


async def test_old_versions_are_removed() -> None:
    """Of the versions the latest `keep` stay; what deploy did not make is never removed."""
    async with serving() as hosting:
        container = ContainerDefinition(image="m")
        await hosting.client.create_model(
            model_name="churn-0123456789", primary_container=container, execution_role_arn=ROLE
        )
        for version in "123":
            await deploy(hosting.client, make_spec(version), keep=2)
        _, configs, models = await left(hosting.client)
        assert (len(configs), len(models)) == (2, 3)
        await deploy(hosting.client, make_spec("4"), keep=1)
        _, configs, models = await left(hosting.client)
        assert (len(configs), len(models)) == (1, 2)
        assert "churn-0123456789" in models


async def test_a_configuration_is_written_whole() -> None:
    """An update keeps data capture, as the configuration is always the spec's, and never what was retained."""
    spec = make_spec("1", scaling=scaled())
    spec = attrs.evolve(spec, config=spec.config.with_data_capture_config(CAPTURE))
    async with serving() as hosting:
        await deploy(hosting.client, spec)
        await deploy(hosting.client, attrs.evolve(spec, models=make_spec("2").models))
        endpoint = await hosting.client.describe_endpoint(endpoint_name="churn")
        config = await hosting.client.describe_endpoint_config(endpoint_config_name=endpoint.endpoint_config_name)
        assert config.data_capture_config == CAPTURE


async def test_a_version_that_does_not_start_first() -> None:
    """A first version that does not start is told with its kind and the container's log, and leaves nothing over."""
    async with serving() as hosting:
        with pytest.raises(DeploymentFailed) as caught:
            await deploy(hosting.client, make_spec(image="bad"))
        assert not isinstance(caught.value, errors.RolledBack)
        assert caught.value.failure.kind is FailureKind.HEALTH_CHECK
        assert caught.value.failure.variant == "main"
        assert await left(hosting.client) == ([], [], [])


async def test_a_version_that_does_not_start_later() -> None:
    """A later version that does not start is rolled back: the endpoint serves what it did, and the version is gone."""
    async with serving() as hosting:
        await deploy(hosting.client, make_spec("1"))
        before = await left(hosting.client)
        with pytest.raises(DeploymentRolledBack) as caught:
            await deploy(hosting.client, make_spec("2", image="bad"))
        assert isinstance(caught.value, errors.RolledBack)
        assert await left(hosting.client) == before
        assert not await plan(hosting.client, make_spec("1"))
        found = await failure(hosting.client, "churn")
        assert found.kind is FailureKind.HEALTH_CHECK


def canary(*alarms: str) -> DeploymentConfig:
    routing = TrafficRoutingConfig(
        type="CANARY", wait_interval_in_seconds=2000, canary_size=CapacitySize(type="CAPACITY_PERCENT", value=50)
    )
    return DeploymentConfig(
        blue_green_update_policy=BlueGreenUpdatePolicy(traffic_routing_configuration=routing),
        auto_rollback_configuration=AutoRollbackConfig(alarms=[Alarm(alarm_name=name) for name in alarms]),
    )


async def test_a_canary_with_an_alarm() -> None:
    """An alarm during the canary rolls it back, which is told as such; no call of a client that keeps calling fails."""
    async with serving() as hosting, hosting.local.runtime() as runtime:
        await deploy(hosting.client, make_spec("1", count=2))
        seen: list[Event] = []

        def on_event(event: Event) -> None:
            seen.append(event)
            if event.pending and 0 < sum(event.traffic.values()) < 1:
                hosting.local.set_alarm("errors")

        async with asyncio.TaskGroup() as group:
            ended = asyncio.Event()
            group.create_task(calling(runtime, ended))
            with pytest.raises(DeploymentRolledBack) as caught:
                await deploy(
                    hosting.client, make_spec("2", count=2, deployment_config=canary("errors")), on_event=on_event
                )
            ended.set()
        assert caught.value.failure.kind is FailureKind.ALARM
        stages = list(dict.fromkeys(event.stage for event in seen))
        assert stages == ["changing", "waiting", "failed", "cleaning"]


async def calling(runtime: Any, ended: asyncio.Event) -> int:
    """Call until it is over; a call that fails fails the test. How many there were."""
    count = 0
    while not ended.is_set():
        await runtime.invoke_endpoint(endpoint_name="churn", body=b"x")
        count += 1
        await asyncio.sleep(0.005)
    return count


async def test_no_call_fails() -> None:
    """While versions come and go, and scale, no call of a client that keeps calling fails."""
    async with serving() as hosting, hosting.local.runtime() as runtime:
        await deploy(hosting.client, make_spec("1"))
        async with asyncio.TaskGroup() as group:
            ended = asyncio.Event()
            calls = group.create_task(calling(runtime, ended))
            for version, scaling in (("2", scaled()), ("3", scaled(2, 4)), ("1", [])):
                await deploy(hosting.client, make_spec(version, scaling=scaling), keep=1)
            ended.set()
    assert calls.result() > 3


@pytest.mark.parametrize("first", [True, False])
async def test_no_capacity_falls_back(first: bool) -> None:
    """Where there is no capacity the next instance type is taken, and stays taken when the same is deployed again."""
    spec = make_spec("2", instance_types=["ml.m5.xlarge", "ml.m5.2xlarge"])
    async with serving() as hosting:
        if not first:
            await deploy(hosting.client, make_spec("1", name="churn", config=spec_on("ml.c5.large")))
        hosting.local.faults.no_capacity("ml.m5.large")
        hosting.local.faults.no_capacity("ml.m5.xlarge")
        deployment = await deploy(hosting.client, spec)
        assert deployment.instance_type == "ml.m5.2xlarge"
        assert deployment.endpoint.endpoint_status == "InService"
        assert not (await deploy(hosting.client, spec)).changed
        assert len((await left(hosting.client))[1]) == (1 if first else 2)


def spec_on(instance_type: str) -> Any:
    config = make_spec().config
    return config.with_production_variants(
        [variant.with_instance_type(instance_type) for variant in config.production_variants]
    )


async def test_no_capacity_at_all() -> None:
    """Where no instance type has capacity, it ends as a failure of that kind, and with nothing left over."""
    async with serving() as hosting:
        for each in ("ml.m5.large", "ml.m5.xlarge"):
            hosting.local.faults.no_capacity(each)
        with pytest.raises(DeploymentFailed) as caught:
            await deploy(hosting.client, make_spec(), instance_types=["ml.m5.xlarge"])
        assert caught.value.failure.kind is FailureKind.CAPACITY
        assert await left(hosting.client) == ([], [], [])


async def test_another_failure_does_not_fall_back() -> None:
    """Only want of capacity is a reason for another instance type."""
    async with serving() as hosting:
        with pytest.raises(DeploymentFailed):
            await deploy(hosting.client, make_spec(image="bad"), instance_types=["ml.m5.xlarge"])
        assert hosting.calls.count("CreateEndpoint") == 1


async def test_over_quota() -> None:
    """A quota is the service's own error, and leaves nothing over."""
    async with serving(quotas={"ml.m5.large": 1}) as hosting:
        with pytest.raises(errors.ResourceLimitExceeded):
            await deploy(hosting.client, make_spec(count=2), instance_types=["ml.m5.xlarge"])
        assert await left(hosting.client) == ([], [], [])


@pytest.mark.parametrize("ends", ["update", "deletion", "creation"])
async def test_in_progress_by_somebody_else(ends: str) -> None:
    """What somebody else has in progress is waited for, and then the spec is what there is."""
    async with serving() as hosting:
        client = hosting.client
        if ends != "creation":
            await deploy(client, make_spec("1"))
        if ends == "update":
            await client.update_endpoint_weights_and_capacities(
                endpoint_name="churn",
                desired_weights_and_capacities=[
                    DesiredWeightAndCapacity(variant_name="main", desired_instance_count=3)
                ],
            )
        elif ends == "deletion":
            await client.delete_endpoint(endpoint_name="churn")
        else:
            other = asyncio.create_task(deploy(client, make_spec("1")))
            while "CreateEndpoint" not in hosting.calls:  # noqa: ASYNC110  # the service tells no event
                await asyncio.sleep(0.001)
        deployment = await deploy(client, make_spec("2"))
        if ends == "creation":
            await asyncio.gather(other, return_exceptions=True)
        assert deployment.endpoint.endpoint_status == "InService"
        variant = deployment.endpoint.production_variants[0]
        assert variant.desired_instance_count == 1


async def test_changed_by_hand() -> None:
    """Instances that somebody changed are the spec's again; those that scale are left to what scales them."""
    async with serving() as hosting:
        for scaling, wanted in (([], 1), (scaled(1, 3), 3)):
            spec = make_spec("1", scaling=scaling)
            await deploy(hosting.client, spec)
            three = DesiredWeightAndCapacity(variant_name="main", desired_instance_count=3)
            await hosting.client.update_endpoint_weights_and_capacities(
                endpoint_name="churn", desired_weights_and_capacities=[three]
            )
            await hosting.client.wait_until_endpoint_in_service(endpoint_name="churn")
            deployment = await deploy(hosting.client, spec)
            assert deployment.endpoint.production_variants[0].desired_instance_count == wanted


async def test_scaled_instances_stay_in_an_update() -> None:
    """A new version of a variant that scales gets as many instances as it has now, not those of a quiet hour."""
    async with serving() as hosting:
        await deploy(hosting.client, make_spec("1", scaling=scaled(3, 5)))
        await asyncio.sleep(0.1)
        deployment = await deploy(hosting.client, make_spec("2", scaling=scaled(3, 5)))
        assert deployment.endpoint.production_variants[0].desired_instance_count == 3


async def test_scaling_is_restored_after_a_rollback() -> None:
    """What had to stop scaling for an update that was rolled back scales again as before."""
    async with serving() as hosting, hosting.local.scaling() as scaling:
        spec = make_spec("1", scaling=scaled(1, 3))
        await deploy(hosting.client, spec)
        bad = make_spec("2", image="bad", scaling=scaled(1, 5), config=spec_on("ml.m5.xlarge"))
        with pytest.raises(DeploymentRolledBack):
            await deploy(hosting.client, bad)
        targets = await scaling.paginate_describe_scalable_targets(service_namespace="sagemaker").collect()
        assert [(each.min_capacity, each.max_capacity) for each in targets] == [(1, 3)]
        assert not await plan(hosting.client, spec)


async def test_tags() -> None:
    """Tags follow the spec without a rollout; what somebody else tagged stays, what the spec dropped goes."""
    async with serving() as hosting:
        await deploy(hosting.client, make_spec(tags={"team": "a", "old": "x"}))
        arn = (await hosting.client.describe_endpoint(endpoint_name="churn")).endpoint_arn
        await hosting.client.add_tags(resource_arn=arn, tags=[Tag(key="else", value="y")])
        hosting.calls.clear()
        await deploy(hosting.client, make_spec(tags={"team": "b"}))
        tags = await hosting.client.paginate_list_tags(resource_arn=arn).collect()
        assert {tag.key: tag.value for tag in tags} == {"team": "b", "else": "y", OWNER_TAG: "churn"}
        assert "UpdateEndpoint" not in hosting.calls


async def test_what_is_wrong_is_not_sent() -> None:
    """What the documented rules forbid is in the plan, and nothing is sent."""
    spec = make_spec()
    policy = canary("errors")
    half = policy.blue_green_update_policy
    assert half is not None
    wrong = half.with_maximum_execution_timeout_in_seconds(600)
    async with serving() as hosting:
        await deploy(hosting.client, spec)
        hosting.calls.clear()
        later = make_spec("2", deployment_config=policy.with_blue_green_update_policy(wrong))
        assert "maximum_execution_timeout_in_seconds" in str(await plan(hosting.client, later))
        with pytest.raises(errors.ParamValidationError, match="maximum_execution_timeout_in_seconds"):
            await deploy(hosting.client, later)
        assert hosting.writes == []


async def test_long_names() -> None:
    """An endpoint whose name leaves no room deploys, updates and goes like any other."""
    name = "e" * 63
    async with serving() as hosting:
        for version in "12":
            await deploy(hosting.client, make_spec(version, name=name))
        await teardown(hosting.client, name)
        assert await left(hosting.client) == ([], [], [])


async def test_logs() -> None:
    """The containers' lines are read in order, and followed."""
    import sys

    images = {"*": [sys.executable, "-c", SERVER]}
    async with serving(images=images, speed=1000) as hosting:
        await deploy(hosting.client, make_spec())
        lines = [line.text async for line in logs(hosting.client, "churn")]
        assert "starting" in lines


SERVER = """
import http.server, os
print("starting", flush=True)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header("Content-Length", "0"); self.end_headers()
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()
"""


@pytest.mark.models
async def test_scale_to_zero() -> None:
    """A component that scales to zero has a policy and an alarm that wake it; both go with what scales, or with it."""
    zero = ScalingSpec(inference_component_name="a", min_capacity=0, max_capacity=2, concurrency=5)
    async with (
        serving() as hosting,
        hosting.local.runtime() as runtime,
        client_for("cloudwatch", companion_config(hosting.client)) as cloudwatch,
    ):
        client = hosting.client
        spec = on_components([component("a", "1")], scaling=[zero])
        planned = await plan(client, spec)
        done = await deploy(client, spec)
        assert [str(each) for each in planned.writes] == [str(each) for each in done.changes]
        (alarm,) = (await cloudwatch.describe_alarms()).metric_alarms
        assert alarm.metric_name == "NoCapacityInvocationFailures"
        assert ":scalingPolicy:" in alarm.alarm_actions[0]
        assert not await plan(client, spec)
        await copies(client, 0)
        with pytest.raises(errors.SdkError):
            await runtime.invoke_endpoint(endpoint_name="churn", inference_component_name="a", body=b"x")
        await copies(client, 1)
        await deploy(client, attrs.evolve(spec, scaling=[attrs.evolve(zero, min_capacity=1)]))
        assert not (await cloudwatch.describe_alarms()).metric_alarms
        await deploy(client, spec)
        assert (await cloudwatch.describe_alarms()).metric_alarms
        await teardown(client, "churn")
        assert not (await cloudwatch.describe_alarms()).metric_alarms


async def copies(client: Any, count: int) -> None:
    """Returns when the component `a` has so many copies."""
    async with asyncio.timeout(20):
        while True:
            described = await client.describe_inference_component(inference_component_name="a")
            if described.runtime_config.current_copy_count == count:
                return
            await asyncio.sleep(0.02)
