"""What is told of calls while they run: the moments, the facts of each, and the telling."""

from __future__ import annotations

import logging
import weakref
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, MutableMapping, Sequence

logger = logging.getLogger("aiosagemaker")


# No slots in what each call makes: attrs fills a frozen object a third faster without.
@attrs.frozen(kw_only=True, eq=False, slots=False)
class Call:
    """A call: one object from its beginning to its end, so that it can be a key."""

    service: str
    """botocore's name of the service, such as `sagemaker`."""
    service_id: str
    """Its name for people, such as `SageMaker`."""
    operation: str
    """Such as `DescribeEndpoint`."""
    request: Any
    """The request object, with its tokens. Its repr has no sensitive members."""
    region: str
    endpoint: str
    """The base of its URL."""
    id: str
    """The `amz-sdk-invocation-id` that all its attempts carry."""
    streams: bool
    """Whether the answer is read after the call's end, which comes with the answer's head."""
    wait: Wait | None = None
    """The wait that it polls for; None if it does for none."""
    poll: int | None = None
    """Which of the wait's polls it belongs to, from 1 on; one poll may take several calls."""


@attrs.frozen(kw_only=True, eq=False, slots=False)
class Attempt:
    """One attempt of a call."""

    call: Call
    number: int
    """From 1 on."""
    method: str = "POST"
    """HTTP's."""
    url: str
    headers: MutableMapping[str, str] = attrs.field(repr=False)
    """What is sent beside the signature. In `attempt_started` it can be added to, and what is added is signed, but for
    what Signature Version 4 leaves unsigned: `traceparent`, `tracestate`, `baggage`, `x-amzn-trace-id`."""


@attrs.frozen(kw_only=True, eq=False, slots=False)
class Outcome:
    """How an attempt, a call or a stream came to its end."""

    response: Any = None
    """The response object; None where it failed, and of an attempt and a stream always."""
    error: BaseException | None = None
    """What it failed with, a cancellation included; None where it did not."""
    http_status: int | None = None
    """Of the last answer; None without one."""
    request_id: str | None = None
    """The service's id of the request, if it gave one."""
    attempts: int = 1
    """How many there were; of an attempt, its number."""
    elapsed: float
    """In seconds."""
    headers: Mapping[str, str] = attrs.field(default=MappingProxyType({}), repr=False)
    """Of the last answer."""
    bytes_sent: int = 0
    """Of the bodies of its requests."""
    bytes_received: int = 0
    """Of the bodies of its answers; of a call that streams, not those that come after its head."""


@attrs.frozen(kw_only=True, eq=False)
class Wait:
    """A wait: one object from its beginning to its end, so that it can be a key."""

    name: str
    """The waiter's, such as `EndpointInService`."""
    timeout: float
    """In seconds."""


@attrs.frozen(kw_only=True, eq=False)
class Chat:
    """A chat with a model: one object from its beginning to its end. Nothing that was said is in it."""

    target: str
    """The name or id of the endpoint, the gateway or the inference router that has the model."""
    parameters: Mapping[str, Any] = attrs.field(repr=False)
    """What was asked for beside the messages: `model`, `max_tokens`, `temperature`, ..."""
    streams: bool
    """Whether the answer comes piece by piece."""
    region: str | None


@attrs.frozen(kw_only=True, eq=False)
class ChatOutcome:
    """How a chat came to its end."""

    completion: Any = attrs.field(repr=False)
    """What came of the answer, a ChatCompletion."""
    error: BaseException | None = None
    """What it failed with, a cancellation included; None where it did not, or was left early."""
    elapsed: float
    """In seconds."""
    time_to_first_token: float | None = None
    """In seconds; None if there was none."""


@attrs.frozen(kw_only=True, eq=False)
class Poll:
    """One poll of a wait."""

    wait: str
    """The waiter's name, such as `EndpointInService`."""
    number: int
    """From 1 on."""
    response: Any
    """What it gave; None where it failed."""
    error: BaseException | None
    """What it failed with, which may not end the wait."""
    elapsed: float
    """The seconds since the wait began."""
    of: Wait
    """The wait."""


@attrs.frozen(kw_only=True, eq=False)
class Workflow:
    """Work of many calls: one object from its beginning to its end, so that it can be a key."""

    name: str
    """`deploy`, `teardown` or `invoke_many`."""
    endpoint_name: str
    total: int | None = None
    """How many steps it has; None where nobody knows, as for a deployment, or a source of bodies without a length."""
    done: int = 0
    """How many of these were done before, by a checkpoint."""


