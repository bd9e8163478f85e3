"""Text from elsewhere, made safe for a terminal and for an encoding."""

from __future__ import annotations

import io
import json

import pytest

from aiosagemaker.cli.printable import encodable, json_for, one_line, printable, write

CONTROLS = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n"]


class Stream(io.StringIO):
    def __init__(self, encoding: str = "utf-8", *, terminal: bool = False) -> None:
        super().__init__()
        self._encoding = encoding
        self._terminal = terminal

    @property
    def encoding(self) -> str:  # type: ignore[override]  # a plain attribute there
        return self._encoding

    def isatty(self) -> bool:
        return self._terminal


@pytest.mark.parametrize("character", CONTROLS)
def test_what_a_terminal_obeys_is_escaped(character: str) -> None:
    """Each character of C0, DEL and C1 but tab and newline becomes visible."""
    assert printable(f"a{character}b") == f"a\\x{ord(character):02x}b"
    out = Stream(terminal=True)
    write(f"a{character}", out)
    assert character not in out.getvalue()


def test_a_pipe_gets_what_the_service_said() -> None:
    """Where no terminal is, text goes through unchanged."""
    out = Stream()
    write("\x1b[31m\té\n", out)
    assert out.getvalue() == "\x1b[31m\té\n"


@pytest.mark.parametrize(("encoding", "wanted"), [("utf-8", "é✓"), ("latin-1", "é\\u2713"), ("ascii", "\\xe9\\u2713")])
def test_what_the_encoding_lacks_is_escaped(encoding: str, wanted: str) -> None:
    """Nothing raises and nothing is lost, a lone surrogate included."""
    assert encodable("é✓", Stream(encoding)) == wanted
    assert encodable("\ud800", Stream(encoding)) == "\\ud800"


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
@pytest.mark.parametrize("terminal", [False, True])
def test_json_stays_json(encoding: str, terminal: bool) -> None:
    """However it has to be written, it reads back as the same, and no terminal gets what it would obey."""
    value = "é✓\x7f\x9b\x1b\ud800"
    out = Stream(encoding, terminal=terminal)
    text = json_for(json.dumps(value, ensure_ascii=False), json.dumps(value), out)
    assert json.loads(text) == value
    text.encode(encoding)
    assert not terminal or not {"\x9b", "\x1b"} & set(text)


def test_one_line_is_one_line() -> None:
    """Line ends of every kind become blanks."""
    assert one_line("a\r\n  b\nc\rd\x1b\n") == "a b c d\\x1b"
