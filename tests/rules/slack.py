"""A Slack in memory that does a record's steps the way the reconciler does, and remembers what people saw."""

from dataclasses import dataclass, field, replace

from rules import observing
from rules.decision import Record
from rules.freeze import Freeze
from rules.incident import Incident
from rules.observed import Posted, Sending
from rules.projection import next_step
from rules.steps import EditCard, EditStub, PostCard, PostDetails, PostReply, Step, TellReleases, TellStorm, Unroll

FALLBACK = "#general"
MOST = 500  # steps after which a record that still wants something never ends


@dataclass(kw_only=True)
class Message:
    """What stands in a channel or a thread. `told`: the timeline entries that it tells."""

    step: str
    ts: str
    place: str
    thread: str
    mention: tuple[str, ...]
    aloud: bool
    peak: str
    told: set[int]
    revision: int
    stub: bool = False
    deleted: bool = False


@dataclass(kw_only=True)
class Fate:
    """What befalls the next message: `lost` answer (arrived or not), a crash after the mark, a refusal."""

    arrives: bool = True
    answers: bool = True


@dataclass
class Slack:
    """`messages` in the order of their arrival; `sent` names the steps that arrived."""

    messages: list[Message] = field(default_factory=list)
    refusing: set[str] = field(default_factory=set)
    fate: Fate = field(default_factory=Fate)

    @property
    def cards(self) -> list[Message]:
        """Root messages that are there and are not stubs."""
        return [m for m in self.messages if not m.thread and not m.stub and not m.deleted]

    def advance(self, record: Record, now: int) -> Record:
        """One step, or one look for a message that may have arrived."""
        if mark := record.observed.sending:
            return self._look(record, mark)
        match next_step(record):
            case PostCard() | PostDetails() | PostReply() as step:
                return self._post(record, step, now)
            case EditCard(posted=posted):
                return self._edit(record, posted)
            case EditStub(posted=posted):
                self.find(posted.ts).stub = True
                return observing.stubbed(record, posted)
            case TellStorm():
                return observing.storm_told(record, record.revision, "storm")
            case Unroll(key=key):
                return observing.unrolled(record, key)
            case TellReleases() if isinstance(record, Freeze):
                return observing.freeze_told(record, record.stands)
            case None:
                return record

    def finish(self, record: Record, now: int) -> Record:
        """All steps until nothing is missing."""
        for _ in range(MOST):
            if record.observed.sending is None and next_step(record) is None:
                return record
            record = self.advance(record, now)
        raise AssertionError(f"it never ends: {next_step(record)}")

    def find(self, ts: str) -> Message:
        """The message with this ts."""
        return next(m for m in self.messages if m.ts == ts)

    def _post(self, record: Record, step: PostCard | PostDetails | PostReply, now: int) -> Record:
        place = step.place if isinstance(step, PostCard) else step.posted.place
        thread = "" if isinstance(step, PostCard) else step.posted.ts
        pings = not isinstance(step, PostDetails) and bool(step.mention)
        mark = Sending(step=step.name, channel=place, place=place, at=now, thread_ts=thread, pings=pings)
        marked = observing.sending(record, mark)
        mark = marked.observed.sending or mark
        if place in self.refusing:
            return observing.place_refused(marked, place, "is_archived", FALLBACK)
        if thread and self.find(thread).deleted:
            return observing.card_lost(marked, 0)
        fate, self.fate = self.fate, Fate()
        ts = f"{len(self.messages)}.0"
        if fate.arrives:
            self.messages.append(_message(marked, step, mark, ts))
        return observing.sent(marked, mark, place, ts) if fate.arrives and fate.answers else marked

    def _look(self, record: Record, mark: Sending) -> Record:
        found = [m for m in self.messages if m.step == mark.step and not m.deleted]
        return observing.sent(record, mark, mark.channel, found[0].ts) if found else observing.not_sent(record)

    def _edit(self, record: Record, posted: Posted) -> Record:
        message = self.find(posted.ts)
        if posted.place in self.refusing:
            return observing.place_refused(record, posted.place, "is_archived", FALLBACK)
        if message.deleted:
            return observing.card_lost(record, 0)
        message.revision = record.revision
        return observing.edited(record, record.revision)


def _message(record: Record, step: Step, mark: Sending, ts: str) -> Message:
    seen = record.observed
    untold = {entry.seq for entry in record.timeline if entry.visible and entry.seq > seen.replied}
    told: set[int] = set()
    mention: tuple[str, ...] = ()
    if isinstance(step, PostCard):
        told, mention = (set() if seen.cards else untold), step.mention
    elif isinstance(step, PostReply):
        told, mention = {entry.seq for entry in step.entries}, step.mention
    return Message(
        step=mark.step,
        ts=ts,
        place=mark.place,
        thread=mark.thread_ts,
        mention=mention,
        aloud=isinstance(step, PostReply) and step.aloud,
        peak=record.peak if isinstance(record, Incident) else "",
        told=told,
        revision=record.revision,
    )


def hushed(record: Record, now: int) -> Record:
    """What bot/gates.py does when the channel has had its pings."""
    return replace(observing.unpinged(record, now + 1, 6, now))
