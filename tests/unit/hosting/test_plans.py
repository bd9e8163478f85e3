"""Plans as people and programs read them."""

from __future__ import annotations

from aiosagemaker.hosting import Action, Change, Plan
from aiosagemaker.hosting.plans import differences
from aiosagemaker.sagemaker import DeleteModelRequest, Finding


def change(action: Action, **members: object) -> Change:
    given = {"kind": "model", "name": "<m>", "why": "so", "request": DeleteModelRequest(model_name="m"), **members}
    return Change(action=action, **given)  # type: ignore[arg-type]  # any members


def test_text_and_html() -> None:
    """Every change is a line with its sign, every finding one too; in HTML nothing of theirs is markup."""
    plan = Plan(
        endpoint_name="e",
        changes=(change(Action.REMOVE), change(Action.KEEP, request=None)),
        findings=(Finding("endpoint e: x", "must <be>"),),
        waits_for="endpoint e is Updating",
    )
    assert str(plan).splitlines() == [
        "  endpoint e is Updating",
        "- remove model <m>: so",
        "= keep model <m>: so",
        "! endpoint e: x: must <be>",
    ]
    assert "<m>" not in plan._repr_html_()
    assert "&lt;m&gt;" in plan._repr_html_()
    assert plan.writes == plan.changes[:1]


def test_nothing_to_do() -> None:
    """A plan without anything that is sent is falsy, and says so."""
    plan = Plan(endpoint_name="e", changes=(change(Action.KEEP, request=None),))
    assert not plan
    assert str(plan).splitlines()[-1] == "endpoint e: nothing to do"


def test_differences() -> None:
    """Members, entries and items are compared one by one, variants by their names."""
    before = {"V": [{"VariantName": "a", "N": 1}, {"VariantName": "b"}], "L": ["x"], "Same": 1}
    after = {"V": [{"VariantName": "b"}, {"VariantName": "a", "N": 2}], "L": ["x", "y"], "Same": 1, "New": {"A": [1]}}
    assert [str(each) for each in differences(before, after)] == ["V[a].N: 1 -> 2", "L[1]: y", "New: {A: [1]}"]
    assert [str(each) for each in differences({"A": 1}, {})] == ["A: 1 is left out"]


def test_secrets_and_long_values_are_not_shown() -> None:
    """The values of variables that are named as secrets are not shown, wherever they stand; long ones are cut."""
    after = {"Environment": {"HF_TOKEN": "hf_x", "A": "b" * 500}}
    shown = " ".join(str(each) for each in differences({}, after)) + str(*differences({"Environment": None}, after))
    assert "hf_x" not in shown
    assert "b" * 201 not in shown
