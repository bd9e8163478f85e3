"""What notebooks and terminals show of structures."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from IPython.core.formatters import DisplayFormatter
from IPython.lib.pretty import pretty

from aiosagemaker._shapes.display import MOST_CHARACTERS, MOST_ROWS, _table_lines, members_view, table, view_html
from aiosagemaker._shapes.view import Table, View
from aiosagemaker.sagemaker import (
    ContainerDefinition,
    CreateEndpointConfigRequest,
    CreateWorkforceRequest,
    DescribeModelResponse,
    EndpointSummary,
    ListEndpointsResponse,
    ListTagsResponse,
    ListWorkforcesResponse,
    NestedFilters,
    OidcConfig,
    ProductionVariant,
    SearchExpression,
    Tag,
)
from aiosagemaker.sagemaker_runtime import InvokeEndpointResponse

if TYPE_CHECKING:
    import pytest

MOMENT = datetime(2026, 3, 1, 12, 30, 15, 250_000, tzinfo=UTC)
OIDC = OidcConfig(
    client_id="the-client",
    client_secret="hunter2",
    issuer="https://i",
    authorization_endpoint="https://a",
    token_endpoint="https://t",
    user_info_endpoint="https://u",
    logout_endpoint="https://l",
    jwks_uri="https://j",
)


def endpoints(count: int, **members: Any) -> ListEndpointsResponse:
    """A page of that many endpoints."""
    return ListEndpointsResponse(
        endpoints=[
            EndpointSummary(
                endpoint_name=f"churn-{number}",
                endpoint_arn=f"arn:aws:sagemaker:eu-central-1:123456789012:endpoint/churn-{number}",
                creation_time=MOMENT,
                last_modified_time=MOMENT,
                endpoint_status="InService",
            )
            for number in range(count)
        ],
        **members,
    )


class Document(HTMLParser):
    """HTML: its cells by row, and whether every element that was opened was closed, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ("p", "b", "table", "thead", "tbody", "tr", "th", "td")
        self._open.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open[-1] in ("th", "td"):
            self.rows[-1][-1] += data


def shown_html(value: Any) -> str:
    """What a notebook gets of a value, by IPython's own formatters."""
    data, _ = DisplayFormatter().format(value, include={"text/html"})
    text: str = data["text/html"]
    return text


def test_a_list_is_a_table() -> None:
    """A response that is a list has a row for each item under the members' names, and the other members above."""
    document = Document(shown_html(endpoints(3, next_token="t")))
    arn = "arn:aws:sagemaker:eu-central-1:123456789012:endpoint/churn-1"
    assert document.rows[0] == ["next_token", "t"]
    assert document.rows[1] == [
        "endpoint_name",
        "endpoint_arn",
        "creation_time",
        "last_modified_time",
        "endpoint_status",
    ]
    assert document.rows[3] == ["churn-1", arn, "2026-03-01 12:30:15Z", "2026-03-01 12:30:15Z", "InService"]
    assert len(document.rows) == 5


def test_a_table_has_the_columns_that_have_something() -> None:
    """A member that no item has is no column, and one that some lack is empty there."""
    variants = [
        ProductionVariant(variant_name="a", initial_instance_count=2),
        ProductionVariant(variant_name="b", model_name="m"),
    ]
    assert table("variants", variants) == Table(
        "variants", ("variant_name", "model_name", "initial_instance_count"), (("a", None, 2), ("b", "m", None))
    )


def test_members_of_every_kind() -> None:
    """A structure's members are named rows: structures and maps as tables in theirs, texts as they are."""
    text = shown_html(
        DescribeModelResponse(
            model_name="m",
            model_arn="a",
            creation_time=MOMENT.astimezone(timezone(timedelta(hours=2))),
            primary_container=ContainerDefinition(image="i", environment={"A": "1", "B": "2"}),
            enable_network_isolation=True,
        )
    )
    assert text.startswith("<p><b>DescribeModelResponse</b></p><table>")
    rows = Document(text).rows
    for row in (["model_name", "m"], ["image", "i"], ["A", "1"], ["enable_network_isolation", "True"]):
        assert row in rows
    assert ["creation_time", "2026-03-01 14:30:15+02:00"] in rows
    assert text.count("<table>") == 3


