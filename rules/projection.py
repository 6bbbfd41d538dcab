"""The next thing that Slack still lacks of a record: the difference between what is wanted and what was observed."""

from dataclasses import dataclass

from rules import furnishing
from rules.decision import Record, Shown
from rules.deployment import Deployment
from rules.freeze import Freeze
from rules.incident import Incident, State
from rules.observed import Entry, Posted, Sending
from rules.report import Report
from rules.room import Furnishing, Room
from rules.silence import Silence
from rules.standing import Standing
from rules.storm import Storm
from rules.watch import Phase, Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCard:
    """A card that is not there yet. `name` is the step's own, the same when it is tried again.

    `mention`: whom it pings in the channel, within the channel's budget. `named`: whom lines that it tells name.
    """

    name: str
    place: str
    mention: tuple[str, ...]
    urgency: int
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDetails:
    """The first reply of a card's thread: what is known, in full."""

    name: str
    posted: Posted
    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostReply:
    """Timeline entries that the thread lacks, as one message. `aloud`: also sent to the channel."""

    name: str
    posted: Posted
    entries: tuple[Entry, ...]
    aloud: bool
    mention: tuple[str, ...]
    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDirect:
    """A timeline entry that a person gets as a direct message."""

    name: str
    entry: Entry
    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeSilence:
    """A silence that Alertmanager does not have yet."""

    silence: Silence
    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSilence:
    """A silence that Alertmanager still has and should not."""

    silence: Silence
    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EditCard:
    """The card shows an older revision."""

    posted: Posted
    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EditStub:
    """The incident has moved to another channel: its old card points there."""

    posted: Posted
    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TellStorm:
    """The storm board of the channel does not know this revision of the incident."""

    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unroll:
    """An incident on the board does not know yet that the storm has passed."""

    key: str
    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TellCheck:
    """The incident of a check does not know how it stands. `level`: "" when it is good again."""

    check: str
    level: str
    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduce:
    """The other releases of the same plan do not know of this one."""

    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerGitHub:
    """GitHub holds a deployment and waits to hear whether it may go on."""

    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Furnish:
    """Something that a war-room still lacks in Slack, beside its messages."""

    what: Furnishing
    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TellIncident:
    """An incident does not know how its war-room stands."""

    incident: str
    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A message that may or may not have reached Slack: find out before anything else is done."""

    mark: Sending
    urgency: int


Post = PostCard | PostDetails | PostReply | PostDirect
Aside = MakeSilence | EndSilence | AnswerGitHub
Step = (
    Look | Post | EditCard | EditStub | TellStorm | Unroll | TellCheck | Introduce | Furnish | TellIncident | Aside
)

# What goes first when Slack lets us say only so much. Ranks of severity come on top of these for what is new or worse.
WORST_RANK, CLOSED, EDIT, INNER, QUIET, DETAILS = 8, 9, 10, 6, 11, 12
ELSEWHERE = 13  # not for Slack: bot/queues.py does not count it as waiting for it


def next_step(record: Record) -> Step | None:
    """The most important step that is missing; None when Slack shows all there is."""
    if isinstance(record, Standing):
        return None
    if isinstance(record, Deployment):
        return AnswerGitHub(urgency=ELSEWHERE) if record.is_open else None
    wanted = wanted_step(record)
    if mark := record.observed.sending:
        return Look(mark=mark, urgency=wanted.urgency if wanted else CLOSED)
    return wanted


def wanted_step(record: Shown) -> Step | None:
    """The same, whatever may be on its way."""
    if isinstance(record, Storm):
        return _of_storm(record)
    if isinstance(record, Watch):
        return _of_watch(record)
    if isinstance(record, Report | Freeze):
        return _plain(record)
    if isinstance(record, Room):
        return _of_room(record)
    step = _of_incident(record)
    return step if step and step.urgency <= EDIT else _direct(record) or step or _silence(record)


def _of_incident(incident: Incident) -> Step | None:
    seen = incident.observed
    if not incident.shown and seen.posted is None:
        return None
    if incident.storm:
        return TellStorm(urgency=INNER) if seen.storm_told != incident.revision else None
    step = None
    if seen.posted is None or (_moved(incident, seen.posted) and _leaves(incident, seen.posted)):
        if incident.is_open or not (seen.cards or incident.unrolled):
            return _card(incident)
    else:
        step = _of_card(incident, seen.posted)
    if step is None and seen.storm_told and seen.storm_told != incident.revision:
        return TellStorm(urgency=INNER)
    return step


def _of_storm(storm: Storm) -> Step | None:
    seen = storm.observed
    if seen.posted is None:
        return _card(storm) if storm.is_open or not seen.cards else _unroll(storm)
    return (_unroll(storm) if not storm.is_open else None) or _of_card(storm, seen.posted)


def _of_watch(watch: Watch) -> Step | None:
    """What its incidents do not know goes before what people do not see; one that is left alone has none open."""
    is_read = watch.phase not in (Phase.SUPERSEDED, Phase.STOPPED)
    wanted = {name: judged.breached for name, judged in watch.judged.items()} if is_read else {}
    for check in (*wanted, *(name for name in watch.told if name not in wanted)):
        if wanted.get(check, "") != watch.told.get(check, ""):
            return TellCheck(check=check, level=wanted.get(check, ""), urgency=1)
    if not watch.introduced:
        return Introduce(urgency=INNER)
    return _plain(watch)


def _of_room(room: Room) -> Step | None:
    """The channel before all; then what people see; what else belongs into it as far as Slack lets us."""
    seen = room.furnished
    if not seen.channel:
        return _furnish(room, Furnishing.CHANNEL)
    if room.observed.posted is None:
        return _card(room) if room.is_open or not room.observed.cards else None
    for what in furnishing.missing(room):
        if what not in seen.troubles:
            return _furnish(room, what)
    for key in room.incidents:
        if room.told.get(key, "") != room.phase:
            return TellIncident(incident=key, urgency=INNER)
    return _of_card(room, room.observed.posted)


def _furnish(room: Room, what: Furnishing) -> Furnish | None:
    return Furnish(what=what, urgency=2 * room.rank) if what not in room.furnished.troubles else None


def _plain(record: Watch | Report | Freeze) -> Step | None:
    """A card and its thread. Who deletes what is over, or a digest, has read it."""
    if record.observed.posted is None:
        return _card(record) if record.is_open or not record.observed.cards else None
    return _of_card(record, record.observed.posted)


def _unroll(storm: Storm) -> Unroll | None:
    waiting = (key for key, caught in storm.caught.items() if not caught.unrolled)
    return next((Unroll(key=key, urgency=INNER) for key in waiting), None)


def _card(record: Shown) -> PostCard:
    mention: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    if isinstance(record, Incident) and record.is_open:
        untold = () if record.observed.cards else record.timeline  # the first card tells it all, with its pings
        mention = () if record.pinged else record.mention
        mention += tuple(name for entry in untold if entry.aloud for name in entry.mention)
        named = tuple(name for entry in untold if not entry.aloud for name in entry.mention if name not in mention)
    if isinstance(record, Freeze) and record.is_open and not record.observed.cards:
        named = tuple(name for entry in record.timeline for name in entry.mention)
    return PostCard(
        name=f"{record.id}/card/{record.observed.cards}",
        place=record.place,
        mention=tuple(dict.fromkeys(mention)),
        named=tuple(dict.fromkeys(named)),
        urgency=min(2 * record.rank, WORST_RANK) if record.is_open else CLOSED,
    )


def _of_card(record: Shown, posted: Posted) -> Step | None:
    entries = tuple(entry for entry in record.timeline if entry.visible and entry.seq > record.observed.replied)
    if isinstance(record, Watch | Report):
        entries = entries[:1]  # a checkpoint, or a section, is a message of its own
    if record.is_open and any(entry.aloud or entry.mention for entry in entries):
        return _reply(record, posted, entries, aloud=any(entry.aloud for entry in entries))
    if posted.revision != record.revision:
        return EditCard(posted=posted, urgency=EDIT)
    if record.observed.former:
        return EditStub(posted=record.observed.former[0], urgency=EDIT)
    if entries:
        return _reply(record, posted, entries, aloud=False)
    if not posted.detailed and isinstance(record, Incident | Watch):
        return PostDetails(name=f"{record.id}/details/{record.observed.cards}", posted=posted, urgency=DETAILS)
    return None


def _direct(incident: Incident) -> PostDirect | None:
    """The next direct message; one that waited too long, so that it is no longer true, is let go."""
    taken_at = incident.taken_at if incident.state is State.ACKNOWLEDGED else 0
    waiting = (entry for entry in incident.timeline if entry.to and entry.seq > incident.observed.directed)
    entry = next((entry for entry in waiting if entry.at >= taken_at), None)
    if entry is None or not incident.is_open:
        return None
    urgency = min(2 * incident.rank + 1, WORST_RANK)
    return PostDirect(name=f"{incident.id}/direct/{entry.seq}", entry=entry, urgency=urgency)


def _silence(incident: Incident) -> MakeSilence | EndSilence | None:
    """Last of all: Alertmanager may be away for long, and Slack must not wait for it."""
    for silence in incident.silences:
        if silence.token and silence.ending:
            return EndSilence(silence=silence, urgency=ELSEWHERE)
        if silence.token and not silence.id:
            return MakeSilence(silence=silence, urgency=ELSEWHERE)
    return None


def _reply(record: Shown, posted: Posted, entries: tuple[Entry, ...], *, aloud: bool) -> PostReply:
    names = tuple(dict.fromkeys(name for entry in entries for name in entry.mention))
    return PostReply(
        name=f"{record.id}/reply/{record.observed.cards}/{entries[0].seq}-{entries[-1].seq}",
        posted=posted,
        entries=entries,
        aloud=aloud,
        mention=names if record.is_open else (),
        urgency=min(2 * record.rank + 1, WORST_RANK) if record.is_open and (aloud or names) else QUIET,
    )


def _leaves(incident: Incident, posted: Posted) -> bool:
    """Once it is over it stays where it was, unless nothing can be changed there any more."""
    return incident.is_open or posted.place in incident.observed.refused


def _moved(incident: Incident, posted: Posted) -> bool:
    return posted.place != incident.place
