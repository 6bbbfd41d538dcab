"""/release-status list"""

from handlers.contract import Command, Desk, Reply
from handlers.releases import none
from rules.release_words import LEVEL_WORDS, PHASE_WORDS, SIGNS, VERDICT_WORDS, elapsed
from rules.signal import Actor
from rules.text import Moment, Text
from rules.watch import Watch

SHOWN = 20


async def run(_words: list[str], _person: Actor, desk: Desk) -> Reply:
    """The releases that are watched, and the latest that were."""
    watches = await desk.watches()
    if not watches:
        return none(desk)
    ordered = sorted(watches, key=lambda watch: not watch.is_open)
    lines = [_line(watch, desk.now()) for watch in ordered[:SHOWN]]
    if len(ordered) > SHOWN:
        left = len(ordered) - SHOWN
        lines.append(
            Text.counted("{count} earlier one is not shown.", "{count} earlier ones are not shown.", count=left)
        )
    return lines


def _line(watch: Watch, now: int) -> Text:
    named = {"release": watch.release, "title": watch.title}
    if watch.is_open:
        return Text.of(
            "{sign} {release} · {title} · {elapsed} · {level}, {phase}",
            sign=SIGNS[watch.level], elapsed=elapsed(watch, now), level=LEVEL_WORDS[watch.level],
            phase=PHASE_WORDS[watch.phase], **named,
        )  # fmt: skip
    what = VERDICT_WORDS[watch.decision.verdict] if watch.decision else PHASE_WORDS[watch.phase]
    at = Moment(at=watch.ended_at)
    return Text.of("⏹️ {release} · {title} · {what}, {at}", what=what, at=at, **named)


COMMAND = Command(usage="list", help=Text.of("the releases that are watched, and the latest that were"), run=run)