polling: ContextVar[tuple[Wait, int] | tuple[None, None]] = ContextVar("aiosagemaker_polling", default=(None, None))
"""The wait that polls here and in the tasks that its poll starts, and the poll's number."""


class Hooks:
    """What `Config.hooks` takes: each method does nothing until it is overridden.

    They are plain functions, called in the event loop, in the order of `Config.hooks`. What one raises before anything
    is sent (`call_started`, `attempt_started`) ends the call, as the error that it is; what one raises later is logged
    once, and harms nothing.
    """

    def call_started(self, call: Call) -> None:
        """A call begins; its request is checked and written already."""

    def attempt_started(self, attempt: Attempt) -> None:
        """An attempt begins: what is added to its `headers` is sent, and signed."""

    def attempt_ended(self, attempt: Attempt, outcome: Outcome, delay: float | None) -> None:
        """An attempt came to its end; `delay` is the wait before the next, in seconds, or None if there is none."""

    def call_ended(self, call: Call, outcome: Outcome) -> None:
        """The call came to its end: with a response, an error or a cancellation."""

    def stream_opened(self, call: Call) -> None:
        """The head of an answer that streams has come."""

    def stream_first_part(self, call: Call, elapsed: float) -> None:
        """The first bytes after the head have come, that many seconds after the call began."""

    def stream_ended(self, call: Call, outcome: Outcome) -> None:
        """The stream came to its end, failed, or was left; `elapsed` counts from the beginning of the call."""

    def wait_started(self, wait: Wait) -> None:
        """A wait begins."""

    def polled(self, poll: Poll) -> None:
        """A wait has polled."""

    def wait_ended(self, wait: Wait, error: BaseException | None) -> None:
        """A wait came to its end: in the wanted state, with an error, or because it was left."""

    def workflow_started(self, workflow: Workflow) -> None:
        """A deployment, a teardown or an `invoke_many` begins; its calls and waits are told as well."""

    def workflow_advanced(self, workflow: Workflow, step: Any) -> None:
        """It has come a step further: an Event of `aiosagemaker.hosting`, or an Outcome of `invoke_many`."""

    def workflow_ended(self, workflow: Workflow, error: BaseException | None) -> None:
        """It came to its end, with an error, or because it was left."""

    def chat_started(self, chat: Chat) -> None:
        """A chat begins; its call follows."""

    def chat_ended(self, chat: Chat, outcome: ChatOutcome) -> None:
        """The last of a chat's answer has come, or nothing more will."""


class Teller:
    """Tells hooks. Not made where there are none."""

    __slots__ = ("_hooks",)

    def __init__(self, hooks: tuple[Hooks, ...]) -> None:
        self._hooks = hooks

    def before(self, moment: str, *facts: Any) -> None:
        """Something is about to be sent: what a hook raises passes through."""
        for hook in self._hooks:
            getattr(hook, moment)(*facts)

    def after(self, moment: str, *facts: Any) -> None:
        """Something has happened, which no hook can undo."""
        for hook in self._hooks:
            try:
                getattr(hook, moment)(*facts)
            except Exception:
                if _is_first_failure(hook, moment):
                    logger.exception("%s.%s failed; this is logged once", type(hook).__qualname__, moment)


_failed: dict[int, set[str]] = {}
"""By the id of a hook, for as long as it lives, the moments at which it failed: every wait has a teller of its own."""


def _is_first_failure(hook: Hooks, moment: str) -> bool:
    known = _failed.get(id(hook))
    if known is None:
        known = _failed[id(hook)] = set()
        weakref.finalize(hook, _failed.pop, id(hook), None).atexit = False
    first = moment not in known
    known.add(moment)
    return first


def teller(hooks: Any) -> Teller | None:
    """What tells these hooks; None if there are none."""
    return Teller(tuple(hooks)) if hooks else None


@contextmanager
def told_lifetime(teller: Teller, what: str, subject: object) -> Generator[None]:
    """Tell that something begins, and what it ended with; that it was left is no failure."""
    failure: BaseException | None = None
    teller.after(f"{what}_started", subject)
    try:
        yield
    except GeneratorExit:
        raise
    except BaseException as error:
        failure = error
        raise
    finally:
        teller.after(f"{what}_ended", subject, failure)


@contextmanager
def told_workflow(hooks: Sequence[Hooks], workflow: Workflow) -> Generator[Callable[[Any], None]]:
    """Tell hooks of a workflow; the value is called with each step."""
    teller = Teller(tuple(hooks))
    with told_lifetime(teller, "workflow", workflow):
        yield lambda step: teller.after("workflow_advanced", workflow, step)
