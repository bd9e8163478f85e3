"""A watch drawn on a terminal."""

from __future__ import annotations

import io

import pytest

pytest.importorskip("rich", reason="live views are drawn by rich")

from aiosagemaker.cli.live import watch_view
from aiosagemaker.cli.watch_state import KINDS, Watch
from aiosagemaker.sagemaker import DescribeEndpointResponse


def test_the_last_state_stays_however_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """After an interrupt too the view is in the ordinary text; nothing of the service's is obeyed."""
    monkeypatch.setenv("COLUMNS", "60")
    watch = Watch("e\x1b[2J", KINDS["endpoint"], "endpoint_status", {"Updating": "way"})
    out = io.StringIO()
    response = DescribeEndpointResponse.from_dict(
        {
            "EndpointStatus": "Updating",
            "FailureReason": "\x9bno",
            "ProductionVariants": [{"VariantName": "blue\x07", "CurrentInstanceCount": 1, "DesiredInstanceCount": 4}],
            "PendingDeploymentSummary": {"EndpointConfigName": "next", "ProductionVariants": [{"VariantName": "g"}]},
        }
    )
    watch.saw(response, [("step a", "Executing")])
    watch.trouble = "no answer"
    with pytest.raises(KeyboardInterrupt), watch_view(watch, "off", out):
        raise KeyboardInterrupt
    text = out.getvalue()
    for said in ("Updating", "1 of 4", "pending deployment: next", "step a: Executing", "no answer", "\\x9bno"):
        assert said in text
    assert not {"\x1b", "\x07", "\x9b"} & set(text)
