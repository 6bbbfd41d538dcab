"""Whether the names of people in a policy mean somebody."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from rules.team import EVERYONE, Member, Right, Rights, Rotation
from rules.text import Text, Value
from rules.unfit import Unfit

TAKEN = (EVERYONE, "channel", "here", "none")  # these mean something else already
_SOMEBODY = Text.of('`people` or `oncall`, nor an "@group"')


def check_names(
    people: Mapping[str, Member], oncall: Mapping[str, Rotation], rights: Rights, told: Iterable[tuple[str, str]]
) -> None:
    """Raises ValueError for the first name that means nobody: where it stands, and what may stand there.

    `told`: (where, name) of those who get direct messages.
    """
    for where, name in [*(("people", name) for name in people), *(("oncall", name) for name in oncall)]:
        if not name or name in TAKEN or name.startswith("@"):
            taken = Text.of("{name} cannot be a name here; choose a plain word of your own", name=repr(name))
            raise Unfit(taken, f"{where}.{name}")
        if where == "oncall" and name in people:
            twice = Text.of("{name} is the name of a person too; names are unique", name=repr(name))
            raise Unfit(twice, f"oncall.{name}")
    for where, name in _on_call(oncall):
        among(where, name, people, Text.of("`people`"))
    known = [*people, *oncall]
    for where, name in told:
        among(where, name.removeprefix("@"), known, Text.of("`people` or `oncall`"))
    for right in Right:
        for name in rights.of(right):
            if len(name) < 2 or not name.startswith("@"):
                among(f"rights.{right}", name, [EVERYONE, *known], _SOMEBODY)


def check_invited(
    where: str, names: Iterable[str], people: Mapping[str, Member], oncall: Mapping[str, Rotation]
) -> None:
    """Raises ValueError for a name that is no person, no rotation and no "@group"; a whole channel is not invited."""
    for name in names:
        if name.removeprefix("@") in TAKEN:
            invited = Text.of('{name} cannot be invited; name people, rotations or an "@group"', name=repr(name))
            raise Unfit(invited, where)
        if len(name) < 2 or not name.startswith("@"):
            among(where, name, [*people, *oncall], _SOMEBODY)


def among(where: str, name: str, known: Iterable[str], what: Text) -> None:
    """Raises Unfit when a name is not one of those that may stand there. `what`: they together, as in `the routes`."""
    names = list(known)
    if name in names:
        return
    if close := get_close_matches(name, names, n=1):
        raise Unfit(
            Text.of(
                "{name} is not one of {what}; did you mean {close}?", name=repr(name), what=what, close=repr(close[0])
            ),
            where,
        )
    there: Value = ", ".join(names) or Text.of("none yet")
    raise Unfit(Text.of("{name} is not one of {what} ({known})", name=repr(name), what=what, known=there), where)


def _on_call(oncall: Mapping[str, Rotation]) -> Iterator[tuple[str, str]]:
    for name, rotation in oncall.items():
        yield from ((f"oncall.{name}.people.{index}", person) for index, person in enumerate(rotation.people))
        yield from ((f"oncall.{name}.overrides.{i}.person", one.person) for i, one in enumerate(rotation.overrides))
