"""What people add to a watched release: items that they confirm, values that they enter."""

import math
import re
from difflib import get_close_matches

from handlers.contract import Desk, Reply
from handlers.naming import typed
from handlers.releases import ACT_WORDS, act, refusal
from rules.plan import Plan
from rules.reason import Reason
from rules.release_acting import CHECK, GOOD, NOTE, SET, TICK, VALUE
from rules.signal import Actor
from rules.text import Number, Text
from rules.watch import Watch

THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+%?")


def items(plan: Plan) -> list[str]:
    """The checks that a person confirms."""
    return [name for name, check in plan.checks.items() if check.tick is not None]


def entered(plan: Plan) -> list[str]:
    """The checks whose value a person enters."""
    return [name for name, check in plan.checks.items() if check.enter is not None]


async def tick(watch: Watch, name: str, note: str, person: Actor, desk: Desk, *, good: bool) -> Reply:
    """Confirm an item, or say that it failed."""
    plan = desk.policy().releases.get(watch.plan)
    if plan is not None and name not in items(plan):
        return _not_there(name, items(plan), watch, ACT_WORDS[TICK])
    given = {CHECK: name, NOTE: note, GOOD: "yes" if good else "no"}
    reason = await act(TICK, watch, person, desk, given)
    if reason is Reason.TICKED:
        if not good:
            return [Text.of("{name} of {release} is marked as failed.", name=name, release=watch.release)]
        return [Text.of("{name} of {release} is ticked.", name=name, release=watch.release)]
    return refusal(TICK, reason, watch, desk)


async def enter(watch: Watch, name: str, value: str, note: str, person: Actor, desk: Desk) -> Reply:
    """Enter the value of a check that nothing else can read."""
    plan = desk.policy().releases.get(watch.plan)
    if plan is not None and name not in entered(plan):
        return _not_there(name, entered(plan), watch, ACT_WORDS[SET])
    if THOUSANDS.fullmatch(value.strip()):
        plain = value.replace(",", "")
        return [Text.of("`{value}`: is that {plain}, or {other}? Write it without the comma, or with a point.",
                        value=typed(value), plain=plain[:60], other=value.replace(",", ".")[:60])]  # fmt: skip
    number = _number(value)
    if number is None:
        return [Text.of("`{value}` is not a number; write one such as 42 or 4.2.", value=typed(value))]
    reason = await act(SET, watch, person, desk, {CHECK: name, VALUE: repr(number), NOTE: note})
    if reason is Reason.ENTERED:
        value_ = Number(number=number, digits=15)
        return [Text.of("{name} of {release} is {value}.", name=name, release=watch.release, value=value_)]
    return refusal(SET, reason, watch, desk)


def _number(text: str) -> float | None:
    """Also with a comma, a percent sign, or both."""
    plain = text.strip().removesuffix("%")
    plain = plain.replace(",", ".") if plain.count(",") == 1 and "." not in plain else plain
    try:
        number = float(plain)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _not_there(name: str, known: list[str], watch: Watch, word: Text) -> Reply:
    if not known:
        return [Text.of("The plan of {release} has nothing to {word}.", release=watch.release, word=word)]
    lines = [
        Text.of("The plan of {release} has no `{name}` to {word}.", release=watch.release, name=typed(name), word=word)
    ]
    lines += [Text.of("Did you mean `{close}`?", close=close) for close in get_close_matches(name[:60], known, n=1)]
    return [*lines, Text.of("It has: {names}.", names=", ".join(known))]
