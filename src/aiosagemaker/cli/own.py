"""The commands that no service's table has. This much is known before anything is imported."""

from __future__ import annotations

PROGRAMS = {
    "demo": "the main job from beginning to end, on a service in this process",
    "local": "SageMaker hosting on this machine, with real model servers, until Ctrl-C",
    "stubs": "the types of what the installed botocore has and this release does not",
}
"""The commands with words of their own. Each is a module of the package with a `main(words)` that returns the exit
code."""

COMMANDS = {
    **PROGRAMS,
    "deploy": "make an endpoint what a file says, and wait until it is",
    "teardown": "remove an endpoint and what belongs to it",
    "logs": "what an endpoint's containers wrote",
    "why": "why an endpoint failed",
    "completion": "print the code that teaches a shell to complete commands",
    "guide": "show a guide: how to do what",
    "help": "what there is, or what one command takes and returns",
    "wait": "wait until a resource has reached a state",
    "watch": "follow a resource until it settles",
}
"""All of them, each with what it is for."""
