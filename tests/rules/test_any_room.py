"""Whatever happens to a war-room in whatever order: what must hold holds, and Slack comes to show all of it, once."""

from collections import Counter
from dataclasses import replace
from typing import Annotated, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import Field, TypeAdapter

from rules import furnishing, observing, room_drafts, room_marking, rooming
from rules.decide import decide
from rules.decision import Record
from rules.observed import Posted, Sending
from rules.projection import next_step
from rules.room import Furnishing, Milestone, Phase, Role, Room, key_of
from rules.room_times import ORDER
from rules.signal import Actor, Kind, Signal
from rules.steps import EditCard, EditStub, Furnish, LetGo, PostCard, PostReply, ReadMark, Step, TellNews
from tests.rules.situations import DAY, HOUR, MIN, NOW
from tests.rules.test_rooming import POLICY, facts

RECORD: TypeAdapter[Record] = TypeAdapter(Annotated[Record, Field(discriminator="kind")])
KEY, FALLBACK = key_of("K7F3Q2"), "#general"
ANA, BOB = Actor(id="UANA", name="Ana"), Actor(id="UBOB", name="Bob")
WORDS = st.sampled_from(["", "commander", "scribe", "resolved", "monitoring", "investigating", "P1", "x", "2027-01-31"])
LATER = st.sampled_from([0, 1, MIN, 6 * MIN, 31 * MIN, 2 * HOUR, 8 * DAY])
INCIDENTS = st.sampled_from(["alertmanager:a", "alertmanager:b", "declared:c"])
ACTS = st.tuples(
    st.just("act"), st.sampled_from([*rooming.ACTS, "open"]), st.sampled_from([ANA, BOB, None]), WORDS, INCIDENTS
)
TIMERS = st.tuples(
    st.just("timer"), st.sampled_from(["", "commander", "update", "clock", "archive", "retry", "postmortem", "x"])
)
HEARD = st.tuples(
    st.just("heard"), st.sampled_from(["open", "join", "news", "mark", "unmark", "x"]), INCIDENTS,
    st.sampled_from(["open", "acknowledged", "resolved"]), st.sampled_from(["", "yes"]),
)  # fmt: skip
SLACK = st.tuples(st.just("slack"), st.sampled_from(["does", "refuses", "all"]))
USUAL = st.sampled_from([
    ("act", "role", BOB, "commander", "alertmanager:a"), ("act", "role", ANA, "commander", "alertmanager:a"),
    ("act", "handover", BOB, "x", "alertmanager:a"), ("act", "status", ANA, "monitoring", "alertmanager:a"),
    ("act", "status", ANA, "resolved", "alertmanager:a"), ("act", "close", ANA, "", "alertmanager:a"),
    ("act", "open", ANA, "x", "alertmanager:a"), ("act", "update", ANA, "x", "alertmanager:a"),
    ("timer", "archive"), ("heard", "news", "alertmanager:a", "resolved", ""), ("slack", "all"),
])  # fmt: skip
HISTORY = st.lists(st.tuples(st.one_of(USUAL, ACTS, TIMERS, HEARD, SLACK), LATER), min_size=15, max_size=40)
LATE = {"archive", "retry", "postmortem"}
MOST = 500  # steps after which a room that still wants something never ends


