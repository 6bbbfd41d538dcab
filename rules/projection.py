"""The next thing that Slack still lacks of a record: the difference between what is wanted and what was observed."""

from itertools import accumulate

from rules import furnishing
from rules.attaching import untold
from rules.bulletin import Bulletin
from rules.decision import Record, Shown
from rules.deployment import Deployment
from rules.freeze import Freeze
from rules.incident import Incident, State
from rules.observed import Entry, Posted
from rules.report import Report
from rules.rollback import Phase as Rolling
from rules.rollback import Rollback, Sent
from rules.room import Furnishing, Room
from rules.standing import Standing
from rules.steps import (
    CLOSED,
    DETAILS,
    EDIT,
    ELSEWHERE,
    INNER,
    QUIET,
    WORST_RANK,
    AnswerGitHub,
    DecideWatch,
    EditCard,
    EditStub,
    EndSilence,
    Furnish,
    Introduce,
    LetGo,
    Look,
    MakeSilence,
    PostCard,
    PostDetails,
    PostDirect,
    PostReply,
    Publish,
    ReadMark,
    RelayLine,
    StartRollback,
    Step,
    TellCheck,
    TellNews,
    TellReleases,
    TellRoom,
    TellStorm,
    Unroll,
)
from rules.storm import Storm
from rules.watch import Phase, Watch

LINE, MESSAGE = 120, 2400  # characters: of our own words in a line, of what is said in one message


def next_step(record: Record) -> Step | None:
    """The most important step that is missing; None when Slack shows all there is."""
    if isinstance(record, Standing):
        return None
    if isinstance(record, Deployment):
        return AnswerGitHub(urgency=ELSEWHERE) if record.is_open else None
    if isinstance(record, Rollback) and _starts_now(record):
        return StartRollback(urgency=ELSEWHERE)  # before what Slack lacks: it may be away for long
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
    if isinstance(record, Freeze) and (entry := record.untold):
        return RelayLine(entry=entry, urgency=INNER)
    if isinstance(record, Freeze):
        return _plain(record) or (TellReleases(urgency=INNER) if record.heard != record.stands else None)
    if isinstance(record, Report | Bulletin):
        return _plain(record)
    if isinstance(record, Room):
        return _of_room(record)
    if isinstance(record, Rollback):
        return _of_rollback(record)
    step = _of_incident(record)
    if _wants_room(record) and not isinstance(step, PostCard):
        return TellRoom(urgency=min(2 * record.rank, WORST_RANK))  # people come from the card
    if step is None or step.urgency > EDIT:
        step = _direct(record) or (TellRoom(urgency=INNER) if untold(record) else None) or step
    return step or _silence(record)


def _wants_room(incident: Incident) -> bool:
    """Whether the policy opens a war-room for it, and has not yet."""
    return incident.room is not None and not incident.room.told and not incident.room.is_open and incident.is_open


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
    """Who has to know at once; the channel; what people see; what else belongs into it; the end."""
    if room.own and room.own not in room.told:
        return TellNews(listener=room.own, urgency=min(2 * room.rank, WORST_RANK))
    what, posted, seen = furnishing.first(room), room.observed.posted, room.furnished
    if what is Furnishing.CHANNEL:
        return Furnish(what=what, urgency=min(2 * room.rank, WORST_RANK))
    if room.is_open and room.place and (posted is None or posted.place != room.place):
        return _card(room)
    for listener in room.listeners:
        if room.told.get(listener, 0) < room.latest:
            return TellNews(listener=listener, urgency=INNER)
    if room.let_go_at < room.closed_at:
        return LetGo(urgency=INNER)
    is_gone = posted is None or (seen.archived and posted.channel == seen.channel)
    step = None if is_gone or posted is None or posted.place in room.observed.refused else _of_card(room, posted)
    is_first = isinstance(step, EditCard) or (isinstance(step, PostReply) and step.urgency <= WORST_RANK)
    if what and not is_first:  # what people say and see does not wait for it
        return Furnish(what=what, urgency=CLOSED if what is Furnishing.INVITE else QUIET)
    return step or _direct(room) or _afterwards(room)