def test_everything_is_escaped() -> None:
    """No value, key or name is markup."""
    bad = "<script>alert('1')</script>&"
    values: list[Any] = [
        ListTagsResponse(tags=[Tag(key=bad, value=bad)]),
        ContainerDefinition(image=bad, environment={bad: bad}),
        CreateEndpointConfigRequest(endpoint_config_name=bad, production_variants=[]),
        InvokeEndpointResponse(body=bad.encode(), content_type=bad),
    ]
    texts = [*map(shown_html, values), view_html(View(bad, ((bad, bad),), (Table(bad, (bad,), ((bad,),)),)))]
    for text in texts:
        assert "<script" not in text
        assert "&lt;script&gt;" in text
        Document(text)


def test_secrets_are_redacted() -> None:
    """A sensitive member is shown as such in HTML and in text, however deep, and in tables too."""
    request = CreateWorkforceRequest(workforce_name="w", oidc_config=OIDC)
    listed = ListWorkforcesResponse.from_dict({"Workforces": [{"WorkforceName": "w", "WorkforceArn": "a"}]})
    assert ["client_secret", "<redacted>"] in Document(shown_html(request)).rows
    misplaced = CreateWorkforceRequest(workforce_name="w", oidc_config={"ClientSecret": "hunter2"})  # type: ignore[arg-type]  # what a caller may do
    for value in (request, misplaced, listed):
        assert "hunter2" not in shown_html(value) + pretty(value)
    assert "hunter2" not in view_html(members_view(request)) + repr(table("x", [OIDC]))


def test_long_texts_are_cut_where_they_are_shown() -> None:
    """A text is shown up to its limit with an ellipsis after it, and is whole in the value."""
    value = ContainerDefinition(image="i" * 5_000, environment={"A": "e" * 5_000})
    rows = Document(shown_html(value)).rows
    for row, letter in ((rows[0], "i"), (rows[2], "e")):
        assert row[1] == letter * (MOST_CHARACTERS - 3) + "..."
    assert len(value.image or "") == 5_000
    body = InvokeEndpointResponse(body=b"\0" * 6_000_000)
    assert len(shown_html(body)) < 1_000
    assert len(repr(body)) < 10_000


def test_many_rows_are_counted() -> None:
    """A table has a limit of rows, and then says how many more there are, in HTML and in text."""
    value = endpoints(MOST_ROWS + 1_234)
    rows = Document(shown_html(value)).rows
    assert len(rows) == MOST_ROWS + 2
    assert rows[-1] == ["... 1,234 more"]
    lines = pretty(value).splitlines()
    assert lines[-1].strip() == "... 1,234 more"
    assert len(Document(shown_html(endpoints(MOST_ROWS))).rows) == MOST_ROWS + 1


