"""`python -m aiosagemaker local`: the local service until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import math
import shlex
import signal
from typing import TYPE_CHECKING, Any

from .._credentials.credentials import Credentials
from ..errors import ConfigError
from .service import LocalSageMaker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def main(arguments: Sequence[str]) -> int:
    """Serve. Returns the exit status: 0 after Ctrl-C or SIGTERM, 1 if it could not start."""
    parser = _parser()
    given: dict[str, Any] = vars(parser.parse_args(arguments))
    file = given.pop("config")
    keys = [given.pop(name) for name in ("access_key", "secret_key", "session_token")]
    if (keys[0] is None) != (keys[1] is None):
        parser.error("--access-key and --secret-key go together")
    if keys[0] is not None:
        given["credentials"] = Credentials(*keys)
    alarms: list[str] = given.pop("alarm") or []
    # What the command line does not say is left to the file, and then to the service.
    settings = {name: value for name, value in given.items() if value is not None}
    try:
        local = LocalSageMaker.from_file(file, **settings) if file else LocalSageMaker(**_on_port(settings))
        asyncio.run(_serve(local, alarms))
    except ConfigError as error:
        parser.exit(1, f"{error}\n")
    except KeyboardInterrupt:
        return 0
    return 0


PORT = 4600
"""Where the command serves unless it is told another port."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m aiosagemaker local", description=__doc__)
    one = parser.add_argument
    each = dict[str, Any](action="append")
    on = dict[str, Any](action="store_true", default=None)
    one("--config", metavar="FILE", help="settings in YAML or JSON; options win over it")
    one("--host", help="the address to bind to (default 127.0.0.1)")
    one("--port", type=int, help=f"the port to bind to (default {PORT})")
    one("--allow-remote", **on, help="allow a host that other machines can reach")
    one("--host-name", dest="host_names", **each, metavar="NAME", help="a name under which it is asked beside its own")
    one("--region", help="the region to play (default us-east-1)")
    one("--account", help="the account to play (default 123456789012)")
    one("--access-key", help="what requests must be signed with, with --secret-key (default: random)")
    one("--secret-key", help="as above")
    one("--session-token", help="as above, with temporary credentials")
    one("--accept-any-credentials", **on, help="take requests signed with anything, for any region")
    one(
        "--image", dest="images", action=_Pairs, convert=shlex.split, metavar="IMAGE=COMMAND", help="what stands for it"
    )
    one("--model-data", action=_Pairs, convert=str, metavar="URI=FOLDER", help="the folder that stands for model data")
    one("--s3", metavar="FOLDER|URL", help="what stands for S3")
    one("--quota", dest="quotas", action=_Pairs, convert=int, metavar="TYPE=INSTANCES", help="the account's limit")
    one("--alarm", **each, metavar="NAME", help="an alarm that is set from the start")
    one("--containers", nargs="?", const="auto", help="run images that nothing stands for with docker or podman")
    one("--allow-environment", **each, metavar="NAME", help="a variable that a model may set though it steers loaders")
    one("--inherit-environment", **each, metavar="NAME", help="a variable of this process that model servers are given")
    one("--lenient", dest="strict", action="store_false", default=None, help="warn about what is not played")
    one("--settle", **on, help="answer creations and updates when they have settled")
    one("--speed", type=_positive, help="its seconds in a real one (default 1000)")
    one("--patience", type=_positive, help="the least real seconds that a model server has (default 30)")
    return parser


def _on_port(settings: dict[str, Any]) -> dict[str, Any]:
    return {"port": PORT, **settings}


class _Pairs(argparse.Action):
    """Collects `NAME=VALUE` into a mapping."""

    def __init__(self, *, convert: Callable[[str], Any], **settings: Any) -> None:
        super().__init__(**settings)
        self._convert = convert

    def __call__(self, parser: argparse.ArgumentParser, namespace: Any, values: Any, option: str | None = None) -> None:
        # A URI may hold equals signs, an image may not: the value is what is behind the last one, a command's all.
        name, separator, value = values.rpartition("=") if self.dest == "model_data" else values.partition("=")
        try:
            if not separator or not value:
                raise ValueError
            converted = self._convert(value)
        except ValueError:
            parser.error(f"{option} takes {self.metavar}, not {values!r}")
        setattr(namespace, self.dest, {**(getattr(namespace, self.dest) or {}), name: converted})


def _positive(text: str) -> float:
    value = float(text)
    if not (math.isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError(f"must be a positive number, not {text}")
    return value


async def _serve(local: LocalSageMaker, alarms: Sequence[str]) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, ended.set)
    except NotImplementedError:
        pass  # Windows: Ctrl-C is a KeyboardInterrupt there, and there is no SIGTERM to handle
    async with local:
        for name in alarms:
            local.set_alarm(name)
        # All of it can be pasted into a shell.
        print(f"# SageMaker hosting at {local.endpoint_url} ({local.region}); in a browser: {local.page_url}")
        for name, value in local.environ.items():
            print(f"export {name}={shlex.quote(value)}", flush=True)
        await ended.wait()
