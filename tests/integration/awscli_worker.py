"""The AWS CLI in a process of its own: it brings a botocore, which must not become the one that is tested.

One JSON object a line on standard input, one answer a line on standard output.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import sys
import warnings
from pathlib import Path
from typing import Any


class _AwsCli:
    def __init__(self) -> None:
        self._loader: Any = None

    def driver(self) -> Any:
        """A fresh driver, as handlers that one command registers would act on the next; the model is read once."""
        import awscli
        from awscli.clidriver import create_clidriver

        os.environ["AWS_DATA_PATH"] = str(Path(awscli.__file__).parent / "data")
        driver = create_clidriver()
        if self._loader is None:
            self._loader = driver.session.get_component("data_loader")
        else:
            driver.session.register_component("data_loader", self._loader)
        return driver

    def run(self, words: list[str]) -> Any:
        """Code, standard output, standard error."""
        out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = self.driver().main(words)
            except SystemExit as error:
                code = int(error.code or 0)
        out.flush()
        return code, out.buffer.getvalue().decode(), err.getvalue()  # type: ignore[attr-defined]  # a BytesIO

    def commands(self, service: str) -> Any:
        """Each command's options, and whether they are required."""
        table = self.driver()._get_command_table()[service]._get_command_table()
        return {
            name: {option: bool(argument.required) for option, argument in command.arg_table.items()}
            for name, command in table.items()
            if hasattr(command, "_operation_model")
        } | {"wait": dict.fromkeys(table["wait"].subcommand_table)}

    def facts(self, service: str) -> Any:
        """The facts of each operation's request; none of a service that this release does not have."""
        session = self.driver().session
        if service not in session.get_available_services():
            return {}
        model = session.get_service_model(service)
        inputs = ((name, model.operation_model(name).input_shape) for name in model.operation_names)
        return {name: taken and _facts(taken, ()) for name, taken in inputs}

    def skeletons(self, service: str) -> Any:
        """Each operation's samples, with the facts of the shapes that they are made from."""
        import botocore.utils

        model = self.driver().session.get_service_model(service)
        found = {}
        for name in model.operation_names:
            operation = model.operation_model(name)
            taken, returned = operation.input_shape, operation.output_shape
            found[name] = {
                "input": taken and botocore.utils.ArgumentGenerator().generate_skeleton(taken),
                "output": returned and botocore.utils.ArgumentGenerator(True).generate_skeleton(returned),
                "input_facts": taken and _facts(taken, ()),
                "output_facts": returned and _facts(returned, ()),
            }
        return found


def _facts(shape: Any, outer: tuple[str, ...]) -> Any:
    if shape.name in outer:
        return None
    outer = (*outer, shape.name)
    least = shape.metadata.get("min")
    if shape.type_name == "structure":
        members = {name: _facts(member, outer) for name, member in shape.members.items()}
        return [members, sorted(shape.required_members)]
    if shape.type_name == "list":
        return [_facts(shape.member, outer), least]
    if shape.type_name == "map":
        return ["map", _facts(shape.value, outer), least]
    return [list(shape.enum) if shape.type_name == "string" else shape.type_name, least]


def main() -> None:
    """Answer until there is no more to read."""
    warnings.simplefilter("ignore")
    # An enum's value in a skeleton is drawn by lot.
    random.choice = lambda values: values[0]  # type: ignore[assignment, misc]
    answers = sys.stdout
    aws = _AwsCli()
    for line in sys.stdin:
        asked = json.loads(line)
        os.environ.clear()
        os.environ.update(asked["environ"])
        answer = getattr(aws, asked["do"])(asked["with"])
        answers.write(json.dumps(answer, default=lambda value: value.isoformat()) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
