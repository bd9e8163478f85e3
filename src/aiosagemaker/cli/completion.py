"""Completion: the code for each shell, and the candidates it asks for."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from . import COMMANDS, commands
from .arguments import GLOBAL_OPTIONS, SKELETONS
from .failures import UsageError

if TYPE_CHECKING:
    from .arguments import Globals

SHELLS = {
    "bash": r"""_aiosagemaker() {
    local IFS=$'\n'
    COMPREPLY=($(aiosagemaker completion candidates -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _aiosagemaker aiosagemaker
""",
    "zsh": r"""#compdef aiosagemaker
_aiosagemaker() {
    local -a candidates
    candidates=("${(@f)$(aiosagemaker completion candidates -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    if [[ -n "$candidates" ]]; then
        compadd -- $candidates
    else
        _files
    fi
}
compdef _aiosagemaker aiosagemaker
""",
    "fish": r"""function __aiosagemaker
    set -l words (commandline -opc) (commandline -ct)
    aiosagemaker completion candidates -- $words[2..-1] 2>/dev/null
end
complete -c aiosagemaker -a '(__aiosagemaker)'
""",
}
"""What each shell is taught: `eval "$(aiosagemaker completion bash)"`."""

USAGE = f"""usage: {commands.PROGRAM} completion <{"|".join(SHELLS)}>

  bash:  eval "$({commands.PROGRAM} completion bash)"
  zsh:   eval "$({commands.PROGRAM} completion zsh)"
  fish:  {commands.PROGRAM} completion fish | source
"""


def run_completion(options: Globals, words: list[str]) -> int:
    """`completion <shell>`; the exit code. Raises UsageError for a shell it does not know."""
    if words[:1] == ["candidates"]:
        given = words[2:] if words[1:2] == ["--"] else words[1:]
        sys.stdout.writelines(f"{candidate}\n" for candidate in candidates(given))
        return 0
    if len(words) != 1 or words[0] not in SHELLS:
        raise UsageError(f"{commands.PROGRAM}: error: expected one of: {', '.join(SHELLS)}", USAGE)
    sys.stdout.write(SHELLS[words[0]])
    return 0


def candidates(words: list[str]) -> list[str]:
    """What the last of the words, perhaps empty, may become."""
    *before, current = words or [""]
    return sorted({word for word in _possible(before, current) if word.startswith(current)})


def _possible(before: list[str], current: str) -> list[str]:
    last = before[-1] if before else ""
    choices = GLOBAL_OPTIONS.get(last, {}).get("choices")
    if choices:
        return list(choices)
    if last == "--generate-cli-skeleton":
        return list(SKELETONS)
    plain = _without_global_options(before)
    if not plain:
        return [*GLOBAL_OPTIONS] if current.startswith("-") else commands.command_names()
    name = plain[0]
    if name == "wait":
        if len(plain) == 1 and not current.startswith("-"):
            return commands.waiter_names()
        waiter = commands.find_waiter(plain[1]) if len(plain) > 1 else None
        return [] if waiter is None else [*_options(waiter.command, last), "--timeout", "--delay", *GLOBAL_OPTIONS]
    if name == "watch":
        return ["endpoint"] if len(plain) == 1 else ["--delay", "--timeout", "--plain", *GLOBAL_OPTIONS]
    if name == "help":
        return commands.command_names()
    if name == "completion":
        return list(SHELLS)
    command = None if name in COMMANDS else commands.find_command(name)
    return [] if command is None else _of_command(command, last, current)


def _of_command(command: commands.Command, last: str, current: str) -> list[str]:
    from .paging import PAGING_OPTIONS
    from .requests import INPUT_OPTIONS

    found = _options(command, last)
    if not current.startswith("-") and any(parameter.option == last for parameter in command.parameters):
        return found
    paging = PAGING_OPTIONS if command.paginator is not None else {}
    return [*found, *INPUT_OPTIONS, *paging, "--generate-cli-skeleton", "help", *GLOBAL_OPTIONS]


def _options(command: commands.Command, last: str) -> list[str]:
    """The command's options, or the values of the one before."""
    for parameter in command.parameters:
        if parameter.option == last and parameter.shape.kind != "boolean":
            shape = parameter.shape.item if parameter.shape.kind == "list" else parameter.shape
            return shape.values
    options: list[str] = []
    for parameter in command.parameters:
        options.append(parameter.option)
        if parameter.shape.kind == "boolean":
            options.append(f"--no-{parameter.option.removeprefix('--')}")
    return options


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
