"""The modules of a service's package: each says which service it is, and what was written for it by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aiosagemaker._services import Service

_PACKAGE = """
from .._model.shipped import package

__getattr__, __dir__ = package(__name__)
"""
_MODELS = """
from .._model.shipped import models

NAMESPACE, __getattr__ = models(__name__, __file__)
"""
_ERRORS = """
from .._model.shipped import errors

__getattr__ = errors(__name__)
"""
_CLIENT = '''
from __future__ import annotations

from typing import TYPE_CHECKING, Any

{imports}


class {client}({bases}):
    """A client of {title}.

    Every operation, waiter and paginator of the service is a method, which takes its members as keywords, or one
    request object. It raises an `SdkError` (`aiosagemaker.errors`) for everything but a good answer.
    """

    if TYPE_CHECKING:  # the stub that is shipped beside this file has every method's type

        def __getattr__(self, name: str) -> Any: ...
'''
_ERROR_NAMES = '''# {first}
"""The errors that the services' models name, and the packages of those services."""

OWNERS: dict[str, tuple[str, ...]] = {{
{lines}
}}
'''


def render_modules(service: Service, first: str) -> dict[str, str]:
    """File name to text. `first` says in each what the file is."""
    texts = {
        "__init__.py": (f"{service.title}: its shapes, its errors, its client.", _PACKAGE),
        "client.py": (f"The client of {service.title}.", _client(service)),
        "errors.py": (f"The errors that the model of {service.title} names.", _ERRORS),
        "models.py": (
            f"The shapes of {service.title}, built from `schema.json` when they are first asked for.",
            _MODELS,
        ),
    }
    return {name: f'# {first}\n"""{doc}"""\n{text}' for name, (doc, text) in texts.items()}


def render_error_names(owners: Mapping[str, Sequence[str]], first: str) -> str:
    """The module that says which services name an error; `owners` are their packages, by the error's name."""
    lines: list[str] = []
    for name in sorted(owners):
        first_package, *others = (f'"{package}",' for package in owners[name])
        if others:
            lines += [f'    "{name}": (', *(f"        {package}" for package in (first_package, *others)), "    ),"]
        else:
            lines.append(f'    "{name}": ({first_package}),')
    return _ERROR_NAMES.format(first=first, lines="\n".join(lines))


def _client(service: Service) -> str:
    written = {**service.mixins, **service.recovery}
    imports = [
        ("._client", "BaseClient"),
        ("models", "NAMESPACE"),
        *((module, name) for name, module in written.items()),
    ]
    recovery = [f"recovery={name}()" for name in service.recovery]
    return _CLIENT.format(
        imports="\n".join(sorted(f"from .{module} import {name}" for module, name in imports)),
        client=service.client,
        bases=", ".join([*service.mixins, "BaseClient", "namespace=NAMESPACE", *recovery]),
        title=service.title,
    )
