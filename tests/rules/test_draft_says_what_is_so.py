"""What a draft, a card and an answer may claim: no end of what goes on, no reminder that was none, no lost words."""

import asyncio
from typing import Any, cast

import pytest

from bot import room_news
from bot.cards import bulletin as bulletins
from bot.cards import room as cards
from bot.cards.plain import plain
from rules import incident_table
from rules.bulletin import Bulletin
from rules.freeze import Freeze
from rules.freezing import CONFIRM, FREEZE, NEAR
from rules.observed import Entry
from rules.reason import Reason
from rules.room import Holder, Line, Role, Room, Status
from rules.room_writing import CAUSE, replaced
from rules.signal import Kind, Signal
from rules.text import Span, Text
from tests.rules.situations import HOUR, MIN, NOW
from tests.rules.test_freezing import BRUNO
from tests.rules.test_freezing import Room as Frozen
from tests.rules.test_postmortem import UTC, incident, part, room, written
from tests.rules.test_rooming import INCIDENT, KEY, Story, facts, opened


def document(story: Story) -> str:
    one = incident(id="DB", title=INCIDENT, key=INCIDENT, opened_at=NOW)
    return written(story.it, one, zone=UTC, now=story.now)


def relayed(story: Story, text: Text, *, at: int = 0) -> None:
    story.takes(Signal(key=KEY, source="sereno", kind=Kind.ROOM, event="news", id=text.template, at=at, text=text))


WANTS = Text.of(
    "{who} wants to freeze {scope} for {span}: {why}", who="Ana", scope="x", span=Span(ms=HOUR), why="a move"
)
ASKED = Text.of("{text}\nIt takes a second person with the right: Confirm on the card, within {span}.",
                text=WANTS, span=Span(ms=HOUR))  # fmt: skip


def test_what_the_policy_or_a_freeze_says_is_no_reminder() -> None:
    story = opened()
    relayed(story, ASKED)
    relayed(story, Text.of("The war-room is closed, and the freeze of {scope} with it.", scope="x"))
    assert "Nobody had to be reminded of anything." in part(document(story), "What went well")
    story.rings("commander", later=5 * MIN)
    story.rings("update", later=25 * MIN)
    assert "- 2 reminders were needed." in part(document(story), "What went badly")
    story.does("close")
    story.hears("open", **facts())
    assert story.it.asked == 0
    assert "- 2 reminders were needed." in part(document(story), "What went badly"), "what was asked was asked"


@pytest.mark.parametrize("status", ["", "monitoring", "resolved"])
def test_what_goes_on_when_the_room_closes_has_no_end(status: str) -> None:
    story = opened()
    story.does("role", role="commander")
    if status:
        story.does("status", status=status)
    assert story.does("close", later=HOUR) is Reason.ROOM_CLOSED
    told = document(story)
    assert "- Still firing when the room closed: DB DB down" in part(told, "Summary")
    assert "is not over:" in part(told, "Summary")
    for claim in ("was over", "It was resolved.", "It was mitigated.", "Resolved ", "Status:", "after it was resolved"):
        assert claim not in told, claim
    assert "- Time to mitigate (TTM): not known\n- Time to resolve (TTR): not known" in part(told, "Metrics")
    shown = cards.card(story.it, story.now).text
    assert "— closed\n⏱ closed after" in shown
    assert "while 1 alert went on" in shown
    assert "over after" not in shown
    assert "mitigated" not in shown
    assert cards.topic(story.it).startswith("P0 · closed · commander Ana")


def test_when_it_ends_later_a_later_draft_has_its_times() -> None:
    story = opened()
    story.does("close", later=HOUR)
    end = story.now + HOUR
    story.hears("news", later=HOUR, **facts(state="resolved", resolved_at=str(end)))
    told = document(story)
    assert "and was over 2027-01-15 10:01 UTC, after 2 h 2 min." in part(told, "Summary")
    assert "- Status: resolved" in part(told, "Summary")
    assert "- Still firing when the room closed: DB" in part(told, "Summary"), "that stays so"
    assert "- Time to mitigate (TTM): 2 h 2 min\n- Time to resolve (TTR): 2 h 2 min" in part(told, "Metrics")
    assert "🟢 *P0* · *DB down* — resolved\n⏱ over after" in cards.card(story.it, story.now).text
    assert cards.topic(story.it).startswith("P0 · resolved · closed")


def test_what_ends_with_its_room_does_not_outlast_it() -> None:
    story = Story()
    story.does("open", title="DB down", severity="P0", own="declared:x")
    story.hears("news", **facts("declared:x"))
    story.does("close")
    assert (story.it.unended, story.it.status) == ((), Status.RESOLVED)
    assert "Still firing" not in document(story)


def test_an_announced_room_that_its_alerts_outlast_is_closed_and_not_over() -> None:
    one = Bulletin(
        key="b", id="B", title="DB down", severity="P0", place="#status", opened_at=NOW, closed_at=NOW + HOUR
    )
    shown = bulletins.card(one).text
    assert "*DB down* — closed" in shown
    assert "closed after 1 h" in shown


