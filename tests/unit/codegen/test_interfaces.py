"""The interfaces of modules, for type checkers."""

from __future__ import annotations

from codegen.__main__ import ROOT
from codegen.interfaces import MODULES, render_interface

SOURCE = '''
from __future__ import annotations
from typing import TYPE_CHECKING
from ._http.surface import parser
if TYPE_CHECKING:
    from ._http.contract import Transport
    from .config import Config
    from .nowhere import Unused

class _Hidden: ...

class Shown:
    """What it is."""
    __slots__ = ("given",)
    def __init__(self, given: Config, *, size: int = 16) -> None:
        self.given: Config = given
        self.transport: Transport = parser(given)
    async def parts(self):
        yield 1
'''


def test_has_no_bodies_and_nothing_of_the_layers_below() -> None:
    """An interface has the public classes with their attributes, and Any for the types of what lies below."""
    assert render_interface(SOURCE, "made").splitlines() == [
        "# made",
        "from .config import Config",
        "from typing import Any, TypeAlias",
        "Transport: TypeAlias = Any",
        "class Shown:",
        '    """What it is."""',
        "",
        "    def __init__(self, given: Config, *, size: int=...) -> None:",
        "        ...",
        "    given: Config",
        "    transport: Transport",
        "",
        "    def parts(self):",
        "        ...",
    ]


def test_a_user_import_of_a_client_leads_to_no_transport() -> None:
    """No interface imports the transport, the pipeline or a library of the wire."""
    for module in MODULES:
        text = (ROOT / "stubs" / "aiosagemaker" / f"{module}.pyi").read_text(encoding="utf-8")
        imports = [line for line in text.splitlines() if line.startswith(("from ", "import "))]
        assert imports
        assert not [line for line in imports if any(word in line for word in ("_http", "_pipeline", "aiohttp"))]
