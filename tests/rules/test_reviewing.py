"""A postmortem is owed, drafted, reminded of, passed on and done; what to look at in it; what else tells of it."""

from dataclasses import replace
from datetime import datetime, time
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards.markdown import JOINER, inert, unheard
from bot.cards.plain import plain
from bot.cards.postmortem import ISSUE_MAX, comment, issue
from rules import furnishing, incident_table, room_drafts, room_times, telling
from rules.decide import decide
from rules.digests import owed
from rules.digests.facts import Facts
from rules.hushing import end_of_day
from rules.incident import Incident, State
from rules.policy_file import load
from rules.projection import next_step
from rules.proofreading import remarks
from rules.reason import Reason
from rules.room import Furnished, Furnishing, Milestone, Phase, Role, Room, Task, key_of
from rules.room_postmortem import Postmortem
from rules.room_reviewing import WAITS_MS
from rules.signal import Actor, Kind, Signal
from rules.steps import ELSEWHERE, Furnish, Publish
from rules.summary import Part
from rules.text import Text
from tests.rules.digests import period
from tests.rules.situations import DAY, HOUR, MIN, NOW
from tests.rules.test_postmortem import incident, part, room, written

TEXT = """
channels: {fallback: "#general"}
severities: {P0: {}, P1: {}}
war_room: {archive_after: 1d, postmortem_within: 5d, PUBLISH}
"""
POLICY = load(TEXT.replace("PUBLISH", "publish: {repository: acme/ops, labels: [postmortem]}"), "policy.yaml")
PULLS = load(TEXT.replace("PUBLISH", "publish: {repository: acme/ops, as: pull_request}"), "policy.yaml")
SPAIN = load("timezone: Europe/Madrid\n" + TEXT.replace("PUBLISH", ""), "policy.yaml")
NOWHERE = load(TEXT.replace(", PUBLISH", ""), "policy.yaml")
ANA, BOB = Actor(id="UANA", name="Ana"), Actor(id="UBOB", name="Bob")
KEY = key_of("one")


class Story:
    """One room and the time."""

    def __init__(self, severity: str = "P0", private: str = "") -> None:
        self.policy, self.now = POLICY, NOW
        self.room: Room | None = None
        assert self.does("open", title="DB down", severity=severity, private=private) is Reason.ROOM_OPENED

    def does(self, event: str, by: Actor | None = ANA, *, later: int = MIN, **labels: str) -> Reason:
        self.now += later
        return self.takes(Signal(key=KEY, source="slack", kind=Kind.ACT, event=event, labels=labels, actor=by))

    def rings(self, name: str, *, at: int) -> Reason:
        self.now = at
        return self.takes(Signal(key=KEY, source="timer", kind=Kind.TIMER, event=name))

    def takes(self, signal: Signal) -> Reason:
        decision = decide(signal, self.room, self.policy, self.now)
        assert decision.record is None or isinstance(decision.record, Room)
        self.room = decision.record or self.room
        return decision.reason

    @property
    def it(self) -> Room:
        assert self.room is not None
        return self.room

    @property
    def owed(self) -> Postmortem:
        assert self.it.postmortem is not None
        return self.it.postmortem


def closed(severity: str = "P0", by: Actor = ANA) -> Story:
    story = Story(severity)
    story.does("role", BOB, role=Role.COMMANDER)
    assert story.does("close", by) is Reason.ROOM_CLOSED
    return story


def test_the_worst_owe_one_and_whoever_commanded_owes_it() -> None:
    story = closed()
    assert (story.owed.owner, story.owed.due, story.owed.wanted) == ("Bob", end_of_day(POLICY, story.now + 5 * DAY), 0)
    assert story.it.timeline[-1].mention == ("user:UBOB",)
    assert closed("P1").it.postmortem is None
    alone = Story()
    alone.does("close")
    assert alone.owed.owner == "Ana", "without a commander whoever closed it"


def test_the_channel_waits_for_it() -> None:
    story = closed()
    assert story.it.timers["archive"] == story.owed.due + WAITS_MS
    assert closed("P1").it.timers == {"archive": story.now + DAY}
    assert story.does("postmortem_done") is Reason.POSTMORTEM_DONE
    assert story.it.timers == {"archive": story.it.closed_at + DAY}
    late = closed()
    late.does("postmortem_done", later=6 * DAY)
    assert late.it.timers == {"archive": late.now}


