"""Names follow from content, and fit."""

from __future__ import annotations

from aiosagemaker.hosting.names import MOST, content, content_name, handle, may_be_ours, model_stem
from aiosagemaker.sagemaker import ContainerDefinition, CreateModelRequest, Tag


def model(image: str = "m", **members: object) -> CreateModelRequest:
    return CreateModelRequest(model_name="churn", primary_container=ContainerDefinition(image=image), **members)  # type: ignore[arg-type]  # any members


def name(request: CreateModelRequest, stem: str = "churn", endpoint: str = "churn") -> str:
    return content_name(stem, endpoint, content(request, "ModelName"))


def test_same_content_same_name() -> None:
    """Tags and the name itself are no content; all else is, and so is whose it is."""
    assert name(model()) == name(model(tags=[Tag(key="a", value="b")]))
    assert name(model()) == name(model().with_model_name("other"))
    assert len({name(model()), name(model("n")), name(model(), endpoint="other")}) == 3


def test_long_names_are_cut_and_keep_the_hash() -> None:
    """A name is never longer than the service takes, has no dash doubled, and still tells contents apart."""
    long = "e" * 51 + "-" + "f" * 11
    names = [name(model(image), long, long) for image in "mn"]
    assert all(len(each) <= MOST and "--" not in each for each in names)
    assert len(set(names)) == 2
    assert all(may_be_ours(each, long) for each in names)


def test_whose_a_name_may_be() -> None:
    """Only what begins as the endpoint does and ends in a hash may be an endpoint's."""
    assert may_be_ours(name(model(), model_stem("churn", "main")), "churn")
    assert not may_be_ours("churn-v2", "churn")
    assert not may_be_ours(name(model(), "other", "other"), "churn")


def test_handle() -> None:
    """What a model was called in its spec comes back from its name."""
    assert handle(name(model(), model_stem("churn", "main")), "churn") == "main"
    assert handle(name(model(), model_stem("churn", "churn")), "churn") == "churn"
