"""The pytest plugin: fixtures `local_sagemaker` and `sagemaker_stub`.

Pytest loads this module in every run, so that it imports nothing that a run may not need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..testing import Stub
    from .service import LocalSageMaker


@pytest.fixture
def sagemaker_stub() -> Iterator[Stub]:
    """A stub, new for each test. A request that it had no answer for fails the test, whoever caught the error."""
    from ..testing import Stub

    stub = Stub()
    yield stub
    if stub.unexpected:
        shown = "\n  ".join(map(repr, stub.unexpected))
        pytest.fail(f"no answer was stubbed for\n  {shown}", pytrace=False)


@pytest.fixture
def local_sagemaker() -> Iterator[LocalSageMaker]:
    """A local SageMaker service, new for each test, in a thread of its own: for asynchronous tests and others alike.

    Every image is a model that echoes. For other models override the fixture with `LocalSageMaker(images=...)`.
    """
    from .service import LocalSageMaker

    with LocalSageMaker() as local:
        yield local
