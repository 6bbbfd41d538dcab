"""The draft of a postmortem: right times, no names, nothing invented, and Markdown that no note can break."""

import re
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards.markdown import inert, markdown
from bot.cards.plain import plain
from rules import incident_table
from rules.blame import phrases
from rules.incident import Attention, Incident, State
from rules.observed import Entry
from rules.postmortem import draft
from rules.room import Holder, Line, Milestone, Phase, Role, Room, Status, Task
from rules.summary import Part
from rules.text import Joined, Moment, Span, Text
from tests.cards.hostile import STRINGS
from tests.rules.situations import DAY, HOUR, MIN, NOW

MADRID, BOGOTA, UTC = ZoneInfo("Europe/Madrid"), ZoneInfo("America/Bogota"), ZoneInfo("UTC")
STAMP = re.compile(r"^- (?:(\d{4}-\d\d-\d\d) )?(\d\d:\d\d) UTC", re.MULTILINE)


def at(text: str, zone: ZoneInfo = MADRID) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


def room(**more: Any) -> Room:
    given: dict[str, Any] = {
        "key": "room:one", "id": "7F3K", "title": "Database down", "severity": "P0", "base": "inc-db", "opened_at": NOW,
        "opened_by": "Ana Torres", "opened_by_id": "U0ANA", "incidents": ("one",),
        "moments": {Milestone.ROOM: NOW},
    }  # fmt: skip
    return Room(**(given | more))


def incident(**more: Any) -> Incident:
    given: dict[str, Any] = {"key": "one", "id": "9XQ2", "source": "alertmanager", "title": "PostgresDown",
                             "severity": "P0", "peak": "P0", "opened_at": NOW, "place": "#alerts"}  # fmt: skip
    return Incident(**(given | more))


def over(start: int, end: int, **more: Any) -> Room:
    """A room of an incident that is over, with all its milestones."""
    moments = {
        Milestone.STARTED: start, Milestone.DETECTED: start + 2 * MIN, Milestone.ACKNOWLEDGED: start + 4 * MIN,
        Milestone.ROOM: start + 5 * MIN, Milestone.COMMANDER: start + 7 * MIN, Milestone.MITIGATED: end - MIN,
        Milestone.RESOLVED: end,
    }  # fmt: skip
    given: dict[str, Any] = {"opened_at": start + 5 * MIN, "closed_at": end + MIN, "phase": Phase.CLOSED,
                             "status": Status.RESOLVED, "moments": moments}  # fmt: skip
    return room(**(given | more))


def written(one: Room, *incidents: Incident, zone: ZoneInfo = MADRID, now: int = NOW + DAY) -> str:
    return markdown(draft(one, incidents, zone, now))


def part(document: str, heading: str) -> str:
    """The lines below the heading that begins so."""
    return re.split(r"^#+ ", document.partition(f"# {heading}")[2], flags=re.MULTILINE)[0].partition("\n\n")[2].strip()


def test_three_days_across_the_change_of_the_clocks() -> None:
    start, end = at("2027-03-26 12:00"), at("2027-03-29 12:00")
    document = written(over(start, end, lines=(Line(at=at("2027-03-28 03:30"), by="Ana Torres", text="Restored."),)))
    assert "It began 2027-03-26 11:00 UTC · 2027-03-26 12:00 CET and was over 2027-03-29 10:00 UTC" in document
    assert "· 2027-03-29 12:00 CEST, after 2 d 23 h." in document
    assert "# Timeline from 2027-03-26 to 2027-03-29" in document
    assert "- 2027-03-28 01:30 UTC · 2027-03-28 03:30 CEST: an engineer: Restored." in document
    assert "- Time to resolve (TTR): 2 d 23 h" in document


def test_the_hour_that_comes_twice_in_autumn_is_told_apart() -> None:
    twice = [Line(at=at("2026-10-25 00:30", UTC) + hour * HOUR, by="", text="Checked.") for hour in (0, 1)]
    timeline = part(written(room(opened_at=twice[0].at, moments={}, lines=tuple(twice))), "Timeline")
    assert timeline.splitlines() == [
        "- 00:30 UTC · 02:30 CEST: Note: Checked.",
        "- 01:30 UTC · 02:30 CET: Note: Checked.",
    ]


def test_one_day_stands_in_the_heading_and_not_in_each_line() -> None:
    start = at("2027-01-15 09:00")
    document = written(over(start, start + HOUR))
    assert "# Timeline of 2027-01-15\n\n- 08:00 UTC · 09:00 CET: It started." in document


