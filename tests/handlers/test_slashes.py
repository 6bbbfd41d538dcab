"""Slash commands: which there are, which sub-command words mean, and what help says."""

import re

import pytest

from bot.cards.mrkdwn import draw
from bot.cards.tongue import speaking
from handlers import registry
from handlers.contract import Command, Desk, Reply, Slash
from handlers.helping import PLACEHOLDERS, TO_FILL, filled, help_for, meant
from handlers.lengths import BadLength, length
from handlers.naming import said, typed
from handlers.subjects import unknown
from rules.signal import Actor
from rules.text import Text

SLASHES = registry.slashes()


async def _run(_words: list[str], _person: Actor, _desk: Desk) -> Reply:
    return []


def _command(usage: str, example: str = "") -> Command:
    return Command(usage=usage, help=Text.of("what it does"), run=_run, example=example)


LOOK, START = _command("[VERSION]", "1.2.3"), _command("start VERSION", "start 1.2.3")
COMMANDS = {"look": LOOK, "start": START}
OPEN = Slash(name="/ship-it", about=Text.of("Ships"), commands=COMMANDS, otherwise="look")
QUOTED = Slash(name="/ship-it", about=Text.of("Ships"), commands=COMMANDS, otherwise="look", quoted=True)
STRICT = Slash(name="/ship-it", about=Text.of("Ships"), commands=COMMANDS)


def _said(words: list[str], slash: Slash) -> list[str]:
    return [draw(line) for line in help_for(words, slash)]


def test_a_folder_is_a_slash_command() -> None:
    assert {"/sereno", "/release-status"} <= set(SLASHES)
    assert all(name == slash.name for name, slash in SLASHES.items())
    assert {"list", "why"} <= set(SLASHES["/sereno"].commands)
    assert SLASHES["/sereno"].otherwise == ""
    assert SLASHES["/release-status"].otherwise == "status"


@pytest.mark.parametrize("slash", SLASHES.values(), ids=list(SLASHES))
def test_what_each_declares_fits(slash: Slash) -> None:
    assert slash.otherwise in ("", *slash.commands), "OTHERWISE names no file beside it"
    assert "help" not in slash.commands, "nobody would reach it"
    for word, command in slash.commands.items():
        assert command.usage
        assert (command.usage.split()[0] == word) == (word != slash.otherwise), "only OTHERWISE leaves its word out"


@pytest.mark.parametrize(
    ("typed", "command", "words"),
    [
        ("", LOOK, ""),
        ("1.2.3", LOOK, "1.2.3"),
        ("V1.2.3 Start", LOOK, "V1.2.3 Start"),
        ("stat 1.2.3", LOOK, "stat 1.2.3"),
        ("look", LOOK, ""),
        ("LOOK V1", LOOK, "V1"),
        ("Start V1 Help", START, "V1 Help"),
        ("help", None, "help"),
        ("HELP start", None, "HELP start"),
    ],
)
def test_words_that_are_no_sub_command_go_to_otherwise(typed: str, command: Command | None, words: str) -> None:
    assert meant(typed.split(), OPEN) == (command, words.split())


@pytest.mark.parametrize(
    ("typed", "command", "words"),
    [("", None, ""), ("1.2.3", None, "1.2.3"), ("help", None, "help"), ("lOOk V1", LOOK, "V1")],
)
def test_without_otherwise_such_words_get_help(typed: str, command: Command | None, words: str) -> None:
    assert meant(typed.split(), STRICT) == (command, words.split())


def test_help_shows_what_to_type() -> None:
    assert _said(["Help"], OPEN) == [
        "`/ship-it [VERSION]` – what it does",
        "`/ship-it start VERSION` – what it does",
        "For example:",
        "• `/ship-it 1.2.3`",
        "• `/ship-it start 1.2.3`",
        "With `--here` everybody in the channel sees the answer.",
    ]


@pytest.mark.parametrize("slash", SLASHES.values(), ids=list(SLASHES))
def test_in_spanish_nothing_of_the_help_is_left_in_english(slash: Slash) -> None:
    wanted = {part for one in slash.commands.values() for part in TO_FILL.findall(one.usage)}
    assert wanted <= set(PLACEHOLDERS), "give these words in handlers/helping.py"
    with speaking("es"):
        shown = "\n".join(_said(["help"], slash))
    assert wanted & set(re.findall(r"\b[A-Z]{2,}\b", shown)) <= {"ID", "PLAN", "RELEASE"}
    words = {"the", "is", "was", "we", "have", "all", "of", "it", "not", "than", "too"}
    assert words & set(re.findall(r"[a-z]+", shown)) == set()


def test_what_is_typed_as_it_stands_stays_so() -> None:
    with speaking("es"):
        assert (
            draw(Text.of("{x}", x=filled('["WHAT" [SEVERITY]] done|@OWNER'))) == '["QUÉ" [SEVERIDAD]] done|@RESPONSABLE'
        )
        assert draw(Text.of("{x}", x=filled("merge K7F3Q2 QWERTZ"))) == "merge K7F3Q2 QWERTZ"


@pytest.mark.parametrize("word", ["<#C0000000196|inc-20261121-secret-thing>", "&lt;x <#C0000000196|inc-2026>"])
def test_a_word_is_said_back_as_it_was_seen(word: str) -> None:
    seen = said(word)
    assert "#inc-2026" in seen
    assert "C0000000196" not in seen
    shown = seen.replace("<", "&lt;")
    assert _said([word], STRICT)[0] == f"I do not know `{shown}`."
    assert draw(unknown(word)).startswith(f"I know nothing by the name `{shown}`")
    with pytest.raises(BadLength) as caught:
        length(word)
    assert draw(caught.value.text).startswith(f"`{shown}` is no length")
    assert typed("x" * 70) == "x" * 60 + "…"


def test_help_says_what_was_perhaps_meant() -> None:
    assert _said(["strat"], STRICT)[:2] == ["I do not know `strat`.", "Did you mean `/ship-it start`?"]


def test_where_words_are_quoted_a_slip_is_answered_in_short() -> None:
    how = 'To open a war-room put what is wrong in quotes: `/ship-it "…"`; `/ship-it help` shows all.'
    assert meant(["strat"], QUOTED) == (None, ["strat"])
    assert _said(["strat"], QUOTED) == ["I do not know `strat`.", "Did you mean `/ship-it start`?", how]
    assert _said(["wibble"], QUOTED) == ["I do not know `wibble`.", how]
    assert _said(["help"], QUOTED) == _said(["help"], OPEN), "who asks for all sees all"


def test_help_without_examples_announces_none() -> None:
    alone = Slash(name="/x", about=Text.of("x"), commands={"y": _command("y", "y"), "z": _command("z")})
    assert _said([], alone)[2:] == ["With `--here` everybody in the channel sees the answer."]
