"""`python -m aiosagemaker local`: the local service until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import math
import shlex
import signal
from typing import TYPE_CHECKING

from .service import LocalSageMaker, LocalServiceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ._instances import Image


def main(arguments: Sequence[str]) -> int:
    """Serve. Returns the exit status: 0 after Ctrl-C or SIGTERM, 1 if it could not start."""
    parser = argparse.ArgumentParser(prog="python -m aiosagemaker local", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="the address to bind to (default %(default)s)")
    parser.add_argument("--port", type=int, default=4600, help="the port to bind to (default %(default)s)")
    parser.add_argument("--allow-remote", action="store_true", help="allow a host that other machines can reach")
    parser.add_argument("--region", default="us-east-1", help="the region to play (default %(default)s)")
    parser.add_argument(
        "--speed", type=_positive, default=1000.0, help="its seconds in a real one (default %(default)s)"
    )
    parser.add_argument(
        "--image", action="append", default=[], metavar="IMAGE=COMMAND", help="the command for a container image"
    )
    parser.add_argument("--account", default="123456789012", help="the account to play (default %(default)s)")
    parser.add_argument(
        "--host-name", action="append", default=[], help="a name under which it is asked, beside this machine's own"
    )
    parser.add_argument(
        "--accept-any-credentials", action="store_true", help="take requests signed with anything, for any region"
    )
    parser.add_argument(
        "--allow-environment", action="append", default=[], metavar="NAME",
        help="a variable that a model may set for a process though it steers loaders, interpreters or the like",
    )  # fmt: skip
    given = parser.parse_args(arguments)
    images: dict[str, Image] = {}
    for text in given.image:
        image, separator, command = text.partition("=")
        if not separator or not command:
            parser.error(f"--image takes IMAGE=COMMAND, not {text!r}")
        images[image] = shlex.split(command)
    try:
        local = LocalSageMaker(
            images=images,
            host=given.host,
            port=given.port,
            allow_remote=given.allow_remote,
            region=given.region,
            account=given.account,
            host_names=given.host_name,
            accept_any_credentials=given.accept_any_credentials,
            allow_environment=given.allow_environment,
            speed=given.speed,
        )
        asyncio.run(_serve(local))
    except LocalServiceError as error:
        parser.exit(1, f"{error}\n")
    except KeyboardInterrupt:
        return 0
    return 0


def _positive(text: str) -> float:
    value = float(text)
    if not (math.isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError(f"must be a positive number, not {text}")
    return value


async def _serve(local: LocalSageMaker) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, ended.set)
    except NotImplementedError:
        pass  # Windows: Ctrl-C is a KeyboardInterrupt there, and there is no SIGTERM to handle
    async with local:
        # All of it can be pasted into a shell.
        print(f"# SageMaker hosting at {local.endpoint_url} ({local.region})")
        for name, value in local.environ.items():
            print(f"export {name}={shlex.quote(value)}", flush=True)
        await ended.wait()