def test_a_day_that_is_another_one_in_utc_is_spelled() -> None:
    start = at("2027-01-15 00:10")
    assert "- 2027-01-14 23:10 UTC · 2027-01-15 00:10 CET: It started." in written(over(start, start + 5 * MIN))


def test_a_zone_without_letters_is_named_by_its_distance() -> None:
    start = at("2027-01-15 09:00", BOGOTA)
    assert "- 14:00 UTC · 09:00 UTC-05: It started." in written(over(start, start + HOUR), zone=BOGOTA)


def test_in_utc_a_time_is_not_said_twice() -> None:
    assert "- 08:00 UTC: It started." in written(over(NOW, NOW + HOUR), zone=UTC)


def test_the_timeline_merges_all_sources_by_their_own_time() -> None:
    told = incident().say(NOW + 3 * MIN, Text.of("{count} more firing: {names}", count=1, names="db2"))
    told = told.say(NOW + 4 * MIN, Text.of("only for us"), visible=False)
    note = Line(at=NOW + 2 * MIN, by="Bob", text="Disk is full.")
    one = room(moments={Milestone.STARTED: NOW, Milestone.RESOLVED: NOW + HOUR}, lines=(note,))
    one = one.say(
        NOW + 5 * MIN, Text.of("{who}: {status}.", who="Ana Torres", status=Text.of("monitoring")), aloud=True
    )
    one = one.say(NOW + 6 * MIN, Text.of("{who}, impact: {text}", who="Ana Torres", text="not aloud"))
    assert part(written(one, told, zone=UTC), "Timeline").splitlines() == [
        "- 08:00 UTC: It started.",
        "- 08:02 UTC: another engineer: Disk is full.",
        "- 08:03 UTC: 1 more firing: db2",
        "- 08:05 UTC: an engineer: monitoring.",
        "- 09:00 UTC: It was resolved.",
    ]


def test_what_is_only_repeated_stands_there_once() -> None:
    one = room()
    for index in range(1, 5):
        said = Text.of("The last update is {span} old.", span=Span(ms=index * 30 * MIN))
        one = one.say(NOW + index * 30 * MIN, said, aloud=True)
    timeline = part(written(one, zone=UTC), "Timeline")
    assert timeline.splitlines()[1:] == ["- 08:30 UTC: The last update is 30 min old. (and 3 more times)"]


def test_a_time_within_a_sentence_is_in_both_zones_too() -> None:
    told = incident().say(NOW, Text.of("{person}: no reminders until {at}.", person="Ana Torres", at=Moment(at=NOW)))
    assert "an engineer: no reminders until 2027-01-15 08:00 UTC · 2027-01-15 09:00 CET." in written(room(), told)


def test_several_incidents_are_told_apart() -> None:
    first = incident().say(NOW, Text.of("Resolved after {span}.", span=Span(ms=MIN)))
    second = incident(key="two", id="QQQQ").say(NOW, Text.of("Resolved after {span}.", span=Span(ms=HOUR)))
    timeline = part(written(room(), first, second), "Timeline")
    assert "9XQ2: Resolved after 1 min." in timeline
    assert "QQQQ: Resolved after 1 h." in timeline


CREW = {
    Role.COMMANDER: Holder(id="U0EVA", name="Eva Ríos", at=NOW),
    Role.OPS: Holder(id="U0ZOE", name="zoë", at=NOW),
    Role.SCRIBE: Holder(id="U0LEE", name="李雷", at=NOW),
}


@pytest.mark.parametrize(
    ("by", "text", "told"),
    [
        ("Eva Ríos", "Going to fail over.", "the incident commander: Going to fail over."),
        ("zoë", "Eva said yes.", "operations: the incident commander said yes."),
        ("Ana Torres", "eva ríos and Zoë are here", "an engineer: the incident commander and operations are here"),
        ("Ana Torres", "Asked <@U0ZOE> and <@U9NEW>.", "an engineer: Asked operations and another engineer."),
        ("Bob", "@Ana Torres, look", "another engineer: an engineer, look"),
        ("Bob", "<@U0EVA|eva>: done", "another engineer: the incident commander: done"),
        ("李雷", "李雷重启了数据库", "the scribe: the scribe重启了数据库"),
        ("Bob", "Bobsled and evaluation stay", "another engineer: Bobsled and evaluation stay"),
        ("Bob", "ana-torres.example stays", "another engineer: ana-torres.example stays"),
    ],
)
def test_people_are_roles(by: str, text: str, told: str) -> None:
    timeline = part(written(room(roles=CREW, lines=(Line(at=NOW + MIN, by=by, text=text),))), "Timeline")
    assert timeline.splitlines()[-1].endswith(f"CET: {told}")


