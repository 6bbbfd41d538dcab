"""How a record changes by what was seen of it in Slack: pure, one function for each thing that can be seen."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rules.attribution import kept
from rules.decision import Shown
from rules.freeze import Freeze
from rules.incident import Incident
from rules.letter import Letter
from rules.observed import Called, Entry, Observed, Posted, Sending
from rules.report import Report
from rules.rollback import Rollback
from rules.room import Furnished, Room
from rules.settling import settled, told
from rules.signal import Related
from rules.storm import Storm
from rules.text import Moment, Text
from rules.watch import Watch

CALLS_KEPT = 8
_TELLS_ALL = Incident | Storm | Freeze | Rollback  # the first card tells what was said before it
Change = Callable[[Shown], Shown]


def sending(record: Shown, mark: Sending) -> Shown:
    """A message is about to be sent, that tells the record as it is now."""
    return _see(record, sending=replace(mark, told=record.seq, revision=record.revision))


def not_sent(record: Shown) -> Shown:
    """It is certain that the message in `sending` is not in Slack."""
    return _see(record, sending=None)


def sent(record: Shown, mark: Sending, channel: str, ts: str) -> Shown:
    """The message of `mark` is in Slack; the step's own name says what it was (rules/projection.py).

    Written down once: when the answer to the first commit was lost, the same is committed again.
    """
    if record.observed.sending is None or record.observed.sending.step != mark.step:
        return record
    match mark.step.split("/"):
        case [_, "card", *_]:
            return _carded(record, mark, Posted(channel=channel, ts=ts, place=mark.place, revision=mark.revision))
        case [_, "direct", seq]:
            return _see(record, sending=None, directed=int(seq))
        case [_, "reply", *_, entries]:
            told = _see(record, sending=None, replied=int(entries.rpartition("-")[2]))
            return replace(told, pinged=told.severity) if mark.pings and isinstance(told, Incident) else told
        case _:
            return _card(_see(record, sending=None), detailed=True)


def _carded(record: Shown, mark: Sending, posted: Posted) -> Shown:
    seen = record.observed
    moved = seen.posted is not None and seen.posted.place != posted.place
    fresh = _see(
        record,
        posted=posted,
        replied=mark.told if not seen.cards and isinstance(record, _TELLS_ALL) else seen.replied,
        former=(*seen.former, seen.posted) if moved else seen.former,
        sending=None,
        cards=seen.cards + 1,
    )
    pinged = mark.pings and mark.place == fresh.place  # worse meanwhile, it has moved on: that card has its own ping
    return replace(fresh, pinged=fresh.severity) if pinged and isinstance(fresh, Incident) else fresh


def edited(record: Shown, revision: int) -> Shown:
    """The card shows this revision."""
    return _card(record, revision=revision)


def stubbed(record: Shown, former: Posted) -> Shown:
    """An old card points to the new one (or is gone, which is as well)."""
    return _see(record, former=tuple(old for old in record.observed.former if old.ts != former.ts))


def card_lost(record: Shown, now: int) -> Shown:
    """The card was deleted in Slack, or can no longer be edited: another one is wanted, without another ping."""
    return _see(record, posted=None, sending=None, lost_at=now)


def place_refused(record: Shown, place: str, why: str, fallback: str) -> Shown:
    """Slack takes nothing for this channel: the fallback channel it is."""
    seen = _see(record, sending=None, refused={**record.observed.refused, place: why})
    if record.place != place:
        return seen  # it has moved on meanwhile
    if isinstance(seen, Room) and seen.private:  # what few may see goes nowhere else: another channel is made for it
        return replace(seen, place="", furnished=Furnished()) if seen.is_open else seen
    return replace(seen, place=fallback)


def blocks_refused(record: Shown) -> Shown:
    """Slack does not take our blocks: text only from here on."""
    return _see(record, sending=None, plain=True)


def unpinged(record: Shown, until: int, limit: int, now: int) -> Shown:
    """The channel has had its pings for this hour: a plain message, and why."""
    quiet = tuple(replace(entry, mention=()) if entry.aloud else entry for entry in record.timeline)
    if isinstance(record, Room):
        return replace(record, timeline=quiet)
    if not isinstance(record, Incident):
        return record
    text = Text.of(
        "No ping: this channel has had its {limit} for the hour. The next may be at {until}.",
        limit=limit,
        until=Moment(at=until),
    )
    plain = replace(record, mention=(), hushed=text, timeline=quiet, revision=record.revision + 1)
    return plain.say(now, text)


def not_direct(record: Shown, entry: Entry, why: str, now: int) -> Shown:
    """A direct message cannot reach its person; the thread says so, and the next one may go."""
    seen = _see(record, sending=None, directed=max(record.observed.directed, entry.seq))
    if not isinstance(seen, Incident):
        return seen
    return seen.say(now, Text.of("I could not write to {person} directly: {why}", person=entry.to, why=why))


def called(record: Shown, at: int, method: str, answer: str) -> Shown:
    """Slack was called for this record, and answered."""
    calls = (*record.observed.calls, Called(at=at, method=method, answer=answer))
    return _see(record, calls=calls[-CALLS_KEPT:])


def storm_told(record: Shown, revision: int, board: str) -> Shown:
    """The storm board has this revision of the incident."""
    return _see(record, storm_told=revision, board=board)


def unrolled(record: Shown, key: str) -> Shown:
    """An incident on the board knows that the storm has passed."""
    if not isinstance(record, Storm) or key not in record.caught:
        return record
    return replace(record, caught={**record.caught, key: replace(record.caught[key], unrolled=True)})


def mailed(record: Shown, letter: Letter, outcome: str, now: int) -> Shown:
    """A letter is out; or it never will be, and `outcome` says why."""
    kept = {one.name for one in record.letters} if isinstance(record, Incident | Report) else set[str]()
    known = {name: said for name, said in record.observed.mailed.items() if name in kept}
    seen = _see(record, mailed={**known, letter.name: outcome})
    if not isinstance(seen, Incident):
        return seen
    return seen.say(now, Text.of("Mail to {to}: {outcome}", to=", ".join(letter.to), outcome=outcome), visible=False)


def partly_mailed(record: Shown, letter: Letter, left: tuple[str, ...]) -> Shown:
    """Some have a letter; it still has to reach the others."""
    if not isinstance(record, Incident | Report):
        return record
    fresh = (replace(one, left=left) if one.name == letter.name else one for one in record.letters)
    return replace(record, letters=tuple(fresh))


def room_told(record: Shown, seq: int) -> Shown:
    """The war-room of a freeze or a rollback has the lines up to this one."""
    return replace(record, told=max(record.told, seq)) if isinstance(record, Freeze | Rollback) else record


def freeze_told(record: Shown, stands: str) -> Shown:
    """The releases of the scope know how its freeze stands."""
    return replace(record, heard=stands) if isinstance(record, Freeze) else record


def check_told(record: Shown, check: str, level: str, incidents: tuple[Related, ...], now: int) -> Shown:
    """The incident of a check of a release knows how it stands, "" when it is good; the release knows its incident."""
    if not isinstance(record, Watch):
        return record
    others = {name: known for name, known in record.told.items() if name != check}
    told = {one.key: one for one in (*record.incidents, *incidents)}
    fresh = replace(record, told={**others, check: level} if level else others, incidents=kept(told.values()))
    return fresh if fresh.incidents == record.incidents else fresh.redrawn(now)


def _see(record: Shown, **seen: Any) -> Shown:
    observed: Observed = replace(record.observed, **seen)
    fresh = replace(record, observed=observed)
    if isinstance(fresh, Watch):
        return settled(fresh)
    return told(fresh) if isinstance(fresh, Report) else fresh


def _card(record: Shown, **seen: Any) -> Shown:
    posted = record.observed.posted
    return _see(record, posted=replace(posted, **seen)) if posted else record
