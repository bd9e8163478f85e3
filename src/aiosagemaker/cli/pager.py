"""Long texts, page by page where standard output is a terminal."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from .printable import encodable
from .settings import setting

if TYPE_CHECKING:
    from .arguments import Globals

_DEFAULT = "less"


def show(text: str, options: Globals) -> None:
    """Print the text, through a pager on a terminal: that of AWS_PAGER, `cli_pager` of the profile, PAGER, or less.

    An empty AWS_PAGER or `cli_pager`, and `--no-cli-pager`, are no pager, as for version 2 of the AWS CLI.
    """
    words = _pager(options) if sys.stdout.isatty() and not options.no_cli_pager else []
    if not words or shutil.which(words[0]) is None:
        sys.stdout.write(encodable(text, sys.stdout))
        return
    # What fits is printed and left there, and colours are let through, unless the user wants it otherwise.
    environ = {"LESS": "FRX", "LESSCHARSET": "utf-8", **os.environ}
    sys.stdout.flush()
    with subprocess.Popen(words, stdin=subprocess.PIPE, env=environ) as pager:
        try:
            pager.communicate(text.encode())
        except KeyboardInterrupt:
            # Ctrl-C is the pager's to act on; it ends by its own key.
            pager.wait()


def _pager(options: Globals) -> list[str]:
    named = setting("pager", options)
    return shlex.split(os.environ.get("PAGER") or _DEFAULT if named is None else named)
