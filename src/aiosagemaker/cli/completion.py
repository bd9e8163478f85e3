"""Completion: the code for each shell, and the candidates it asks for, each with a few words about it."""

from __future__ import annotations

import itertools
import sys
from typing import TYPE_CHECKING

from .._docs.shape_text import kind_text
from .._services import BY_NAME
from . import commands, own
from .arguments import GLOBAL_OPTIONS, PROGRAM, SKELETONS, Globals
from .failures import UsageError

if TYPE_CHECKING:
    from .commands import Command, Parameter

SHELLS = {
    "bash": r"""_aiosagemaker() {
    local IFS=$'\n'
    COMPREPLY=($(aiosagemaker completion candidates -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f 1))
}
complete -o default -F _aiosagemaker aiosagemaker
""",
    "zsh": r"""#compdef aiosagemaker
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -u }
_aiosagemaker() {
    local -a candidates
    local word text
    aiosagemaker completion candidates -- "${(@)words[2,CURRENT]}" 2>/dev/null | while IFS=$'\t' read -r word text; do
        candidates+=("${word//:/\\:}${text:+:$text}")
    done
    if (( $#candidates )); then
        _describe -V aiosagemaker candidates
    else
        _files
    fi
}
compdef _aiosagemaker aiosagemaker
""",
    "fish": r"""function __aiosagemaker
    set -l words (commandline -opc) (commandline -ct)
    set -l candidates (aiosagemaker completion candidates -- $words[2..-1] 2>/dev/null)
    if test (count $candidates) -gt 0
        printf '%s\n' $candidates
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c aiosagemaker --no-files -a '(__aiosagemaker)'
""",
}
"""What each shell is taught: `eval "$(aiosagemaker completion bash)"`."""

USAGE = f"""usage: {PROGRAM} completion <{"|".join(SHELLS)}>

  bash:  eval "$({PROGRAM} completion bash)"
  zsh:   eval "$({PROGRAM} completion zsh)"
  fish:  {PROGRAM} completion fish | source
"""

Candidates = dict[str, str]
"""What a word may become, each with a few words about it, or none."""


def run_completion(options: Globals, words: list[str]) -> int:
    """`completion <shell>`; the exit code. Raises UsageError for a shell it does not know."""
    if words[:1] == ["candidates"]:
        given = words[2:] if words[1:2] == ["--"] else words[1:]
        for word, text in candidates(given).items():
            sys.stdout.write(f"{word}\t{text}\n" if text else f"{word}\n")
        return 0
    if len(words) != 1 or words[0] not in SHELLS:
        raise UsageError(f"{PROGRAM}: error: expected one of: {', '.join(SHELLS)}", USAGE)
    sys.stdout.write(SHELLS[words[0]])
    return 0


def candidates(words: list[str]) -> Candidates:
    """What the last of the words, perhaps empty, may become; sorted."""
    *before, current = words or [""]
    # bash takes `--output=json` for three words, other shells for one.
    before = [word for word in before if word != "="]
    current = "" if current == "=" else current
    option, separator, value = current.partition("=")
    if separator and option.startswith("--"):
        found = _possible([*before, option], value)
        return {f"{option}={word}": found[word] for word in sorted(found) if word.startswith(value)}
    found = _possible(before, current)
    return {word: found[word] for word in sorted(found) if word.startswith(current)}


def _possible(before: list[str], current: str) -> Candidates:
    last = before[-1] if before else ""
    if last in GLOBAL_OPTIONS and "action" not in GLOBAL_OPTIONS[last]:
        return _of_global(last)
    if last == "--generate-cli-skeleton":
        return dict.fromkeys(SKELETONS, "")
    plain = _without_global_options(before)
    service = plain.pop(0) if plain and plain[0] in BY_NAME else ""
    if not plain:
        return dict(_GLOBALS) if current.startswith("-") else _commands(service)
    name, *words = plain
    if name == "wait":
        return _of_wait(words, service, before, current)
    if name == "watch":
        return _of_watch(words, before, current)
    if name in ("deploy", "teardown", "logs", "why"):
        return _of_hosting(name, words, before, current)
    if name == "help":
        return _commands(service)
    if name == "completion":
        return dict.fromkeys(SHELLS, "")
    if name == "guide":
        from .guide import guides

        return dict.fromkeys(guides(), "")
    command = None if name in own.PROGRAMS else commands.find_command(name, service)
    return {} if command is None else _of_command(command, before, current)


_GLOBALS = {name: option["help"] for name, option in GLOBAL_OPTIONS.items()}


def _of_global(option: str) -> Candidates:
    from . import names

    if option == "--profile":
        return dict.fromkeys(names.profiles(), "")
    if option == "--region":
        return dict.fromkeys(names.regions(), "")
    return dict.fromkeys(GLOBAL_OPTIONS[option].get("choices", ()), "")