def test_the_same_person_is_always_the_same_and_others_are_others() -> None:
    lines = tuple(Line(at=NOW + index, by=by, text="x") for index, by in enumerate(["A B", "C D", "E F", "C D"]))
    timeline = part(written(room(opened_by="", opened_by_id="", lines=lines, moments={})), "Timeline")
    who = ["an engineer", "another engineer", "engineer 3", "another engineer"]
    assert [line.split(": ")[1] for line in timeline.splitlines()] == who


def test_who_was_only_asked_to_command_does_not_command() -> None:
    asked = {Role.COMMANDER: Holder(id="U0EVA", name="Eva Ríos", at=NOW, agreed=False)}
    document = written(room(roles=asked, lines=(Line(at=NOW, by="Eva Ríos", text="hm"),)))
    assert "an engineer: hm" in document
    assert "- Nobody commanded." in part(document, "What went badly")


def test_to_whom_something_was_passed_on_is_not_said() -> None:
    text = Text.of("{person} passes it on to {whom}.", person="Ana Torres", whom="@dba, marta")
    assert "an engineer passes it on to others." in written(room(), incident().say(NOW, text))


def test_who_is_only_named_within_another_sentence_is_a_role_too() -> None:
    late = Text.of("{said} (late)", said=Text.of("{who} has it.", who="Carla"))
    both = Text.of("{lines}", lines=Joined((late, Text.of("{person} and {other}", person="Dina", other="Carla"))))
    assert "an engineer has it. (late) another engineer and an engineer" in written(
        room(opened_by="", opened_by_id=""), incident().say(NOW, both)
    )


def test_the_draft_itself_blames_nobody() -> None:
    slow = incident(attention=Attention(reminded=2, escalated=(0,)), past=((NOW, NOW + MIN),))
    assert phrases(written(over(NOW, NOW + HOUR), slow)) == phrases(written(room())) == []


def test_a_room_without_an_alert_had_none_to_acknowledge() -> None:
    assert "acknowledged" not in written(room())


def test_owners_of_actions_keep_their_names() -> None:
    tasks = (
        Task(what="Alert on disk", owner="Ana Torres", due="2027-01-10"),
        Task(what="Document it", due="2027-02-01"),
        Task(what="Add a replica", owner="platform", due="soon", done_at=NOW),
    )
    document = written(room(tasks=tasks, cause="Ana Torres saw a full disk"))
    assert part(document, "Corrective actions").splitlines() == [
        "- ⬜ Alert on disk (owner: Ana Torres; due 2027-01-10; overdue)",
        "- ⬜ Document it (nobody owns it yet; due 2027-02-01; not done yet)",
        "- ✅ Add a replica (owner: platform; due soon; done on 2027-01-15)",
    ]
    assert "- Cause: an engineer saw a full disk" in document


def test_what_nobody_wrote_is_said_to_be_missing() -> None:
    document = written(room())
    for word in ("impact", "cause", "fix", "action"):
        assert f" yet: `/war-room {word} …`" in document
    assert "is not over: 1 d so far." in document


def test_what_went_well_and_badly_comes_from_the_numbers() -> None:
    good = written(over(NOW, NOW + 25 * MIN), incident(state=State.RESOLVED))
    assert part(good, "What went well").splitlines()[:6] == [
        "- Detected 2 min after it started (wanted: within 5 min).",
        "- Acknowledged 2 min after it was detected (wanted: within 5 min).",
        "- Commanded 2 min after the room opened (wanted: within 5 min).",
        "- Resolved 25 min after it started (wanted: within 30 min).",
        "- The longest time without a word in the room was 21 min (wanted: an update every 30 min).",
        "- Nobody had to be reminded of anything.",
    ]
    assert len(part(good, "What went badly").splitlines()) == 1


def test_what_was_slow_went_badly() -> None:
    slow = incident(attention=Attention(reminded=2, escalated=(0,)), past=((NOW, NOW + MIN),))
    bad = written(room(moments={Milestone.STARTED: NOW - HOUR, Milestone.DETECTED: NOW}), slow)
    assert part(bad, "What went badly").splitlines()[:7] == [
        "- Detected 1 h after it started (wanted: within 5 min).",
        "- Nobody acknowledged the alert.",
        "- Nobody commanded.",
        "- The longest time without a word in the room was 1 d (wanted: an update every 30 min).",
        "- 2 reminders were needed.",
        "- It was escalated 1 time.",
        "- It came back 1 time after it was resolved.",
    ]


