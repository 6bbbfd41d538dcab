"""Reads the text of a policy file; every fault says file, line, field and what to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from rules.fault_words import worded
from rules.masking import guarded, masked
from rules.policy import Policy
from rules.text import Joined, Text
from rules.unfit import english
from rules.yaml_words import not_yaml

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in the file; it repeats nothing that opens an address."""

    file: str
    line: int
    field: str
    message: Text

    def __post_init__(self) -> None:
        object.__setattr__(self, "field", masked(self.field))
        object.__setattr__(self, "message", guarded(self.message))

    @property
    def text(self) -> Text:
        """All of it, with where it stands."""
        where = f"{self.file}:{self.line}: {self.field}"
        return Text.of("{where}: {message}", where=where.removesuffix(": "), message=self.message)

    def __str__(self) -> str:
        return english(self.text)


class BadPolicy(ValueError):
    """The file is not a valid policy; `faults` says all that is wrong."""

    def __init__(self, faults: list[Fault]) -> None:
        self.text = Text.of("{faults}", faults=Joined(tuple(fault.text for fault in faults)))
        super().__init__(english(self.text))
        self.faults = faults


def load(text: str, file: str) -> Policy:
    """The policy that `text` describes; `file` is only its name. Raises BadPolicy with every fault found."""
    root, lines, values = _read(text, file)
    if not isinstance(root, yaml.MappingNode):
        shape = Text.of("a policy is a mapping of `team`, `channels`, `severities`, `routes`, ...")
        raise BadPolicy([Fault(file, 1, "", shape)])
    twice = Text.of("this key stands twice")
    if repeated := [Fault(file, line, _show(path), twice) for path, line in _repeated(root, ())]:
        raise BadPolicy(repeated)
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
        looped = Text.of("an alias (*name) stands within its own anchor (&name)")
        raise BadPolicy([Fault(file, 1, "", looped)]) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadPolicy([Fault(file, line, "", not_yaml(str(error.problem)))]) from error
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date such as 2026-13-45
        raise BadPolicy([Fault(file, 1, "", not_yaml(str(error)))]) from error


def line_of(text: str, path: Path) -> int:
    """The line (from 1) on which the value at `path` starts, or its nearest parent's."""
    root = yaml.compose(text, yaml.SafeLoader)
    return _nearest(dict(_lines(root, ())) if root else {}, path)


def _fault(file: str, lines: dict[Path, int], detail: ErrorDetails) -> Fault:
    path: Path = detail["loc"]
    if detail["type"] == "extra_forbidden":
        return Fault(file, _nearest(lines, path), _show(path), _unknown(path))
    message, at = worded(detail)
    path += tuple(int(part) if part.isdigit() else part for part in at.split(".") if part)
    return Fault(file, _nearest(lines, path), _show(path), message)


def _unknown(path: Path) -> Text:
    known = _keys_at(Policy, path[:-1])
    if close := get_close_matches(str(path[-1]), known, n=1, cutoff=0.5):
        return Text.of("unknown key; did you mean `{close}`?", close=close[0])
    return Text.of("unknown key; known here: {known}", known=", ".join(known))


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