def _commands(service: str) -> Candidates:
    services = {} if service else {row.name: row.title for row in BY_NAME.values()}
    return {**dict.fromkeys(commands.command_names(service), ""), **own.COMMANDS, **services}


def _of_wait(words: list[str], service: str, before: list[str], current: str) -> Candidates:
    from .waiting import SETTLED, find_target, settled_names

    if words == [SETTLED]:
        return dict.fromkeys(settled_names(), "")
    if not words and not current.startswith("-"):
        return {**dict.fromkeys(commands.waiter_names(service), ""), SETTLED: "what a describe command follows"}
    try:
        target, _ = find_target(words, service)
    except UsageError:
        return {}
    found = _value_of(target.command, before, current)
    more = {name: option["help"] for name, option in target.options.items()}
    return {**_options(target.command), **more, **_GLOBALS} if found is None else found


def _of_watch(words: list[str], before: list[str], current: str) -> Candidates:
    from . import names
    from .asking import GOAL_OPTIONS, TIMES
    from .watch_state import KINDS

    if current.startswith("-"):
        own_options = {name: option["help"] for name, option in {**TIMES, **GOAL_OPTIONS}.items()}
        return {**own_options, "--plain": "one line for each event", **_GLOBALS}
    if not words:
        return dict.fromkeys(KINDS, "")
    if len(words) == 1 and words[0] in KINDS:
        kind = KINDS[words[0]]
        command = commands.command_of("sagemaker", kind.operation)
        return dict.fromkeys(names.resource_names(command, kind.member, current, _globals(before)), "")
    return {}


def _of_hosting(name: str, words: list[str], before: list[str], current: str) -> Candidates:
    from . import names
    from .hosting import OPTIONS

    if current.startswith("-"):
        return {**{word: each["help"] for word, each in OPTIONS[name].items() if word.startswith("-")}, **_GLOBALS}
    wanted = [word for word in OPTIONS[name] if not word.startswith("-")][len(words) :][:1]
    if wanted == ["kind"]:
        return {"endpoint": ""}
    if wanted == ["name"]:
        command = commands.command_of("sagemaker", "DescribeEndpoint")
        return dict.fromkeys(names.resource_names(command, "EndpointName", current, _globals(before)), "")
    return {}


def _of_command(command: Command, before: list[str], current: str) -> Candidates:
    from .paging import PAGING_OPTIONS
    from .requests import INPUT_OPTIONS

    found = _value_of(command, before, current)
    if found is not None:
        return found
    paging = {name: option["help"] for name, option in PAGING_OPTIONS.items()} if command.paginator is not None else {}
    whole = {name: option["help"] for name, option in INPUT_OPTIONS.items()}
    more = {"--generate-cli-skeleton": "print a sample and send nothing", "help": "what the command takes"}
    return {**_options(command), **whole, **paging, **more, **_GLOBALS}


def _value_of(command: Command, before: list[str], current: str) -> Candidates | None:
    """The values of the option before; None where an option is wanted."""
    parameter = next((each for each in command.parameters if before and each.option == before[-1]), None)
    if parameter is None or parameter.shape.kind == "boolean" or current.startswith("--"):
        return None
    shape = parameter.shape.item if parameter.shape.kind == "list" else parameter.shape
    if shape.values:
        return dict.fromkeys(shape.values, "")
    from .names import resource_names

    return dict.fromkeys(resource_names(command, parameter.wire_name, current, _globals(before)), "")


def _options(command: Command) -> Candidates:
    options: Candidates = {}
    for parameter in command.parameters:
        options[parameter.option] = _about(parameter)
        if parameter.shape.kind == "boolean":
            options[f"--no-{parameter.option.removeprefix('--')}"] = ""
    return options


def _about(parameter: Parameter) -> str:
    return f"{kind_text(parameter.shape.row, values=False)}{', required' if parameter.required else ''}"


def _globals(words: list[str]) -> Globals:
    """What the options of the tool say on a line that is not finished."""
    pairs = itertools.pairwise(words)
    given = {word: following for word, following in pairs if word in ("--profile", "--region", "--endpoint-url")}
    for word in words:
        option, separator, value = word.partition("=")
        if separator:
            given.setdefault(option, value)
    return Globals(
        profile=given.get("--profile"), region=given.get("--region"), endpoint_url=given.get("--endpoint-url")
    )


def _without_global_options(words: list[str]) -> list[str]:
    kept: list[str] = []
    skip = False
    for word in words:
        if skip:
            skip = False
            continue
        if word in GLOBAL_OPTIONS:
            skip = "action" not in GLOBAL_OPTIONS[word]
        elif kept or not word.startswith("-"):
            kept.append(word)
    return kept