def test_times_that_cannot_be_right_are_pointed_out_and_not_praised() -> None:
    moments = {Milestone.STARTED: NOW + HOUR, Milestone.DETECTED: NOW}
    document = written(room(moments=moments))
    fault = "detected (2027-01-15 08:00 UTC · 2027-01-15 09:00 CET) is before started"
    assert fault in part(document, "Metrics")
    assert "Detected" not in part(document, "What went well")


HEADINGS = ["Postmortem: ", "Summary", "Impact", "Timeline of", "Cause and fix", "What went well", "What went badly",
            "Corrective actions", "Metrics"]  # fmt: skip


def test_the_parts_come_in_the_order_in_which_they_are_read() -> None:
    found = re.findall(r"^#+ (.*)$", written(room()), flags=re.MULTILINE)
    assert len(found) == len(HEADINGS)
    assert all(one.startswith(heading) for one, heading in zip(found, HEADINGS, strict=True))


@pytest.mark.parametrize(
    "evil", [*STRINGS, "# x", "1. x", "- x", "```\n# x\n```", "](https://evil.example)", "x\n\n# y"]
)
def test_nothing_from_outside_formats_the_document(evil: str) -> None:
    task = Task(what=evil, owner=evil, due=evil)
    one = room(title=evil, impact=evil, cause=evil, fix=evil, severity=evil, tasks=(task,),
               lines=(Line(at=NOW, by=evil, text=evil),))  # fmt: skip
    document = written(one, incident(title=evil).say(NOW, Text.of("It says {what}", what=evil)))
    assert len(re.findall(r"^#+ ", document, flags=re.MULTILINE)) == len(HEADINGS)
    for line in document.splitlines():
        assert not line or line.startswith("#") or re.match(r"- [^\W\d]|- \d+ \w|- \d[\d:-]+ |- [⬜✅⚠]", line), line
        own = line.removeprefix("- ").replace("`/war-room ", "").replace("…`", "").lstrip("#")
        assert not re.search(r"(?<!\\)(?:\\\\)*[`*_\[\]<>#|]", own), line


NAMES = st.text(alphabet="абвгдежЖЗИКЛМ", min_size=2, max_size=6).map(lambda name: f"ю{name}")
FULL = st.lists(NAMES, min_size=1, max_size=2).map(" ".join)
PROSE = st.lists(NAMES | st.sampled_from(["disk", "full,", "(see)", "restarted", "<@U777>", "|", "*"])).map(" ".join)
TIMES = st.integers(min_value=NOW - 400 * DAY, max_value=NOW + 400 * DAY)


def told(who: str, what: str, at: int, more: str) -> Text:
    rest = Joined((Text.of("{more}", more=more),))
    return Text.of("{person} did {what} at {at}, {rest}", person=who, what=what, at=Moment(at=at), rest=rest)


TEXTS = st.builds(told, FULL, PROSE, TIMES, PROSE)
ENTRIES = st.lists(st.builds(Entry, seq=st.integers(1, 99), at=TIMES, text=TEXTS, aloud=st.booleans()), max_size=4)


def rooms(times: st.SearchStrategy[int], words: st.SearchStrategy[str]) -> st.SearchStrategy[Room]:
    return st.builds(
        Room,
        key=st.just("room:one"), id=st.just("7F3K"), title=words, severity=st.sampled_from(["P0", "P1"]),
        base=st.just("inc"), opened_at=times, opened_by=FULL, closed_at=times | st.just(0), closed_by=FULL,
        phase=st.sampled_from(Phase), status=st.sampled_from(Status), impact=words, cause=words, fix=words,
        roles=st.dictionaries(
            st.sampled_from(Role), st.builds(Holder, id=NAMES, name=FULL, at=times, agreed=st.booleans())
        ),
        moments=st.dictionaries(st.sampled_from(Milestone), times),
        lines=st.lists(st.builds(Line, at=times, by=FULL | st.just(""), text=words)).map(tuple),
        tasks=st.lists(st.builds(Task, what=words, owner=FULL, due=words, done_at=times)).map(tuple),
        timeline=ENTRIES.map(tuple), incidents=st.just(("one",)),
    )  # fmt: skip


