"""The page, and pages of others, in headless Chromium."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from aiosagemaker.local import LocalSageMaker
from aiosagemaker.sagemaker import ContainerDefinition, ProductionVariant

if TYPE_CHECKING:
    from pathlib import Path

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


async def shown(url: str, profile: Path, *options: str) -> str:
    """The page as it is after its scripts have run for a while."""
    assert CHROMIUM is not None
    browser = await asyncio.create_subprocess_exec(
        *(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
        *(f"--user-data-dir={profile}", "--virtual-time-budget=4000", "--dump-dom", *options, url),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    text, _ = await asyncio.wait_for(browser.communicate(), 60)
    return text.decode()


async def test_page(tmp_path: Path) -> None:
    """With the secret the page shows endpoints, variants and traffic; without it, only that it is missing."""
    async with LocalSageMaker(settle=True) as local, local.client() as sm, local.runtime() as rt:
        await sm.create_model(model_name="m", primary_container=ContainerDefinition(image="i"))
        variant = ProductionVariant(
            variant_name="AllTraffic", model_name="m", initial_instance_count=2, instance_type="ml.m5.large"
        )
        await sm.create_endpoint_config(endpoint_config_name="c", production_variants=[variant])
        await sm.create_endpoint(endpoint_name="churn-prediction", endpoint_config_name="c")
        for _ in range(7):
            await rt.invoke_endpoint(endpoint_name="churn-prediction", body=b"x")
        page, without = await asyncio.gather(
            shown(local.page_url, tmp_path / "one"), shown(local.endpoint_url, tmp_path / "two")
        )
    for text in ("churn-prediction", "InService", "AllTraffic", "2 of 2", "100 %", '<td class="number">7</td>'):
        assert text in page
    assert "The secret is missing" in without
    assert "churn-prediction" not in without


ATTACK = """<!doctype html><title>attack</title><p id="told">...</p><script>
(async () => {
  const told = [];
  for (const [url, options] of [
    ["%(url)s/", {method: "POST", body: "{}", headers: {"X-Amz-Target": "SageMaker.ListModels"}}],
    ["%(url)s/", {method: "POST", mode: "no-cors", body: "{}"}],
    ["%(url)s/_local/state", {mode: "no-cors", headers: {Authorization: "Bearer x"}}],
    ["%(rebound)s/_local/state", {}],
    ["%(rebound)s/", {method: "POST", body: "{}", headers: {"X-Amz-Target": "SageMaker.ListModels"}}],
  ]) {
    try { const answer = await fetch(url, options); told.push(answer.type + answer.status); }
    catch (error) { told.push("blocked"); }
  }
  document.getElementById("told").textContent = told.join(" ");
})();
</script>"""


async def test_pages_of_others(tmp_path: Path) -> None:
    """A page of another site learns nothing: its requests are refused, by whatever name it reaches the service."""
    local = LocalSageMaker()
    async with local:
        port = local.endpoint_url.rpartition(":")[2]
        seen: list[int] = []
        handle = local._handler.handle

        async def answer(request: web.BaseRequest) -> web.StreamResponse:
            if request.headers.get("Host", "").startswith("attacker.example:") and request.path == "/page":
                # The name that now leads to the service led to the attacker's own server before.
                page = ATTACK % {"url": local.endpoint_url, "rebound": f"http://attacker.example:{port}"}
                return web.Response(text=page, content_type="text/html")
            answered = await handle(request)
            seen.append(answered.status)
            return answered

        local._handler.handle = answer  # type: ignore[method-assign]  # the test stands in the attacker's place too
        options = ["--host-resolver-rules=MAP attacker.example 127.0.0.1"]
        page = await shown(f"http://attacker.example:{port}/page", tmp_path / "profile", *options)
    assert "blocked" in page
    assert "200" not in page
    assert seen
    assert set(seen) <= {403}
