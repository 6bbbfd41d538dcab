"""Reads the text of a policy file; every fault says file, line, field and what to do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from rules.policy import Policy

Path = tuple[str | int, ...]
_WITHIN = re.compile(r"([\w-]+(?:\.[^\s:.]+)*): (.*)", re.DOTALL)  # our own validators name what is wrong within a part


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in the file."""

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        where = f"{self.field}: " if self.field else ""
        return f"{self.file}:{self.line}: {where}{self.message}"


class BadPolicy(ValueError):
    """The file is not a valid policy; `faults` says all that is wrong."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def load(text: str, file: str) -> Policy:
    """The policy that `text` describes; `file` is only its name. Raises BadPolicy with every fault found."""
    root, lines, values = _read(text, file)
    if not isinstance(root, yaml.MappingNode):
        raise BadPolicy(
            [Fault(file, 1, "", "a policy is a mapping of `team`, `channels`, `severities`, `routes`, ...")]
        )
    twice = [Fault(file, line, _show(path), "this key stands twice") for path, line in _repeated(root, ())]
    if twice:
        raise BadPolicy(twice)
    try:
        return Policy.model_validate(values)
    except ValidationError as error:
        found = [_fault(file, lines, detail) for detail in error.errors()]
        raise BadPolicy(sorted(found, key=lambda fault: fault.line)) from error


def _read(text: str, file: str) -> tuple[yaml.Node | None, dict[Path, int], Any]:
    """The YAML as nodes, the line of each path, and as values."""
    try:
        root = yaml.compose(text, yaml.SafeLoader)
        return root, dict(_lines(root, ())) if root else {}, yaml.safe_load(text)
    except RecursionError as error:
        raise BadPolicy([Fault(file, 1, "", "an alias (*name) stands within its own anchor (&name)")]) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadPolicy([Fault(file, line, "", f"not YAML: {error.problem}")]) from error
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date such as 2026-13-45
        raise BadPolicy([Fault(file, 1, "", f"not YAML: {error}")]) from error


def line_of(text: str, path: Path) -> int:
    """The line (from 1) on which the value at `path` starts, or its nearest parent's."""
    root = yaml.compose(text, yaml.SafeLoader)
    return _nearest(dict(_lines(root, ())) if root else {}, path)


def _fault(file: str, lines: dict[Path, int], detail: ErrorDetails) -> Fault:
    path: Path = tuple(part for part in detail["loc"] if part != "function-before")
    message = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "extra_forbidden":
        message = "unknown key" + _suggestion(path)
    elif detail["type"] == "missing":
        message = "is required"
    elif found := _WITHIN.fullmatch(message):
        inner = tuple(int(part) if part.isdigit() else part for part in found[1].split("."))
        if not path or (*path, inner[0]) in lines:
            path, message = (*path, *inner), found[2]
    return Fault(file, _nearest(lines, path), _show(path), message)


def _suggestion(path: Path) -> str:
    known = _keys_at(Policy, path[:-1])
    close = get_close_matches(str(path[-1]), known, n=1, cutoff=0.5)
    return f"; did you mean `{close[0]}`?" if close else f"; known here: {', '.join(known)}"


def _keys_at(model: type[BaseModel], path: Path) -> list[str]:
    for part in path:
        if isinstance(part, int):
            continue
        field = next((f for name, f in model.model_fields.items() if part in (f.alias, name)), None)
        inner = _model_within(field.annotation) if field else None
        model = inner or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_within(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for argument in get_args(annotation) if (found := _model_within(argument))), None)


def _nearest(lines: dict[Path, int], path: Path) -> int:
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _lines(node: yaml.Node, path: Path) -> Iterator[tuple[Path, int]]:
    if path == ():
        yield path, node.start_mark.line + 1
    for part, mark, child in _children(node):
        yield (*path, part), mark
        yield from _lines(child, (*path, part))


def _repeated(node: yaml.Node, path: Path) -> Iterator[tuple[Path, int]]:
    seen: set[str | int] = set()
    for part, mark, child in _children(node):
        if part in seen:
            yield (*path, part), mark
        seen.add(part)
        yield from _repeated(child, (*path, part))


def _children(node: yaml.Node) -> Iterator[tuple[str | int, int, Any]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield str(key.value), key.start_mark.line + 1, value
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield index, item.start_mark.line + 1, item


def _show(path: Path) -> str:
    out = ""
    for part in path:
        out += f"[{part}]" if isinstance(part, int) else f".{part}" if out else str(part)
    return out
