"""The programs that show hosting, run as they stand."""

from __future__ import annotations

from tests.examples import deploy_versions


async def test_deploy_versions() -> None:
    """It tells what its first lines promise, in that order, and leaves nothing over."""
    told = await deploy_versions.main()
    assert told[-4:] == [
        "the canary was rolled back: alarm",
        "it does not start: the weights do not fit the network",
        "in service on ml.m5.xlarge",
        "endpoint churn: 5 removed",
    ]
    assert any(line.startswith("done: endpoint churn is in service") for line in told)
