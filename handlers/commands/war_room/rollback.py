"""/war-room rollback [RELEASE] [to VERSION] ["WHY"], rollback tick N, rollback stop "WHY" """

from handlers.contract import Command, Desk, Handled
from handlers.forms.rollback import blank
from handlers.freezes import OPENING, QUOTES
from handlers.naming import said
from handlers.releases import Nothing as NoRelease
from handlers.releases import meant as release
from handlers.rollbacks import Nothing, act, ask, meant, standing, stands, target, tick
from rules.rollback import Rollback, key_of
from rules.rolling_back import STOP, WHY
from rules.signal import Actor
from rules.text import Text

TO = "to"


async def run(words: list[str], person: Actor, desk: Desk) -> Handled:
    """A release goes back to an earlier version; alone, how that stands."""
    if not words:
        return await standing(desk)
    try:
        match words[0].lower():
            case "tick":
                return await _tick(words[1:], person, desk)
            case "stop":
                return await act(STOP, await meant("", person, desk), person, desk, {WHY: _plain(words[1:])})
            case _:
                return await _ask(words, person, desk)
    except (Nothing, NoRelease) as nothing:
        return nothing.reply


async def _tick(words: list[str], person: Actor, desk: Desk) -> Handled:
    if not words or not words[-1].isdecimal():
        return [Text.of("Which step? For example `/war-room rollback tick 2`.")]
    return await tick(await meant(" ".join(words[:-1]), person, desk), words[-1], person, desk)


async def _ask(words: list[str], person: Actor, desk: Desk) -> Handled:
    is_named = words[0].lower() != TO and not words[0].startswith(OPENING)
    watch, rest = await release(words if is_named else [], desk)
    rest = rest if is_named else words
    to = rest[1] if len(rest) > 1 and rest[0].lower() == TO else ""
    why = _plain(rest[2:] if to else rest)
    if why:
        return await ask(watch, to, why, person, desk)
    record = await desk.find(key_of(watch.plan, watch.release))
    if isinstance(record, Rollback) and record.is_open:
        return stands(record)
    return blank(watch, to or await target(watch, desk), desk)


def _plain(words: list[str]) -> str:
    return said(" ".join(words)).translate(QUOTES).strip('" ')


COMMAND = Command(
    usage='rollback [RELEASE] [to VERSION] ["WHY"]',
    help=Text.of("a release goes back, step by step; `tick 2` has a step done, `stop` gives up; alone, how it stands"),
    run=run,
    example=Text.of('rollback v1.1.1 to v1.1.0 "it does not start"'),
)