def _afterwards(room: Room) -> Step | None:
    """What nobody waits for: a draft of its postmortem, what was marked, the channel's end; what is not for Slack."""
    if furnishing.lacks_draft(room):
        return Furnish(what=Furnishing.POSTMORTEM, urgency=EDIT)
    if room.marks:
        return ReadMark(mark=room.marks[0], urgency=QUIET)
    if final := furnishing.last(room):
        return Furnish(what=final, urgency=QUIET)
    return Publish(urgency=ELSEWHERE) if room.postmortem and room.postmortem.is_unpublished else None


def _starts_now(rollback: Rollback) -> bool:
    """Whether GitHub was not asked yet. Asked in vain, it is asked again when nothing else is left to do."""
    call = rollback.call
    return rollback.phase is Rolling.BEGUN and call is not None and call.state is Sent.WANTED and not call.why


def _of_rollback(rollback: Rollback) -> Step | None:
    """First what other records have to know of it: it is decided, whatever comes after."""
    if rollback.begun_at and not rollback.decided:
        return DecideWatch(urgency=INNER)
    if entry := rollback.untold:
        return RelayLine(entry=entry, urgency=INNER)
    if step := _plain(rollback):
        return step
    state = rollback.call.state if rollback.call else None
    is_wanted = state is Sent.WANTED and rollback.phase is Rolling.BEGUN
    return StartRollback(urgency=ELSEWHERE) if is_wanted or state is Sent.SENDING else None


def _plain(record: Watch | Report | Freeze | Bulletin | Rollback) -> Step | None:
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
    if isinstance(record, Freeze | Rollback) and record.is_open and not record.observed.cards:
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
    entries = _fitting(entries)
    if (record.is_open or isinstance(record, Room)) and any(entry.aloud or entry.mention for entry in entries):
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


def _fitting(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """As many of them as go into one message, as far as can be told before it is drawn; the rest are the next one."""
    sizes = accumulate(LINE + sum(len(str(value)) for value in entry.text.values.values()) for entry in entries)
    return entries[: max(1, sum(size <= MESSAGE for size in sizes))]


def _direct(record: Incident | Room) -> PostDirect | None:
    """The next direct message; one that waited too long, so that it is no longer true, is let go."""
    taken_at = record.taken_at if isinstance(record, Incident) and record.state is State.ACKNOWLEDGED else 0
    waiting = (entry for entry in record.timeline if entry.to and entry.seq > record.observed.directed)
    entry = next((entry for entry in waiting if entry.at >= taken_at), None)
    if entry is None or not record.is_open:
        return None
    urgency = min(2 * record.rank + 1, WORST_RANK)
    return PostDirect(name=f"{record.id}/direct/{entry.seq}", entry=entry, urgency=urgency)


def _silence(incident: Incident) -> MakeSilence | EndSilence | None:
    """Last of all: Alertmanager may be away for long, and Slack must not wait for it."""
    for silence in incident.silences:
        if silence.token and silence.ending:
            return EndSilence(silence=silence, urgency=ELSEWHERE)
        if silence.token and not silence.id:
            return MakeSilence(silence=silence, urgency=ELSEWHERE)
    return None


def _reply(record: Shown, posted: Posted, entries: tuple[Entry, ...], *, aloud: bool) -> PostReply:
    names = tuple(dict.fromkeys(name for entry in entries if _calls(record, entry) for name in entry.mention))
    return PostReply(
        name=f"{record.id}/reply/{record.observed.cards}/{entries[0].seq}-{entries[-1].seq}",
        posted=posted,
        entries=entries,
        aloud=aloud,
        mention=names,
        urgency=min(2 * record.rank + 1, WORST_RANK) if record.is_open and (aloud or names) else QUIET,
    )


def _calls(record: Shown, entry: Entry) -> bool:
    """Whether those whom a line names are called: of what is over nobody, but for what a closed war-room still owes."""
    return record.is_open or (isinstance(record, Room) and entry.at >= record.closed_at > 0)


def _leaves(incident: Incident, posted: Posted) -> bool:
    """Once it is over it stays where it was, unless nothing can be changed there any more."""
    return incident.is_open or posted.place in incident.observed.refused


def _moved(incident: Incident, posted: Posted) -> bool:
    return posted.place != incident.place
