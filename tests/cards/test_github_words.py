"""What comes from outside is only text at GitHub, too: it pings, links, closes, formats and draws nothing."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.cards import postmortem
from bot.cards.markdown import DOLLAR, JOINER, markdown, unheard
from rules.postmortem import draft
from rules.room import Line, Room, Task
from rules.summary import Part
from rules.text import Text
from tests.cards.hostile import STRINGS
from tests.rules.situations import NOW
from tests.rules.test_postmortem import MADRID, incident, room

COMMIT = "a5c3785ed8d6a35868bc169f07e40e889087fd2e"
EVIL = [
    "#5", "GH-5", "gh-5", "Gh-5", "owner/repo#5", f"owner/repo@{COMMIT}", "owner@abc1234", COMMIT, "a5c3785", "A5C3785",
    "fixes #5", "closes: GH-5", "Resolves owner/repo#5", "fixed https://github.com/o/r/issues/5", "CVE-2026-12345",
    "GHSA-mmc9-pwm7-qj5w", "ghsa-mmc9-pwm7-qj5w", "JIRA-5", "DOC-ABC", "https://github.com/o/r/pull/5", "HTTP://X.Y",
    "ftp://x.y", "www.example.com", "WWW.example.com", "@user", "@org/team", "ana@example.com", "mailto:a@b.c",
    "xmpp:a@b.c/x", ":tada:", ":+1:", ":100:", ":e-mail:", ":white_check_mark:", "x :fire", "<b>x</b>", "<!-- x",
    "<details open>", "<https://x.y>", "[x](https://x.y)", "![x](y.png)", "[x][y]", "[^1]", "**x**", "__x__", "~~x~~",
    "`x`", "```x```", "# x", "> [!NOTE]", "| a | b |", "- [ ] x", "&#64;user", "&commat;user", "$x$", "$$x$$", "$`x`$",
    "\\@user", "\\#5", "https\\://x.y", "@\x00user", "#\u202e5", "http:\x07//x.y", "w\x00ww.x.y",
]  # fmt: skip

# GitHub looks for these in the words that are read, whatever stood in the source for them.
LINKED = [re.compile(one, re.ASCII) for one in (
    r"@\w", r"#\d", r"(?i:gh|ghsa|cve)-\w", r"[A-Z]-\w", r"[0-9a-fA-F]{7}", r"://", r"(?i:www\.)", r":[\w+-]+:",
    r"\$",
)]  # fmt: skip
OWN = re.compile(r"`/war-room \w+ …`|^\*The rest did not fit;.*\*$")  # what our own words format
FORMATS = re.compile(r"(?<!\\)(?:\\\\)*([`*_\[\]<>|~#&])")


def faults(source: str) -> list[str]:
    """What in a line of Markdown, but for its sign at the beginning, would be more than text at GitHub."""
    plain = OWN.sub("", source).replace(DOLLAR, " ")
    shown = re.sub(r"\\([^\w\s])", r"\1", plain)
    return [found[0] for pattern, text in ((FORMATS, plain), *((one, shown) for one in LINKED))
            if (found := pattern.search(text))]  # fmt: skip


def evil(value: str) -> tuple[Room, list[Part]]:
    one = room(
        title=value, impact=value, cause=value, fix=value, tasks=(Task(what=value, owner=value, due=value),),
        lines=(Line(at=NOW, by="", text=value), Line(at=NOW, by=value, text=f"Ana Torres{value}Ana Torres")),
    )  # fmt: skip
    told = incident(title=value).say(NOW, Text.of("It says {what}: {more}", what=value, more=value))
    return one, draft(one, [told], MADRID, NOW)


def lines(document: str) -> list[str]:
    return [re.sub(r"^(?:#+|-) ", "", line) for line in document.splitlines() if line]


@pytest.mark.parametrize("value", EVIL)
def test_nothing_from_outside_is_more_than_text_at_github(value: str) -> None:
    one, parts = evil(value)
    mark, *body = lines(postmortem.issue(parts, "<!-- sereno: 7F3K/1 -->"))
    assert mark == "<!-- sereno: 7F3K/1 -->"
    for line in (*body, *lines(postmortem.document(parts)), *lines(postmortem.pull(one))):
        assert faults(line) == [], line
    title = postmortem.title(parts)
    assert not any(pattern.search(title) for pattern in LINKED[:-1])
    assert "`" not in title


def test_no_value_of_the_collection_is_more_than_text_at_github() -> None:
    for value in STRINGS:
        assert faults(unheard(value)) == [], value


PIECES = st.sampled_from([*EVIL, *"#@:-/.$`\\ w0aF_<&", "GH", "www", "http", COMMIT[:6]]) | st.text(max_size=3)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=8).map("".join))
@example(":a:b:c:")
@example("w" * 9 + ".x")
def test_no_pieces_put_together_are_more_than_text(value: str) -> None:
    assert faults(unheard(value)) == []
    assert faults(f"{unheard(value)}: {unheard(value)}") == []


@pytest.mark.parametrize("value", ["db-7.example:5432 is down", "12:30 CET", "1.5 % of p99", "ana-torres"])
def test_what_is_harmless_can_be_copied(value: str) -> None:
    assert JOINER not in unheard(value)


def test_in_code_of_ours_it_stands_as_it_was() -> None:
    said = "$HOME/a_b # owner/repo#5 at a5c3785 GH-5"
    part = Part(heading=Text.of("x"), lines=(Text.of("```\n{said}\n```", said=said),))
    assert f"\n  {said}\n" in markdown([part], unheard)