def test_its_owner_is_reminded_while_the_channel_is_there() -> None:
    story = closed()
    reminded = []
    while "postmortem" in story.it.timers:
        assert story.rings("postmortem", at=story.it.timers["postmortem"]) is Reason.REMINDED
        assert story.it.timeline[-1].mention == ("user:UBOB",)
        reminded.append(story.now - story.owed.due)
    assert reminded == [0, 2 * DAY, 5 * DAY], "on Wednesday, on Friday, on Monday"
    assert story.rings("archive", at=story.it.timers["archive"]) is Reason.ROOM_ARCHIVED
    assert story.does("postmortem") is Reason.NOT_OPEN
    assert story.does("postmortem_owner", who="UANA", name="Ana") is Reason.POSTMORTEM_GIVEN
    assert story.does("postmortem_done") is Reason.POSTMORTEM_DONE, "in an archived room, too"
    assert story.owed.done_by == "Ana"


@pytest.mark.parametrize("hours", range(0, 8 * 24, 5))
def test_it_is_due_and_asked_for_as_a_working_day_ends(hours: int) -> None:
    story = Story()
    story.policy = SPAIN
    story.does("close", later=hours * HOUR)
    asked = [story.owed.due]
    while due := story.it.timers.get("postmortem"):
        story.rings("postmortem", at=due + 7 * MIN)  # nobody looked at once
        asked.append(due)
    late = Story()
    late.policy = SPAIN
    late.does("close", later=hours * HOUR)
    late.does("postmortem_done")
    late.does("open", later=9 * DAY)
    late.does("close")
    asked.append(late.it.timers["postmortem"])
    local = [datetime.fromtimestamp(at / 1000, SPAIN.zone) for at in asked]
    assert {at.time() for at in local} == {time(18)}
    assert {at.weekday() for at in local} <= {0, 1, 2, 3, 4}
    assert asked[1] == story.owed.due
    assert all(DAY < later - sooner <= 4 * DAY for sooner, later in pairwise(asked[1:-1])), "not each day, either"


def test_what_is_done_is_done_once_and_what_is_not_owed_cannot_be() -> None:
    story = closed("P1")
    assert story.does("postmortem_done") is Reason.NOT_OWED
    assert story.does("postmortem_owner", who="UBOB", name="Bob") is Reason.POSTMORTEM_GIVEN
    assert story.does("postmortem_owner", who="UBOB", name="Bob") is Reason.ALREADY
    assert story.it.invite[-1] == "user:UBOB"
    assert story.does("postmortem_done") is Reason.POSTMORTEM_DONE
    assert story.does("postmortem_done") is Reason.ALREADY
    assert story.does("postmortem_owner") is Reason.ALREADY
    assert "postmortem" not in story.it.timers
    assert story.does("postmortem_done", None) is Reason.NOT_ALLOWED


def test_one_draft_after_the_other() -> None:
    story = closed()
    assert story.does("postmortem", BOB) is Reason.POSTMORTEM_ASKED
    assert story.does("postmortem") is Reason.ALREADY, "one is on its way"
    story.room = room_drafts.filed(story.it, 1, "F1")
    assert story.does("postmortem") is Reason.POSTMORTEM_ASKED
    assert (story.owed.wanted, story.owed.filed, story.owed.asked_at) == (2, 1, story.now)


def test_an_open_room_has_a_draft_too() -> None:
    story = Story()
    assert story.does("postmortem") is Reason.POSTMORTEM_ASKED
    story.does("close", later=DAY)
    assert story.owed.due == end_of_day(POLICY, story.now + 5 * DAY), "it counts from the end"


def test_what_was_done_is_owed_again_when_it_comes_back() -> None:
    story = closed()
    story.does("postmortem_done")
    assert story.does("open") is Reason.ROOM_OPENED
    assert "postmortem" not in story.it.timers
    story.does("close", later=HOUR)
    assert story.owed.is_owed
    assert story.it.timers["postmortem"] == story.owed.due


def test_github_gets_it_where_the_policy_says_and_never_what_few_may_see() -> None:
    story = closed()
    story.does("postmortem")
    assert story.owed.where is not None
    assert (story.owed.where.repository, story.owed.where.is_pull) == ("acme/ops", False)
    story.room = room_drafts.published(
        room_drafts.filed(story.it, 1, "F1"), 1, 7, "https://github.com/acme/ops/issues/7"
    )
    story.policy = PULLS
    story.does("postmortem")
    assert (story.owed.number, story.owed.url, story.owed.published) == (0, "", 0), "an issue is no pull request"
    story.room = room_drafts.filed(story.it, 2, "F2")
    story.policy = NOWHERE
    story.does("postmortem")
    assert story.owed.where is None
    hidden = Story(private="yes")
    hidden.does("postmortem")
    assert hidden.owed.where is None


