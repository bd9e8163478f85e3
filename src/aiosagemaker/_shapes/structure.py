"""What every structure can do, and what requests and responses add."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar, cast, dataclass_transform

import attrs

from .._errors import REDACTED
from .maps import FrozenMap, Headers

if TYPE_CHECKING:
    import sys
    from collections.abc import Iterator, Mapping

    from .registry import Registry


@attrs.frozen(kw_only=True)
class ResponseMetadata:
    """How an answer came about. Takes no part in a response's equality."""

    http_status: int = 200
    """The HTTP status."""
    request_id: str | None = None
    """The service's id of the request, for AWS Support."""
    attempts: int = 1
    """How many times the request was sent."""
    total_retry_delay: float = 0.0
    """The seconds waited between attempts."""
    elapsed: float = 0.0
    """The seconds from the call's beginning to the end of its answer; of one that streams, to its first bytes."""
    headers: Mapping[str, str] = attrs.field(factory=Headers)
    """The answer's headers; names are found without regard to case."""
    filled: tuple[str, ...] = ()
    """The required members that the service left out, such as `production_variants[0].variant_name`. They hold
    what https://smithy.io/2.0/spec/aggregate-types.html#client-error-correction says, and nothing of the service's."""
    unknown: tuple[str, ...] = ()
    """The members that a newer model has and this one does not, by the service's names. Their values are not kept."""


NO_METADATA = ResponseMetadata()


# To type checkers each is a frozen class whose constructor is written out: as the attrs class that it is, mypy would
# take longer to read it, and jedi, which does not see through the decorator, would know no keyword of it.
@dataclass_transform(frozen_default=True, kw_only_default=True)
class Structure:
    """An immutable value of a service's model.

    Beside the methods here, each member has `with_<member>(value)`; a structure-valued one also takes a function of
    its present value. Lists have `add_<member>(*items)`, maps `put_<member>(key, value)`, optional members
    `without_<member>()`. All return a copy.
    """

    # Here and in no subclass, so that classes with the same members have the same layout.
    __slots__ = ("__weakref__",)

    if TYPE_CHECKING:  # unseen at run time, so that `typing.get_type_hints` of a subclass finds members alone
        __attrs_attrs__: ClassVar[tuple[attrs.Attribute[Any], ...]]
        __shape__: ClassVar[str]
        __namespace__: ClassVar[Registry]

        if sys.version_info >= (3, 13):

            def __replace__(self, /, **changes: Any) -> Self: ...

    if not TYPE_CHECKING:  # to a type checker it is not there

        def __getitem__(self, name: object) -> Any:
            members = self.__namespace__.shapes[self.__shape__]["members"]
            member = members[name]["name"] if name in members else name
            raise TypeError(f"a {type(self).__name__} is no dict: use .{member}, or .to_dict()")

        __iter__ = None  # so that a structure is not taken for a sequence

    def to_dict(self) -> dict[str, Any]:
        """The boto3 form: wire names, lists, dicts, datetimes and bytes; unset members are left out."""
        return self.__namespace__.conversions.to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any], /) -> Self:
        """From the boto3 form.

        Timestamps may also be ISO 8601 strings or epoch seconds, as boto3 takes them. A request or a nested
        structure raises ParamValidationError for unknown keys and missing members, all at once; a response takes
        what a newer service may send. What cannot be read at all raises ParamValidationError too.
        """
        made: Self = cls.__namespace__.conversions.from_dict(cls, value)
        return made

    def to_json(self) -> str:
        """The JSON that goes over the wire."""
        return self.__namespace__.conversions.to_json(self)

    @classmethod
    def from_json(cls, text: str | bytes, /) -> Self:
        """From the JSON that goes over the wire. Raises ParamValidationError for anything else."""
        made: Self = cls.__namespace__.conversions.from_json(cls, text)
        return made

    def validate(self) -> None:
        """Raises ParamValidationError listing every violation of any constraint of the model."""
        self.__namespace__.conversions.validate(self)

    def __repr__(self) -> str:
        from .short_repr import short_repr

        members = (f"{name}={short_repr(value)}" for name, value in shown_members(self))
        return f"{type(self).__name__}({', '.join(members)})"

    def __rich_repr__(self) -> Iterator[tuple[str, object]]:
        """What rich shows: the members that are set, without secrets."""
        return shown_members(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What IPython shows: a table of what is a list, or the members that are set, on as many lines as it takes."""
        self.__namespace__.display.pretty(self, printer)

    def _repr_html_(self) -> str:
        """What a notebook shows: the same, and tables of all lists."""
        return self.__namespace__.display.html(self)


class _Redacted:
    """Stands for what must not be shown."""

    def __repr__(self) -> str:
        return REDACTED


_REDACTED = _Redacted()


def shown_members(value: Structure) -> Iterator[tuple[str, object]]:
    """The members that are set, with what may be shown of them."""
    namespace = value.__namespace__
    for member in namespace.shapes[value.__shape__]["members"].values():
        entry = getattr(value, member["name"])
        if entry is not None:
            yield member["name"], _REDACTED if is_secret(namespace, member["shape"], entry) else entry


def is_secret(namespace: Registry, name: str, value: object) -> bool:
    """Whether what is, or stands where there should be, a value of the shape must not be shown.

    Structures hide their own secrets; what is given in place of one, such as a dict, does not.
    """
    return namespace.is_sensitive(name) or (not _is_built(value) and namespace.holds_sensitive(name))


def _is_built(value: object) -> bool:
    if isinstance(value, FrozenMap):
        return all(map(_is_built, cast("Mapping[str, object]", value).values()))
    if isinstance(value, tuple):
        return all(map(_is_built, cast("tuple[object, ...]", value)))
    return isinstance(value, Structure)


class Response(Structure):
    """What an operation returns."""

    __slots__ = ()

    if TYPE_CHECKING:  # read-only to type checkers too; each class has it as an attribute

        @property
        def response_metadata(self) -> ResponseMetadata:
            """How the answer came about."""
            ...

    @property
    def http_status(self) -> int:
        """The HTTP status of the answer."""
        return self.response_metadata.http_status


StructureT = TypeVar("StructureT", bound=Structure)
ResponseT_co = TypeVar("ResponseT_co", bound=Response, covariant=True)


class Request(Structure, Generic[ResponseT_co]):
    """What an operation takes. It knows its operation and its response's type."""

    __slots__ = ()

    if TYPE_CHECKING:
        __operation__: ClassVar[str]


def evolve(value: StructureT, **changes: Any) -> StructureT:
    """A copy with members changed."""
    return attrs.evolve(value, **changes)  # type: ignore[misc]  # every structure that exists is an attrs class


def attach_metadata(response: Response, metadata: ResponseMetadata) -> None:
    """Complete a response that nobody has seen yet. What its loading found out stays."""
    found = response.response_metadata
    if found is not NO_METADATA:
        metadata = attrs.evolve(metadata, filled=found.filled, unknown=found.unknown)
    object.__setattr__(response, "response_metadata", metadata)


def note_differences(response: Response, filled: tuple[str, ...], unknown: tuple[str, ...] = ()) -> None:
    """Add to what is known of a response that nobody has seen yet."""
    if filled or unknown:
        found = response.response_metadata
        noted = attrs.evolve(found, filled=found.filled + filled, unknown=found.unknown + unknown)
        object.__setattr__(response, "response_metadata", noted)
