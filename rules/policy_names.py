"""Whether the names of people in a policy mean somebody."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from rules.team import EVERYONE, Member, Right, Rights, Rotation

TAKEN = (EVERYONE, "channel", "here", "none")  # these mean something else already


def check_names(
    people: Mapping[str, Member], oncall: Mapping[str, Rotation], rights: Rights, told: Iterable[tuple[str, str]]
) -> None:
    """Raises ValueError for the first name that means nobody: where it stands, and what may stand there.

    `told`: (where, name) of those who get direct messages.
    """
    for where, name in [*(("people", name) for name in people), *(("oncall", name) for name in oncall)]:
        if not name or name in TAKEN or name.startswith("@"):
            raise ValueError(f"{where}.{name}: {name!r} cannot be a name here; choose a plain word of your own")
        if where == "oncall" and name in people:
            raise ValueError(f"oncall.{name}: {name!r} is the name of a person too; names are unique")
    for where, name in _on_call(oncall):
        among(where, name, people, "`people`")
    known = [*people, *oncall]
    for where, name in told:
        among(where, name.removeprefix("@"), known, "`people` or `oncall`")
    for right in Right:
        for name in rights.of(right):
            if len(name) < 2 or not name.startswith("@"):
                among(f"rights.{right}", name, [EVERYONE, *known], '`people` or `oncall`, nor an "@group"')


def check_invited(
    where: str, names: Iterable[str], people: Mapping[str, Member], oncall: Mapping[str, Rotation]
) -> None:
    """Raises ValueError for a name that is no person, no rotation and no "@group"; a whole channel is not invited."""
    for name in names:
        if name.removeprefix("@") in TAKEN:
            raise ValueError(f'{where}: {name!r} cannot be invited; name people, rotations or an "@group"')
        if len(name) < 2 or not name.startswith("@"):
            among(where, name, [*people, *oncall], '`people` or `oncall`, nor an "@group"')


def among(where: str, name: str, known: Iterable[str], what: str) -> None:
    """Raises ValueError when a name is not one of those that may stand there."""
    names = list(known)
    if name in names:
        return
    close = get_close_matches(name, names, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else f" ({', '.join(names) or 'none yet'})"
    raise ValueError(f"{where}: {name!r} is not one of {what}{hint}")


def _on_call(oncall: Mapping[str, Rotation]) -> Iterator[tuple[str, str]]:
    for name, rotation in oncall.items():
        yield from ((f"oncall.{name}.people.{index}", person) for index, person in enumerate(rotation.people))
        yield from ((f"oncall.{name}.overrides.{i}.person", one.person) for i, one in enumerate(rotation.overrides))