def test_slack_comes_first_and_does_not_wait_for_github() -> None:
    story = closed()
    story.does("postmortem")
    quiet = replace(
        story.it,
        let_go_at=story.it.closed_at,
        furnished=Furnished(channel="C1", topic=furnishing.topic(story.it)),
    )
    assert next_step(quiet) == Furnish(what=Furnishing.POSTMORTEM, urgency=10)
    filed = room_drafts.filed(quiet, 1, "F1")
    assert next_step(filed) == Publish(urgency=ELSEWHERE)
    assert next_step(room_drafts.troubled(filed, "no", 403, refused=True)) is None
    waiting = room_drafts.troubled(filed, "http_503", refused=False)
    assert next_step(waiting) == Publish(urgency=ELSEWHERE)
    assert room_drafts.troubled(waiting, "http_503", refused=False) is waiting, "said once"
    assert next_step(room_drafts.published(waiting, 1, 7, "https://x")) is None
    archived = replace(filed, phase=Phase.ARCHIVED)
    archived = replace(archived, furnished=replace(archived.furnished, topic=furnishing.topic(archived)))
    assert next_step(archived) == Furnish(what=Furnishing.EXPORT, urgency=11)


def test_githubs_no_is_asked_again_by_a_person() -> None:
    story = closed()
    assert story.does("retry") is Reason.ALREADY
    story.does("postmortem")
    story.room = room_drafts.troubled(story.it, "no", 403, refused=True)
    assert story.does("retry") is Reason.RETRIED
    assert story.owed.is_unpublished


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["postmortem", "postmortem_owner", "postmortem_done", "close", "open", "retry", "note",
                             "ring", "filed", "published", "refused"]),
            st.sampled_from([ANA, BOB]),
            st.sampled_from([MIN, HOUR, 3 * DAY]),
        ), max_size=30,
    ), st.sampled_from(["P0", "P1"]),
)  # fmt: skip
def test_whatever_happens(acts: list[tuple[str, Actor, int]], severity: str) -> None:
    story = Story(severity)
    for event, who, later in acts:
        before = story.it
        match event:
            case "ring":
                name, at = min(story.it.timers.items(), key=lambda pair: pair[1], default=("", 0))
                if name:
                    story.rings(name, at=max(at, story.now))
            case "filed":
                story.room = room_drafts.filed(story.it, story.owed.wanted, "F") if before.postmortem else before
            case "published":
                story.room = (
                    room_drafts.published(before, story.owed.wanted, 7, "https://x") if before.postmortem else before
                )
            case "refused":
                story.room = room_drafts.troubled(before, "no", 403, refused=True)
            case _:
                story.does(event, who, later=later, text="x", who=who.id, name=who.name)
        if story.it.id == before.id:
            _must_hold(before, story.it)


def _must_hold(before: Room, now: Room) -> None:
    owed = now.postmortem
    assert owed or not before.postmortem, "what is known of it is never lost"
    if owed is None:
        return
    assert max(owed.filed, owed.published) <= owed.wanted
    if before.postmortem:
        assert 0 <= owed.wanted - before.postmortem.wanted <= 1
    if now.phase is Phase.CLOSED:
        assert now.timers["archive"] >= now.closed_at + DAY
        assert not owed.is_owed or now.timers["archive"] >= owed.due + WAITS_MS
    if not owed.is_owed:
        assert "postmortem" not in now.timers


# --- what to look at ---


def said(one: Room, *lines: str) -> list[str]:
    return [plain(text) for text in remarks(one, lines)]


def test_what_is_missing_is_named() -> None:
    tasks = (Task(what="a"), Task(what="b", owner="Ana"), Task(what="c", owner="Ana", due="2027-01-20"))
    assert said(room())[0] == "Missing: the impact, the cause, the fix, corrective actions."
    assert (
        said(room(impact="x", cause="x", fix="x", tasks=tasks))[0]
        == "Missing: the owner of 1 action, the days of 2 actions."
    )
    assert said(room(impact="x", cause="x", fix="x", tasks=tasks[2:])) == [
        "No word in it blames anybody, as far as I can tell."
    ]


