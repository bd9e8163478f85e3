"""What editors that use jedi show (IPython, jedi-language-server, pylsp), of the installed wheel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .conftest import Installed

HEAD = """
from aiosagemaker import SageMakerClient
from aiosagemaker.sagemaker import CreateEndpointRequest
client = SageMakerClient()
"""


@pytest.fixture(scope="module")
def script(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Makes a script, in a folder of its own, that sees the wheel alone."""
    jedi = pytest.importorskip("jedi")
    environment = jedi.create_environment(str(installed.folder), safe=False, env_vars=dict(installed.environ))
    project = jedi.Project(str(tmp_path_factory.mktemp("editor")))
    return lambda text: jedi.Script(HEAD + text, environment=environment, project=project)


def completed(script: Any, text: str) -> set[str]:
    """The names that complete the text."""
    return {completion.name for completion in script(text).complete()}


def test_methods_of_a_client(script: Any) -> None:
    """Operations, waits and paginators complete a client."""
    names = completed(script, "client.")
    assert {"create_endpoint", "wait_until_endpoint_in_service", "paginate_list_endpoints"} <= names


@pytest.mark.parametrize("call", ["client.create_endpoint(", "CreateEndpointRequest("])
def test_keywords(script: Any, call: str) -> None:
    """Members complete a call and a constructor."""
    assert {"endpoint_name=", "endpoint_config_name=", "deployment_config=", "tags="} <= completed(script, call)


def test_members_of_a_response(script: Any) -> None:
    """The members of what a call returns complete it."""
    text = "async def f() -> None:\n    endpoint = await client.describe_endpoint(endpoint_name='a')\n    endpoint."
    assert {"endpoint_status", "production_variants", "response_metadata"} <= completed(script, text)


def test_what_hovering_shows(script: Any) -> None:
    """Hovering over a wait says what it waits for and what each option does."""
    (found,) = {name.docstring() for name in script("client.wait_until_endpoint_in_service").help(5, 10)}
    assert "Poll `describe_endpoint` until it is EndpointStatus InService." in found
    assert "- `endpoint_config_name`: what `endpoint_config_name` must be when the wait is over" in found
