"""Answers as tables."""

from __future__ import annotations

import io

import pytest

from aiosagemaker.cli.tables import write_table


def test_a_table_holds_every_value_uncut() -> None:
    """In a file a table is as wide as its longest value, with what is nested in tables of its own."""
    out = io.StringIO()
    arn = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/" + "x" * 200
    value = {
        "EndpointArn": arn,
        "ProductionVariants": [{"VariantName": "v", "DeployedImages": [{"SpecifiedImage": "i"}]}],
    }
    write_table("DescribeEndpoint", value, out, "auto")
    text = out.getvalue()
    assert arn in text
    assert all(word in text for word in ("DescribeEndpoint", "ProductionVariants", "DeployedImages", "SpecifiedImage"))
    assert "\x1b" not in text


class _Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("columns", [30, 50, 80])
def test_a_narrow_terminal_cuts_nothing(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every character of every value is there, and no line is wider than the terminal."""
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "xterm")
    url = "https://bucket.s3.amazonaws.com/key?X-Amz-Signature=" + "0123456789abcdef" * 30
    out = _Terminal()
    items = [{"AuthorizedUrl": url, "Name": f"n{index}", "Status": "InService", "Time": "2020"} for index in range(3)]
    write_table("CreatePresignedDomainUrl", {"Items": items}, out, "off")
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= columns
    pieces = [cell.strip() for line in lines for cell in line.split("│") if not set(cell) & set("┌├└")]
    assert "".join(piece for piece in pieces if piece and piece in url).count(url) == 3


def test_records_stand_beside_one_another_where_they_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wide terminal shows a line for each record, a narrow one a line for each member."""
    value = [{"EndpointName": "a", "EndpointStatus": "InService", "CreationTime": "2020-01-02T03:04:05"}] * 2
    for columns, lines in ((100, 7), (40, 10)):
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setenv("TERM", "xterm")
        out = _Terminal()
        write_table("ListEndpoints", value, out, "off")
        assert len(out.getvalue().splitlines()) == lines


def test_a_table_obeys_nothing_and_loses_nothing() -> None:
    """Control characters are shown as escapes, and so is what the encoding does not have."""
    out = io.TextIOWrapper(io.BytesIO(), "ascii")
    write_table("Title", {"Name": "\x1b[31m\x9b\x7fé✓"}, out, "off")
    out.seek(0)
    text = out.read()
    assert r"\x1b[31m\x9b\x7f\xe9\u2713" in text
    assert text.isascii()