def test_actions_that_nobody_owns_are_named_above_the_file() -> None:
    tasks = [Task(what=f"a{number} *now*") for number in range(11)]
    one = room(impact="x", cause="x", fix="x", tasks=(*tasks, Task(what="b", owner="Ana"), Task(what="c" * 90)))
    named = ", ".join(f"“a{number} *now*”" for number in range(10))
    assert said(one)[1] == f"Nobody owns yet: {named}, … and 2 more."
    owned = replace(one, tasks=(Task(what="b", owner="Ana"), Task(what="c" * 90)))
    assert said(owned)[:2] == [
        "Missing: the owner of 1 action, the days of 2 actions.", f"Nobody owns yet: “{'c' * 79}…”.",
    ]  # fmt: skip
    owed = Postmortem(owner="Ana", owner_id="UANA", due=NOW, wanted=1)
    assert "Nobody owns yet: “a0 ∗now∗”" in comment(one, owed, written(one))


def test_times_in_the_wrong_order_are_named_and_not_counted() -> None:
    moments = {Milestone.STARTED: NOW + HOUR, Milestone.DETECTED: NOW, Milestone.RESOLVED: NOW + 2 * HOUR}
    assert any(line.startswith("⚠️ These times cannot be right: detected (") for line in said(room(moments=moments)))
    assert room_times.times(moments) == room_times.Times(ttr=HOUR)


def test_words_that_blame_are_shown_where_they_stand() -> None:
    found = said(room(), "# Title", "- Bob forgot the flag", "- fue un error humano", *["- he was careless"] * 20)
    assert found[1:3] == [
        "Words that blame, and what to write instead:",
        "• line 2, “forgot”: Say which step was left out, and what could have reminded people of it.",
    ]
    assert found[3].startswith("• line 3, “error humano”: Say what made the slip possible: ")
    assert found[-1] == "… and 12 more"


def test_what_others_tell_a_room_is_part_of_its_story() -> None:
    story = Story()
    text = Text.of("{who} and {second} roll {release} back.", who="Ana", second="Bob", release="v1.1.1")
    story.takes(Signal(key=KEY, source="sereno", kind=Kind.ROOM, event="news", text=text))
    assert "an engineer and another engineer roll v1.1.1 back." in written(story.it)


# --- what becomes of it elsewhere ---


def facts(*rooms: Room, **more: Any) -> Facts:
    return Facts(digest="weekly", period=period(), rooms=rooms, **more)


def timeline(story: Story, *incidents: Incident) -> list[str]:
    """What each line of it says, without its time."""
    told = part(written(story.it, *incidents, zone=ZoneInfo("UTC")), "Timeline").splitlines()
    return [line.partition(": ")[2] for line in told]


def test_a_line_names_the_role_that_somebody_had_when_it_was_said() -> None:
    story = Story()
    story.does("note", text="one")
    story.does("role", role=Role.COMMANDER)
    story.does("role", role=Role.SCRIBE)
    story.does("note", text="two, <@UANA>")
    story.does("handover", who="UBOB", name="Bob")
    story.does("note", text="three, ana")
    story.does("note", BOB, text="four")
    story.does("role", BOB, role=Role.COMMANDER)
    story.does("note", text="five, Bob")
    story.does("role", Actor(id="UEVA", name="Eva"), role=Role.SCRIBE)
    story.does("role", Actor(id="UEVA", name="Eva"), role=Role.COMMANDER)
    story.does("note", BOB, text="six, Ana, Eva")
    assert [line for line in timeline(story) if not line.endswith(".")] == [
        "an engineer: one",
        "the incident commander: two, the incident commander",
        "the incident commander: three, the incident commander",
        "the scribe: four",
        "an engineer: five, the incident commander",
        "another engineer: six, an engineer, the incident commander",
    ]
    assert "an engineer takes command: the incident commander from now on." in timeline(story)
    assert "engineer 3 takes a role: the scribe from now on." in timeline(story)
    assert "the scribe takes command: the incident commander from now on." in timeline(story)


def test_a_severity_is_told_once_wherever_else_it_was_said() -> None:
    story = Story("P1")
    declared = incident(key="declared:x", severity="P1", peak="P1")
    story.room = replace(story.it, own=declared.key, incidents=(declared.key, "one"))
    story.does("severity", severity="P0", why="all of them")
    story.does("update", text="Failing over.")
    worse = declared.say(story.now, telling.worse(replace(declared, severity="P0"), declared))
    other = incident().say(NOW, telling.worse(incident(), incident(peak="P1")))
    for one in story.it.news:
        worse, other = worse.say(story.now + MIN, one.text), other.say(story.now + MIN, one.text)
    told = timeline(story, worse, other)
    assert [line for line in told if "now, was" in line] == [
        "9XQ2: Worse: P0 now, was P1.", "an engineer: P0 now, was P1: all of them",
    ]  # fmt: skip
    assert sum("Failing over." in line for line in told) == 1


