"""The pytest plugin: fixture `local_sagemaker`.

Pytest loads this module in every run, so that it imports nothing that a run may not need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .service import LocalSageMaker


@pytest.fixture
def local_sagemaker() -> Iterator[LocalSageMaker]:
    """A local SageMaker service, new for each test, in a thread of its own: for asynchronous tests and others alike.

    Every image is a model that echoes. For other models override the fixture with `LocalSageMaker(images=...)`.
    """
    from .service import LocalSageMaker

    with LocalSageMaker() as local:
        yield local