def test_what_was_written_before_is_kept() -> None:
    story = opened()
    for text in ("a full disk", "a bad pool", "a leak"):
        assert story.does(CAUSE, text=text) is Reason.NOTED
    story.does("impact", text="one in three")
    assert [text for _, text in replaced(story.it, CAUSE)] == ["a full disk", "a bad pool"]
    assert part(document(story), "Cause and fix").splitlines()[:3] == [
        "- Cause: a leak",
        "- Before that, as written down 2027-01-15 08:02 UTC: a full disk",
        "- Before that, as written down 2027-01-15 08:03 UTC: a bad pool",
    ]
    assert len(part(document(story), "Impact").splitlines()) == 1


def test_nobody_is_told_of_an_update_that_nobody_has_written() -> None:
    story = opened()
    story.rings("update", later=29 * MIN + MIN)
    assert story.lines[-1].startswith("Nobody has written an update yet: how is it going?")
    story.does("update", text="soon")
    story.rings("update", later=30 * MIN)
    assert story.lines[-1].startswith(f"The last update is {30 * MIN} old")


def test_the_checklist_is_not_in_the_timeline_and_what_takes_two_is_one_line() -> None:
    story = opened()
    relayed(story, ASKED)
    timeline = part(document(story), "Timeline")
    assert "What to do first" not in timeline
    assert "☐" not in timeline
    assert "second person" not in timeline
    assert timeline.splitlines()[-1].endswith("an engineer wants to freeze x for 1 h: a move")


def test_what_was_begun_elsewhere_has_the_time_at_which_it_was_said() -> None:
    story = opened()
    story.now = NOW + 5 * MIN
    relayed(story, WANTS, at=NOW + 4 * MIN + 55_000)
    assert story.it.timeline[-1].at == NOW + 4 * MIN + 55_000
    relayed(story, ASKED, at=story.now + HOUR)
    assert story.it.timeline[-1].at == story.now, "nothing is said in times to come"


def test_a_line_is_relayed_with_its_own_time() -> None:
    """What is handed to the room, without the room."""
    sent: list[Signal] = []

    class Means:
        store = property(lambda self: self)

        async def submit(self, signal: Signal) -> None:
            sent.append(signal)

        async def change(self, *_: object) -> None:
            """Nothing is kept."""

    freeze = Freeze(key="freeze:x", id="F", scope="x", title="x", place="#x", opened_at=NOW, room=KEY)
    entry = Entry(seq=1, at=NOW + 7, text=WANTS)
    asyncio.run(room_news.relay(cast("Any", Means()), freeze, entry, "token"))
    assert [(one.key, one.at, one.text) for one in sent] == [(KEY, NOW + 7, WANTS)]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Bob: a full disk", "a full disk"),
        ("bob :  a full disk", "a full disk"),
        ("<@UBOB>: a full disk", "a full disk"),
        ("Pool: too small", "Pool: too small"),
        ("Bob saw it: a full disk", "an engineer saw it: a full disk"),
        ("Bob:", "an engineer:"),
        ("disk of Bob: full", "disk of an engineer: full"),
    ],
)
def test_a_name_before_a_colon_is_who_wrote_it(words: str, told: str) -> None:
    roles = {Role.COMMANDER: Holder(id="UANA", name="Ana", at=NOW)}
    lines = (Line(at=NOW, by="Bob", text="x"), Line(at=NOW, by="UBOB", text="x"))
    one = room(roles=roles, opened_by="", opened_by_id="", lines=lines[:1] if "<" not in words else lines[1:],
               cause=words, impact=words, fix=words)  # fmt: skip
    said = written(one, zone=UTC)
    for what in ("Cause", "Impact", "Fix"):
        assert f"- {what}: {told}\n" in said.replace("\\", "")
    [_, row] = incident_table.table([incident()], UTC, [one])
    assert [plain(cell) for cell in row[1:4]] == [f"P0 PostgresDown: {told}", told, told]


def test_a_scope_is_no_person() -> None:
    """What a reminder of a freeze names beside its owner."""
    story = opened()
    story.does(CAUSE, text="production had no pool")
    frozen = Frozen("production")
    frozen.act(FREEZE)
    frozen.act(CONFIRM, BRUNO)
    frozen.now = frozen.freeze.timers[NEAR]
    frozen.ring(NEAR)
    near = frozen.freeze.timeline[-1].text
    assert "production" in near.values.values()
    relayed(story, near)
    assert "- Cause: production had no pool" in document(story)


def test_a_room_that_has_just_begun_shows_no_length() -> None:
    story = opened()
    fresh = Room(key="r", id="R", title="x", severity="P0", base="x", opened_at=NOW, target=30 * MIN)
    assert "⏱ ▱▱▱▱▱▱▱▱▱▱ target: 30 min" in cards.card(fresh, NOW + 59_999).text
    assert "⏱ ▱▱▱▱▱▱▱▱▱▱ 1 min of 30 min" in cards.card(fresh, NOW + 60_000).text
    assert "1 min of 30 min" in cards.card(story.it, NOW).text, "its alert began before"
