"""Docstrings as reStructuredText."""

from __future__ import annotations

import pytest

from codegen.docstrings import document, heading, indented, inline, line


def made(docstring: str) -> str:
    return "\n".join(document(docstring))


def test_names_are_code_and_nothing_else_is_markup() -> None:
    """What stands in backticks is code, an address is a link, and a star or an underscore means itself."""
    text = inline("Go *to* a_b_ by `a*`: https://x.y/a_b.html.")
    assert text == r"Go \*to\* a\_b\_ by ``a*``\ : `https://x.y/a_b.html <https://x.y/a_b.html>`__."


def test_a_line_keeps_its_place() -> None:
    """Of a line that is laid out already, indentation and bullet stay."""
    assert line("    - `a` b_") == "    - ``a``\\  b\\_"


def test_paragraphs_and_lists() -> None:
    """Lines of a paragraph are one, so that code may go over two of them, and a list is told from the prose before."""
    text = made("First `a\nb` line.\n\nWhat there is:\n- one,\n  and more\n- two")
    assert text == "\nFirst ``a b``\\  line.\n\nWhat there is:\n\n- one, and more\n- two"


def test_sections_are_fields() -> None:
    """Arguments, errors and what is returned are fields; an entry may go over several lines."""
    text = made(
        """Do it.

        Args:
            first: the
                first.
            second, third: others.

        Raises:
            SdkError: it failed.

        Returns:
            What: came of it.
        """
    )
    assert text == (
        "\nDo it.\n\n:param first: the first.\n:param second, third: others.\n\n:raises SdkError: it failed.\n"
        "\n:returns: What: came of it."
    )


@pytest.mark.parametrize(
    ("example", "language"), [("await client.close()", "python"), ("SdkError\n    ├── ConfigError", "text")]
)
def test_examples(example: str, language: str) -> None:
    """An indented block is an example as it stands: of Python if it is that; two colons before it are one or none."""
    block = f".. code-block:: {language}\n\n" + "\n".join(indented(example.splitlines()))
    inner = example.replace("\n", "\n    ")
    assert made(f"So::\n\n    {inner}\n\nThen.") == f"\nSo:\n\n{block}\n\nThen."
    assert made(f"Do.\n\n::\n\n    {inner}") == f"\nDo.\n\n\n{block}"


def test_what_only_looks_like_a_section() -> None:
    """A word with a colon and nothing below is prose."""
    assert made("Args:") == "\nArgs:"
    assert made("Args:\n\nNothing.") == "\nArgs:\n\nNothing."


def test_a_heading_is_as_long_as_its_title() -> None:
    """A title is underlined to its end."""
    assert heading("Errors") == ["Errors", "======", ""]