def test_a_hundred_endpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a terminal a page of endpoints is a table no wider than that is, names whole, and its repr is short."""
    value = endpoints(100)
    assert len(repr(value)) < 3_000
    assert repr(value).startswith("ListEndpointsResponse(endpoints=(EndpointSummary(endpoint_name='churn-0', ")
    assert re.search(r", \.\.\. \d\d more\)\)$", repr(value))
    for columns in (70, 80, 160):
        monkeypatch.setenv("COLUMNS", str(columns))
        lines = pretty(value).splitlines()
        assert lines[0] == "ListEndpointsResponse"
        assert lines[2] == "endpoints: 100"
        assert len(lines) == 104
        assert max(map(len, lines)) < columns
        assert [line.split()[0] for line in lines[4:]] == [f"churn-{number}" for number in range(100)]
        assert lines[4].count("2026-03-01 12:30:15Z") == 2
        assert lines[4].endswith("InService")
        assert ("arn:aws:" in lines[4]) == (columns > 150)


def test_a_narrow_terminal() -> None:
    """Texts are cut where a table is too wide, the longest first, and numbers are not; a list of ARNs keeps them."""
    variants = [ProductionVariant(variant_name="v" * 60, model_name="m" * 9, initial_instance_count=10**9)]
    lines = [*_table_lines(table("variants", variants), 36)]
    assert lines[1] == f"  {'v' * 7}...  {'m' * 9}   {10**9}"
    (head, line) = _table_lines(Table("arns", ("a_arn",), (("arn:aws:sagemaker:1",),)), 15)
    assert (head, line) == ("  a_arn", "  arn:aws:sa...")


def test_a_terminal_that_is_wide_enough_cuts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns are as wide as what is in them where there is room."""
    monkeypatch.setenv("COLUMNS", "200")
    lines = pretty(endpoints(2)).splitlines()
    assert lines[3].split() == [
        "endpoint_name",
        "endpoint_arn",
        "creation_time",
        "last_modified_time",
        "endpoint_status",
    ]
    assert [line.index("2026") for line in lines[4:]] == [lines[3].index("creation_time")] * 2
    assert "endpoint/churn-1  " in lines[5]


def test_a_terminal_is_told_nothing() -> None:
    """Control characters of a service's text are shown, and not obeyed."""
    value = ListTagsResponse(tags=[Tag(key="a\x1b[31m\r\nb", value="\u202ec")], next_token="\x07")
    text = pretty(value)
    assert all(line.isprintable() for line in text.splitlines())
    assert r"a\x1b[31m\r\nb" in text
    assert r"\u202ec" in text
    assert r"\x07" in text


def test_what_is_no_table_is_laid_out() -> None:
    """A request, an answer without items and what is inside of something else are shown as constructors."""
    request = CreateEndpointConfigRequest(
        endpoint_config_name="c", production_variants=[ProductionVariant(variant_name="v")]
    )
    assert pretty(request) == (
        "CreateEndpointConfigRequest(endpoint_config_name='c',\n"
        "                            production_variants=(ProductionVariant(variant_name='v'),))"
    )
    assert pretty(endpoints(0)) == "ListEndpointsResponse(endpoints=())"
    assert pretty([endpoints(1)]).startswith(
        "[ListEndpointsResponse(endpoints=(EndpointSummary(endpoint_name='churn-0',\n"
    )


def test_what_is_not_as_the_model_says() -> None:
    """What stands where a list of structures should be is shown as it is."""
    odd = ListTagsResponse(tags=["a", Tag(key="k", value="v")])  # type: ignore[list-item]  # what a caller may do
    assert "Tag(key=&#x27;k&#x27;" in shown_html(odd)
    assert pretty(odd).startswith("ListTagsResponse(tags=('a', Tag(key='k', value='v'))")


def test_a_structure_in_itself() -> None:
    """A recursive structure is a table in a table."""
    inner = SearchExpression(operator="Or")
    outer = SearchExpression(
        nested_filters=[NestedFilters(nested_property_name="p", filters=[])], sub_expressions=[inner]
    )
    text = shown_html(outer)
    Document(text)
    assert "sub_expressions: 1" in text
    assert "nested_filters: 1" in text


def test_it_is_loaded_when_something_is_shown() -> None:
    """Neither the clients nor structures import what shows them."""
    program = (
        "import sys; import aiosagemaker; from aiosagemaker.sagemaker import Tag; aiosagemaker.SageMakerClient;"
        "tag = Tag(key='a', value='b'); shown = ['aiosagemaker._shapes.' + name for name in ('display', 'short_repr')];"
        "print([name in sys.modules for name in shown]); repr(tag); print([name in sys.modules for name in shown])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "[False, False]\n[False, True]\n"
