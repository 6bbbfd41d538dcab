"""An incident as people see it: two lines, within Slack's limits, whatever its texts are."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.cards import incident as cards
from bot.cards import storm as boards
from bot.cards.face import SECTION_MAX, Face, Pen
from bot.playground.limits import check_message
from rules.incident import Attention, Held, Incident, State
from rules.observed import Entry, Posted
from rules.policy_file import load
from rules.signal import Link
from rules.silence import Silence
from rules.steps import PostReply
from rules.storm import Caught, Storm
from rules.text import Text
from tests.cards.hostile import STRINGS

POLICY = load(Path("rules/policies/default.yaml").read_text(), "default.yaml")
NOW = 1_800_000_000_000
OURS = re.compile(r"<!date\^\d+\^\{date_short_pretty\} \{time\}\|[^<>|]*>|<https?://[^<>|\s]+\|[A-Z][a-z]+>")
FIRING = Held(firing=True, severity="P0", what="instance=a", since=NOW)
OVER = replace(FIRING, firing=False, what="instance=b", until=NOW + 1)


def spell(name: str) -> str:
    return f"<!{name}>"


def incident(**more: Any) -> Incident:
    given: dict[str, Any] = {"key": "alertmanager:0123456789abcdef", "id": "K7F3Q2", "source": "alertmanager"}
    given |= {"title": "HighErrorRate", "severity": "P0", "peak": "P0", "opened_at": NOW, "place": "#alerts"}
    return Incident(**{**given, "members": {"a": FIRING}, **more})


def card(one: Incident, *mention: str) -> Face:
    return check(cards.card(one, Pen(policy=POLICY, spell=spell), mention))


def details(one: Incident) -> Face:
    return check(cards.details(one, POLICY))


def check(face: Face) -> Face:
    """The face, when Slack would take it and its only markup is ours."""
    check_message(face.text, face.blocks, [])
    assert face.text
    for text in (face.text, *texts(face)):
        rest = OURS.sub("", text).replace("<!channel>", "")
        assert not re.search(r"[<>]|&(?!(?:amp|lt|gt);)", rest), text[:300]
    for block in face.blocks:
        assert block["type"] != "section" or len(block["text"]["text"]) <= 3000
        assert block["type"] != "context" or len(block["elements"][0]["text"]) <= 2000
    return face


def texts(face: Face) -> list[str]:
    found = []
    for block in face.blocks:
        parts = [block["text"]] if "text" in block else block["elements"]
        found += [part["text"] for part in parts if part["type"] == "mrkdwn"]
    return found


def test_a_card_has_two_lines_and_buttons() -> None:
    face = card(
        incident(summary="5% of requests fail", labels={"service": "checkout", "env": "prod"}, owner="payments")
    )
    first, second = face.text.split("\n")
    assert first == "🔴 *P0 critical* · *HighErrorRate* — 5% of requests fail"
    assert second == (
        "Firing since <!date^1800000000^{date_short_pretty} {time}|2027-01-15 08:00 UTC> · "
        "env=prod, service=checkout · owner payments"
    )
    assert [block["type"] for block in face.blocks] == ["section", "context", "actions"]
    assert texts(face) == [first, second]
    assert all(block["text"]["verbatim"] for block in face.blocks if block["type"] == "section")
    assert buttons(face) == ["acknowledge", "resolve", "escalate", "war_room", "why"]


def buttons(face: Face) -> list[str]:
    (row,) = [block for block in face.blocks if block["type"] == "actions"]
    assert {one["value"] for one in row["elements"]} == {"alertmanager:0123456789abcdef"}
    return [one["action_id"] for one in row["elements"]]


@pytest.mark.parametrize(
    ("more", "sign", "words", "offered"),
    [
        ({}, "🔴", "Firing since", ["acknowledge", "resolve", "escalate", "war_room", "why"]),
        (
            {"severity": "P1", "peak": "P1", "rank": 1},
            "🟠",
            "Firing since",
            ["acknowledge", "resolve", "war_room", "why"],
        ),
        ({"severity": "P2", "peak": "P2", "rank": 2}, "⚪", "Firing since", ["acknowledge", "resolve", "why"]),
        ({"severity": "P1"}, "🟠", "Firing since", ["acknowledge", "resolve", "war_room", "why"]),
        (
            {"members": {"a": FIRING, "b": OVER}},
            "🟡",
            "Partly resolved",
            ["acknowledge", "resolve", "escalate", "war_room", "why"],
        ),
        (
            {"state": State.ACKNOWLEDGED, "taken_by": "ana", "taken_at": NOW},
            "🔵",
            "ana has it",
            ["resolve", "escalate", "war_room", "why"],
        ),
        (
            {"members": {"a": OVER}, "flapping": True},
            "🟡",
            "Seems over, watching",
            ["acknowledge", "resolve", "escalate", "war_room", "why"],
        ),
        ({"state": State.RESOLVED, "resolved_at": NOW + 300_000}, "🟢", "Resolved after 5 min", ["why"]),
    ],
)
def test_state_and_severity_are_said_in_words_and_colour(
    more: dict[str, Any], sign: str, words: str, offered: list[str]
) -> None:
    one = incident(**more)
    face = card(one)
    assert face.text.startswith(f"{sign} *{one.severity} {POLICY.severities[one.severity].words}* · ")
    assert words in face.text
    assert buttons(face) == offered


def test_a_group_is_counted_apart() -> None:
    members = {str(n): FIRING if n < 30 else OVER for n in range(60)}
    assert "30 firing, 30 resolved" in card(incident(members=members)).text
    assert "firing," not in card(incident()).text


def test_what_the_source_left_out_is_said() -> None:
    assert "17 more not sent by the source" in card(incident(truncated=17)).text


def test_flapping_quiet_and_refusals_are_said() -> None:
    text = card(incident(flips=(1, 2), flapping=True, hushed=Text.of("No ping: quiet hours."))).text
    assert "came back 2×" in text
    assert "flapping, quiet" in text
    assert "No ping: quiet hours." in text
    one = incident()
    refused = replace(one, observed=replace(one.observed, refused={"#alerts": "is_archived"}))
    assert "meant for #alerts, which Slack refuses (isˍarchived)" not in card(refused).text
    assert "meant for #alerts, which Slack refuses (is_archived)" in card(refused).text


def test_the_ping_is_on_the_first_line() -> None:
    assert card(incident(), "channel").text.split("\n")[0].endswith("*HighErrorRate*  <!channel>")
    assert "<!channel>" not in card(incident()).text


@pytest.mark.parametrize(
    "field", ["title", "summary", "label", "label name", "owner", "what", "runbook", "taken_by", "route"]
)
def test_no_text_from_outside_is_more_than_text(field: str) -> None:
    for value in STRINGS:
        one = hostile(field, value)
        for face in (card(one, "channel"), details(one), check(cards.stub(one, "https://slack.example/p1"))):
            for mark in ("<!channel>" if face.text.count("<!channel>") > 1 else "<!here", "<@", "<#", "<!sub", "<mail"):
                assert mark not in face.text
            for text in texts(face):
                words = OURS.sub("", text).replace("<!channel>", "")
                assert not re.search(r":[\w+'-]+:", words.replace("P0 critical", "")), text[:200]
                assert words.count("*") in (0, 4), text[:200]
                assert "`" not in words
                assert "~" not in words


def hostile(field: str, value: str) -> Incident:
    match field:
        case "label":
            return incident(labels={"service": value, "other": value, "severity": value})
        case "label name":
            return incident(labels={value: "x", "service": value})
        case "what":
            return incident(members={"a": replace(FIRING, what=value), "b": replace(OVER, what=value)})
        case "runbook":
            return incident(links=(Link(name=value, url=value), Link(name="runbook", url="https://x.example/" + value)))
        case _:
            return incident(**{field: value})


def test_a_card_without_a_name_shows_its_id() -> None:
    assert "*K7F3Q2*" in card(incident(title="\x00 ")).text


def test_links_that_do_not_fit_are_left_out_whole_and_said() -> None:
    links = tuple(
        Link(name=name, url=f"https://{name}.example/" + "x" * 900) for name in ("runbook", "dashboard", "source")
    )
    second = texts(card(incident(links=links)))[1]
    assert second.count("<https://") == 1
    assert "2 more did not fit" in second
    assert sum(text.count("<https://") for text in texts(details(incident(links=links)))) == 3


def test_the_worst_case_is_within_all_limits() -> None:
    members = {str(n): replace(FIRING, what="&" * 160, firing=n % 2 == 0) for n in range(1000)}
    labels = {f"label{n:03}": "<" * 500 for n in range(200)}
    links = tuple(Link(name=name, url="https://x.example/" + "&" * 400) for name in cards.LINK_WORDS)
    one = incident(
        title="&" * 5000,
        summary="&" * 5000,
        members=members,
        labels=labels,
        links=links,
        owner="&" * 5000,
        route="<" * 999,
    )
    card(one, "channel")
    face = details(one)
    assert len(face.blocks) <= 50
    said = "\n".join(texts(face))
    assert "199 more labels are not shown." in said
    shown = sum(line.startswith(("🔴 firing", "🟢 resolved")) for line in said.splitlines())
    assert f"{1000 - shown} more are not shown." in said
    assert shown > 0


def test_the_details_name_everything_that_fits_and_why() -> None:
    one = incident(summary="S", labels={"a": "1", "severity": "critical"}, members={"a": FIRING, "b": OVER})
    said = "\n".join(texts(details(one)))
    assert said.splitlines() == [
        "S",
        "a: 1",
        "severity: critical",
        "🔴 firing instance=a",
        "🟢 resolved instance=b",
        "K7F3Q2: P0 because its severity is critical.",
    ]
    assert "K7F3Q2: P0 by route db." in details(replace(one, route="db")).text
    assert "the worst severity among those that fire." in details(replace(one, labels={})).text
    unknown = replace(one, labels={}, severity="P1")
    assert "the default: nothing unknown is hidden." in details(unknown).text


def reply(*lines: Text, mention: tuple[str, ...] = ()) -> Face:
    entries = tuple(Entry(seq=n, at=NOW, text=line) for n, line in enumerate(lines))
    posted = Posted(channel="C", ts="1", place="#alerts", revision=1)
    step = PostReply(name="x", posted=posted, entries=entries, aloud=True, mention=mention, urgency=0)
    return check(cards.reply(step, spell))


def test_a_reply_has_a_line_for_each_entry_and_its_ping() -> None:
    assert reply(Text.of("one"), Text.of("{n} two", n=2), mention=("channel",)).text == "<!channel> one\n2 two"


def test_lines_that_do_not_fit_are_counted() -> None:
    text = reply(*[Text.of("{x}", x="<" * 300)] * 100).text
    assert re.search(r"\n\d+ more lines are not shown", text)
    assert len(text) <= SECTION_MAX


def test_a_stub_points_to_the_new_place() -> None:
    one = incident(place="#alerts")
    assert cards.stub(one, "https://s.example/p1").text == (
        "➡️ K7F3Q2 is worse now and has moved to #alerts. <https://s.example/p1|Open>"
    )
    assert cards.stub(one, "").text.endswith("#alerts.")


def storm(count: int, **more: Any) -> Storm:
    caught = {
        str(n): Caught(id="K7F3Q2", title=STRINGS[n % len(STRINGS)], severity=f"P{n % 3}", is_open=n % 2 == 0, at=n)
        for n in range(count)
    }
    return Storm(
        key="storm:#x", id="AAAAAA", place="#x", opened_at=NOW, grown_at=NOW, severity="P0", caught=caught, **more
    )


def test_a_board_counts_all_and_shows_the_worst_first() -> None:
    face = check(boards.board(storm(1000), POLICY))
    assert "Storm: 1000 incidents at once" in face.text
    assert "500 open, 500 over" in face.text
    lines = texts(face)[1].splitlines()
    assert all(line.startswith("🔸 P0 open") for line in lines[:5])
    assert re.fullmatch(r"\d+ more are not shown\.", lines[-1])
    assert len(lines) - 1 + int(lines[-1].split()[0]) == 1000


def test_a_board_says_when_it_has_passed() -> None:
    assert (
        "The storm has passed: 3 incidents, 2 still open" in check(boards.board(storm(3, passed_at=NOW), POLICY)).text
    )


SILENCE = Silence(matchers='alertname="Disk"', by="ana", reason="new disk", since=NOW, until=NOW + 3_600_000)


@pytest.mark.parametrize(
    ("more", "there", "offered"),
    [
        ({}, True, ["acknowledge", "resolve", "silence", "escalate", "war_room", "why"]),
        ({}, False, ["acknowledge", "resolve", "escalate", "war_room", "why"]),
        ({"source": "github"}, True, ["acknowledge", "resolve", "escalate", "war_room", "why"]),
        (
            {"silences": (replace(SILENCE, token="K/1"),)},
            True,
            ["acknowledge", "resolve", "unsilence", "escalate", "war_room", "why"],
        ),
        (
            {"silences": (replace(SILENCE, id="am"),)},
            True,
            ["acknowledge", "resolve", "silence", "escalate", "war_room", "why"],
        ),
        ({"state": State.RESOLVED, "resolved_at": NOW}, True, ["why"]),
    ],
)
def test_a_silence_is_offered_where_there_is_an_alertmanager(more: Any, there: bool, offered: list[str]) -> None:
    face = cards.card(incident(**more), Pen(policy=POLICY, spell=spell, silences=there), ())
    [actions] = [block for block in face.blocks if block["type"] == "actions"]
    assert [button["action_id"] for button in actions["elements"]] == offered


def test_escalate_is_offered_while_there_is_a_step_left() -> None:
    text = "default_severity: P0\nseverities: {P0: {escalate: [{after: 10m, mention: here}]}}\n"
    pen = Pen(policy=load(text + "channels: {fallback: '#general'}\n", "test.yaml"), spell=spell)
    for taken, wanted in (((), True), ((0,), False)):
        one = incident(severity="P0", attention=Attention(escalated=taken))
        [actions] = [block for block in cards.card(one, pen, ()).blocks if block["type"] == "actions"]
        assert ("escalate" in [button["action_id"] for button in actions["elements"]]) is wanted


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "a silence by ana until"),
        ({"trouble": "not connected"}, "(not yet: not connected)"),
        ({"id": "am", "token": "K/1"}, "🔕 silenced by ana until"),
        ({"id": "am"}, "silenced in Alertmanager by ana until"),
        ({"id": "am", "token": "K/1", "ending": True}, "the silence by ana is being ended"),
    ],
)
def test_the_card_says_how_far_a_silence_is(more: Any, words: str) -> None:
    assert words in card(incident(silences=(replace(SILENCE, **more),))).text