INCIDENTS = st.lists(
    st.builds(
        incident, title=PROSE, opened_at=TIMES, taken_by=FULL, taken_id=NAMES, state=st.sampled_from(State),
        timeline=ENTRIES.map(tuple), id=st.sampled_from(["AAAA", "BBBB"]),
    ),
    max_size=3,
)  # fmt: skip
ZONES = st.sampled_from([MADRID, BOGOTA, UTC, ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Australia/Lord_Howe")])


def known(one: Room, incidents: list[Incident]) -> set[str]:
    """Everybody who is named as a person."""
    found = {one.opened_by, one.closed_by, *(line.by for line in one.lines)}
    found |= {name for holder in one.roles.values() for name in (holder.id, holder.name)}
    found |= {name for each in incidents for name in (each.taken_by, each.taken_id)}
    found |= {str(entry.text.values["person"]) for each in (one, *incidents) for entry in each.timeline}
    return found - {""}


@settings(max_examples=60, deadline=None)
@given(rooms(TIMES, PROSE), INCIDENTS, ZONES, TIMES)
def test_whatever_the_room_the_timeline_is_sorted_and_nobody_is_named(
    one: Room, incidents: list[Incident], zone: ZoneInfo, now: int
) -> None:
    document = written(one, *incidents, zone=zone, now=now)
    timeline = part(document, "Timeline")
    stamps = STAMP.findall(timeline)
    assert len(stamps) == len(timeline.splitlines())
    assert all(sooner <= later for sooner, later in pairwise(stamps))
    said = document.replace(part(document, "Corrective actions"), "")
    for name in known(one, incidents):
        assert not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said), name


@settings(max_examples=60, deadline=None)
@given(rooms(st.integers(), st.text()), INCIDENTS, ZONES, st.integers())
def test_a_draft_of_any_room_can_be_drawn(one: Room, incidents: list[Incident], zone: ZoneInfo, now: int) -> None:
    assert len(re.findall(r"^#+ ", written(one, *incidents, zone=zone, now=now), flags=re.MULTILINE)) == len(HEADINGS)


def test_any_text_in_the_place_of_names_is_survived() -> None:
    for name in (*STRINGS, "(", "[a-z]+", "ß", "İ", "user:", "@", "Ana\u2028B"):
        holder = {Role.OPS: Holder(id="", name=name, at=NOW)}
        lines = (Line(at=NOW, by=name, text=f"x {name} y"),)
        assert isinstance(draft(room(roles=holder, opened_by=name, lines=lines), [], MADRID, NOW)[0], Part)


def drawn(rows: list[incident_table.Row]) -> list[list[str]]:
    return [[plain(cell) for cell in row] for row in rows]


def test_no_incidents_are_a_row_of_the_table() -> None:
    head, only = drawn(incident_table.table([], MADRID))
    assert head == ["Date (UTC)", "Impact", "Root cause", "Fix applied", "State"]
    assert only == ["No incidents", "N/A", "N/A", "N/A", "Closed"]


def test_each_incident_is_a_row_by_its_time() -> None:
    late = incident(key="two", title="QueueFull", opened_at=NOW + HOUR, state=State.OPEN, peak="P1")
    done = incident(state=State.RESOLVED)
    of_it = room(impact="Checkout failed for Ana Torres", cause="A full disk", fix="")
    assert drawn(incident_table.table([late, done], MADRID, [of_it]))[1:] == [
        ["2027-01-15 08:00 (2027-01-15 09:00 CET)", "P0 PostgresDown: Checkout failed for an engineer", "A full disk",
         "not written down yet", "Closed"],
        ["2027-01-15 09:00 (2027-01-15 10:00 CET)", "P1 QueueFull", "not written down yet", "not written down yet",
         "Still open"],
    ]  # fmt: skip


def test_the_last_room_of_an_incident_counts() -> None:
    rooms = [room(cause="second", opened_at=NOW + HOUR), room(cause="first"), replace(room(cause="x"), incidents=())]
    assert drawn(incident_table.table([incident()], UTC, rooms))[1][2] == "second"


@pytest.mark.parametrize("evil", [*STRINGS, "a|b", "a\\|b", "a\\\\|b", "|", "\\", "a\n|---|\nb", "a\\"])
def test_no_value_breaks_the_markdown_of_the_table(evil: str) -> None:
    rows = incident_table.table([incident(title=evil)], MADRID, [room(impact=evil, cause=evil, fix=evil)])
    for draw in (lambda text: plain(text, inert), plain):
        lines = incident_table.markdown(rows, draw).split("\n")
        assert len(lines) == 3
        assert [len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) for line in lines] == [6, 6, 6]


def test_the_table_as_markdown() -> None:
    assert incident_table.markdown(incident_table.table([], MADRID), plain) == (
        "| Date (UTC) | Impact | Root cause | Fix applied | State |\n"
        "|---|---|---|---|---|\n"
        "| No incidents | N/A | N/A | N/A | Closed |"
    )