def test_what_is_owed_stands_in_the_digest_until_it_is_done() -> None:
    due = period().due_at
    one = room(postmortem=Postmortem(owner="Ana", owner_id="U1", due=due + DAY))
    two = replace(one, key="room:two", id="TWO", postmortem=Postmortem(owner="Bob", owner_id="U2", due=due - DAY))
    three = replace(one, key="room:three", postmortem=replace(one.postmortem, done_at=due) if one.postmortem else None)
    told = [plain(text) for text in owed.lines(facts(one, two, three, room()), POLICY)]
    assert [line.partition(",")[0] for line in told] == [
        "📝 Bob owes the postmortem of TWO Database down", "📝 Ana owes the postmortem of 7F3K Database down",
    ]  # fmt: skip
    assert told[0].endswith(": overdue")
    [hidden] = owed.lines(facts(replace(one, private=True)), POLICY)
    assert "Database" not in plain(hidden)
    assert len(list(owed.lines(facts(*[one] * 8), POLICY))) == 6


def test_an_incident_without_a_room_owes_one_in_its_week() -> None:
    ended = incident(resolved_at=period().since + HOUR, opened_at=period().since, state=State.RESOLVED)
    assert [plain(text) for text in owed.lines(facts(incidents=(ended,)), POLICY)] == [
        "📝 A postmortem is owed for 9XQ2: PostgresDown"
    ]
    assert list(owed.lines(facts(room(incidents=("one",)), incidents=(ended,)), POLICY)) == [], "its room says so"


def test_the_table_as_lines() -> None:
    zone = POLICY.zone
    assert [plain(text) for text in incident_table.lines(incident_table.table([], zone))] == ["No incidents"]
    first, second = incident(resolved_at=NOW + HOUR), incident(key="two", id="QQQQ", title="Slow", opened_at=NOW + DAY)
    known = room(incidents=("one",), impact="no orders", cause="a full disk")
    rows = incident_table.table(
        [first, second], zone, [known, room(key="room:x", incidents=("two",), cause="!", private=True)]
    )
    assert [plain(text).partition(" · ")[2] for text in incident_table.lines(rows)] == [
        "P0 Slow · Still open",
        "P0 PostgresDown: no orders · Still open\n      Root cause: a full disk · fix: not written down yet",
    ]


def test_a_row_is_for_the_worst_and_for_what_people_declared() -> None:
    policy = load("channels: {fallback: '#g'}\nseverities: {P0: {}, P1: {}, P2: {}}\n", "p.yaml")
    told = [incident(peak=peak) for peak in ("P0", "P1", "P2")]
    told.append(incident(key="declared:20270115-x", peak="P2"))
    assert incident_table.chosen([*told, incident(shown=False)], policy) == [told[0], told[1], told[3]]


# --- Markdown ---


@pytest.mark.parametrize(
    ("value", "drawn"),
    [("~~x~~ & <b>", r"\~\~x\~\~ \& \<b\>"), ("a\x07b\u202ec\nd", "abc d"), ("\ud800x", "x")],
)
def test_nothing_formats(value: str, drawn: str) -> None:
    assert inert(value) == drawn


@given(st.text(max_size=200))
def test_nobody_is_called_at_github(value: str) -> None:
    drawn = unheard(f"@ana #17 {value}")
    assert all(after == JOINER for before, after in pairwise(drawn) if before in "@#")
    drawn.encode()


def test_an_issue_is_never_too_long_and_what_is_open_in_it_ends() -> None:
    lines = tuple(Text.of("```\n{text}\n```", text="x" * 500) for _ in range(200))
    whole = issue(
        [Part(heading=Text.of("Title"), lines=()), Part(heading=Text.of("Timeline"), lines=lines)], "<!-- m -->"
    )
    assert whole.startswith("<!-- m -->\n\n## Timeline\n")
    assert len(whole) < ISSUE_MAX + 500
    assert whole.count("```") % 2 == 0
    assert whole.endswith("*The rest did not fit; the file in the war-room has all of it.*")
