"""What `--debug` tells: where requests go, whose they are, what is sent and what comes back, without secrets."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from .._credentials.credentials import Credentials
from .._errors import REDACTED
from .plain import is_dict, is_list, plain
from .printable import printable
from .shapes import RowShape

if TYPE_CHECKING:
    from .._config.config import Config
    from .._shapes.structure import Structure

logger: logging.Logger = logging.getLogger("aiosagemaker.cli")

_MOST_BYTES = 2048
"""How much of a body is told."""


def start_logging() -> None:
    """Write what is logged to standard error; of other libraries only what is wrong."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("aiosagemaker").setLevel(logging.DEBUG)
    # It says in which file, or from which service, credentials were found.
    logging.getLogger("botocore.credentials").setLevel(logging.INFO)


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """The line, without what a terminal would obey."""
        return printable(super().format(record))


def tell_client(config: Config, url: str, *, signed: bool) -> None:
    """Log where requests go and where that comes from."""
    if not logger.isEnabledFor(logging.DEBUG):
        return
    logger.debug("endpoint %s (%s)", url, _source(config, "endpoint_url"))
    logger.debug("region %s (%s)", config.region, _source(config, "region"))
    logger.debug("profile %s (%s)", config.profile or "none", _source(config, "profile"))
    if not signed:
        logger.debug("credentials: none, as --no-sign-request asks")
    elif isinstance(config.credentials, Credentials):
        logger.debug("credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment")


def _source(config: Config, name: str) -> str:
    source = config.source_of(name)
    return f"{source} {source.name}".strip()


def tell_message(direction: str, value: Structure) -> None:
    """Log a request or a response as JSON."""
    if not logger.isEnabledFor(logging.DEBUG):
        return
    shape = RowShape(type(value).__namespace__, type(value).__shape__)
    text = json.dumps(redacted(plain(value.to_dict()), shape), ensure_ascii=False, default=str)
    cut = f"{text[:_MOST_BYTES]}... ({len(text)} characters)" if len(text) > _MOST_BYTES else text
    logger.debug("%s %s %s", direction, type(value).__name__, cut)


def redacted(value: Any, shape: RowShape) -> Any:
    """The plain data with `<redacted>` for what the model calls sensitive."""
    if shape.namespace.is_sensitive(shape.name):
        return REDACTED
    kind = shape.kind
    if is_dict(value) and kind in ("structure", "map"):
        inner = shape.members if kind == "structure" else dict.fromkeys(value, shape.value)
        return {name: redacted(item, inner[name]) if name in inner else item for name, item in value.items()}
    return [redacted(item, shape.item) for item in value] if is_list(value) and kind == "list" else value