class World:
    """One room, the time, and what Slack has of it."""

    def __init__(self) -> None:
        self.room: Room | None = None
        self.now, self.said_yes = NOW, set[str]()
        self.posted: Counter[str] = Counter()
        self.told: Counter[int] = Counter()
        self.done: Counter[str] = Counter()
        self.heard = 0

    def happens(self, what: tuple[Any, ...]) -> None:
        match what:
            case ("act", event, who, word, incident):
                own = {"role": word, "status": word, "severity": word, "why": word, "text": word, "due": word}
                given = {"who": "UBOB", "name": "Bob", "ts": "17.2" if word else "", **facts(incident), **own}
                if event == "role" and word == "commander" and who and who.id == given["who"]:
                    self.said_yes.add(who.id)
                self.takes(Signal(key=KEY, source="slack", kind=Kind.ACT, event=event, labels=given, actor=who))
            case ("timer", name):
                name = name or min(self.timers, key=lambda one: self.timers[one], default="")
                self.now = max(self.now, self.timers.get(name, 0) if len(name) % 2 else 0)
                self.takes(Signal(key=KEY, source="timer", kind=Kind.TIMER, event=name))
            case ("heard", event, incident, state, private):
                ended = str(self.now - MIN) if state == "resolved" else "0"
                labels = facts(incident, state=state, private=private, resolved_at=ended, taken_at=str(self.now))
                self.heard += 1
                self.takes(
                    Signal(key=KEY, source="sereno", kind=Kind.ROOM, event=event, id=f"Ev{self.heard}", labels=labels)
                )
            case ("slack", "all"):
                self.finish()
            case ("slack", how) if self.room:
                self.advance(refuses=how == "refuses")

    @property
    def timers(self) -> dict[str, int]:
        return dict(self.room.timers) if self.room else {}

    def takes(self, signal: Signal) -> None:
        decision = decide(signal, self.room, POLICY, self.now)
        assert decision.changed or decision.record == self.room
        if isinstance(decision.record, Room):
            assert self.room is None or decision.record.revision >= self.room.revision
            self.room = decision.record

    def finish(self) -> None:
        for _ in range(MOST):
            if self.room is None or next_step(self.room) is None:
                return
            self.advance()
        raise AssertionError(f"it never ends: {next_step(self.room) if self.room else None}")

    def advance(self, *, refuses: bool = False) -> None:
        """One step as the reconciler does it."""
        room = self.room
        step = next_step(room) if room else None
        if room is None or step is None:
            return
        if isinstance(step, Furnish) and refuses:
            self.room = furnishing.failed(room, step.what, "no", FALLBACK, self.now)
            return
        if isinstance(step, ReadMark):
            assert not room.furnished.archived, "a mark is read while its message is there"
            self.room = room_marking.read(room, step.mark)
            return
        after = self.furnish(room, step.what) if isinstance(step, Furnish) else self.tell(room, step)
        assert isinstance(after, Room)
        assert after != room, step
        self.room = after

    def furnish(self, room: Room, what: Furnishing) -> Room:
        assert not room.furnished.archived, "nothing is done to it any more"
        self.done[what] += 1
        seen = room.furnished
        match what:
            case Furnishing.CHANNEL:
                return furnishing.made(room, room.base, "C1", self.now)
            case Furnishing.INVITE:
                fresh = replace(seen, invited=room.invite)
            case Furnishing.PURPOSE:
                fresh = replace(seen, purpose=True)
            case Furnishing.TOPIC:
                fresh = replace(seen, topic=furnishing.topic(room))
            case Furnishing.PIN:
                assert room.observed.posted
                fresh = replace(seen, pinned=room.observed.posted.ts)
            case Furnishing.BOOKMARKS:
                fresh = replace(seen, bookmarks=tuple(link.url for link in room.links))
            case Furnishing.EXPORT:
                fresh = replace(seen, exported="F1")
            case Furnishing.ARCHIVE:
                fresh = replace(seen, archived=True)
            case Furnishing.POSTMORTEM:
                assert room.postmortem
                return room_drafts.filed(room, room.postmortem.wanted, "F2")
        return replace(room, furnished=fresh)

    def tell(self, room: Room, step: Step) -> Record:
        match step:
            case PostCard() | PostReply():
                return self.post(room, step)
            case EditCard():
                assert not room.furnished.archived
                return observing.edited(room, room.revision)
            case EditStub(posted=former):
                return observing.stubbed(room, former)
            case TellNews(listener=listener):
                return replace(room, told={**room.told, listener: room.latest})
            case LetGo():
                return replace(room, let_go_at=room.closed_at)
            case other:
                raise AssertionError(f"a room has no such step: {other}")

    def post(self, room: Room, step: PostCard | PostReply) -> Record:
        place = step.place if isinstance(step, PostCard) else step.posted.place
        channel = "C1" if room.furnished.channel and place == room.place else "C0"
        self.posted[step.name] += 1
        if isinstance(step, PostReply):
            self.told.update(entry.seq for entry in step.entries)
        mark = Sending(step=step.name, channel=channel, place=place, at=self.now)
        marked = observing.sending(room, mark)
        assert marked.observed.sending
        return observing.sent(marked, marked.observed.sending, channel, f"{sum(self.posted.values())}.0")


def holds(world: World) -> None:
    room = world.room
    if room is None:
        return
    assert RECORD.validate_json(RECORD.dump_json(room)) == room
    assert room.commander is None or room.commander.id in world.said_yes
    assert all(holder.agreed for role, holder in room.roles.items() if role is not Role.COMMANDER)
    assert room.is_open or set(room.timers) <= LATE
    assert room.phase is not Phase.ARCHIVED or "archive" not in room.timers
    assert all(seq <= room.latest for seq in room.told.values())
    moments = room.moments
    for sooner, later in ((Milestone.DETECTED, Milestone.ROOM), (Milestone.ROOM, Milestone.COMMANDER),
                          (Milestone.MITIGATED, Milestone.RESOLVED)):  # fmt: skip
        assert sooner not in moments or later not in moments or moments[sooner] <= moments[later], (sooner, moments)
    assert set(moments) <= set(ORDER)
    assert len(furnishing.topic(room)) > 0
    assert [line.at for line in room.lines] == sorted(line.at for line in room.lines)
    assert room.announce in ("", "#status")
    assert not (room.private and room.announce)
    assert not (room.private and room.place == FALLBACK), "what few may see stands where all read"


@settings(deadline=None, derandomize=True, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(HISTORY, st.sampled_from(["", "", "yes"]))
def test_any_history_of_a_room(history: list[tuple[tuple[Any, ...], int]], private: str) -> None:
    world = World()
    world.happens(("heard", "open", "alertmanager:a", "open", private))
    for what, later in history:
        world.now += later
        world.happens(what)
        holds(world)
    world.finish()
    holds(world)
    assert set(world.posted.values()) <= {1}
    assert set(world.told.values()) <= {1}, "each line once"
    room, seen = world.room, world.room.furnished if world.room else None
    assert room
    assert seen
    assert world.done[Furnishing.CHANNEL] <= 1
    assert world.done[Furnishing.ARCHIVE] <= 1
    if room.is_open and not seen.troubles:
        posted = room.observed.posted
        assert isinstance(posted, Posted)
        assert (posted.place, posted.revision, seen.pinned) == (room.place, room.revision, posted.ts)
        assert set(room.invite) <= set(seen.invited)
        assert {entry.seq for entry in room.timeline if entry.visible} <= set(world.told)
        assert all(room.told[name] == room.latest for name in room.listeners)
