"""Two languages: each reader's own, with its plurals, numbers and times; and nothing that a value can break."""

import asyncio
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.__main__ import main
from bot.cards.mrkdwn import draw
from bot.cards.plain import plain
from bot.cards.tongue import agree, catalogue, fields, span, speaking, spoken
from bot.cli import check
from bot.cli.saying import language
from bot.playground.message import Message
from bot.playground.people import ANA, BRUNO, CHLOE
from bot.policy_box import DEFAULT
from rules import languages, release_words
from rules.policy_file import BadPolicy, load
from rules.text import Joined, Moment, Number, Span, Text, Value
from tests.alerts import alert, group
from tests.cards.hostile import LITERAL, faults
from tests.conftest import Stage, wait_until
from tests.e2e.hands import buttons, card, form, opened, told, working
from tests.rules.releases import watched

SPANISH = catalogue("es")
MADRID = ZoneInfo("Europe/Madrid")
AT = 1_800_000_000_000  # Friday, 15 January 2027, 08:00 UTC
MORE = ("{count} more line is not shown.", "{count} more lines are not shown.")
TEAM = """
team: SDK
language: es
timezone: Europe/Madrid
channels: {alerts: "#alerts", monitoring: "#monitoring", fallback: "#general"}
channel_languages: {monitoring: en}
severities:
  P0: {label: [critical], channel: alerts}
  P1: {label: [warning], channel: monitoring}
people:
  ana: {name: Ana Ruiz, slack: ana@example.com}
  bruno: {name: Bruno Costa, slack: U0000BRUNO, language: en, timezone: Europe/Lisbon}
rights: {resolve: everyone}
releases:
  sdk:
    words: Python SDK
    window: 72h
    checks: {smoke: {words: smoke test, tick: Run the example.}}
    checkpoints: [{name: T+0, at: 0h}]
    yellow: {severity: P1}
    red: {severity: P0}
"""
HARMLESS = "x"


def es(text: Text) -> str:
    """A text in Spanish; it must be another one than the English."""
    with speaking("es"):
        said = plain(text)
    assert said != plain(text), "it is not translated"
    return said


# ---- plurals, numbers, times


@pytest.mark.parametrize(("count", "english"), [(0, "lines are"), (1, "line is"), (2, "lines are"), (21, "lines are")])
def test_plurals(count: int, english: str) -> None:
    text = Text.counted(*MORE, count=count)
    assert plain(text) == f"{count} more {english} not shown."
    assert es(text) == SPANISH[MORE[0]][count != 1].format(count=count)


def test_what_is_measured_is_counted_too() -> None:
    for measured, english in ((1.0, "1 case"), (0.0, "0 cases"), (1.5, "1.5 cases")):
        text = Text.counted("{count} case", "{count} cases", count=Number(number=measured))
        assert plain(text) == english
        assert es(text) == SPANISH["{count} case"][measured != 1].format(count=english.split()[0].replace(".", ","))


@pytest.mark.parametrize(
    ("number", "digits", "english", "spanish"),
    [
        (0.0, 4, "0", "0"),
        (1.5, 4, "1.5", "1,5"),
        (-0.25, 4, "-0.25", "-0,25"),
        (1234.5, 5, "1234.5", "1234,5"),
        (12345.6, 4, "12,346", "12.346"),
        (9_999.4, 4, "9999", "9999"),
        (1_234_567.0, 6, "1,234,567", "1.234.567"),
        (99.95, 10, "99.95", "99,95"),
    ],
)
def test_numbers(number: float, digits: int, english: str, spanish: str) -> None:
    text = Text.of("{number}", number=Number(number=number, digits=digits))
    assert plain(text) == draw(text) == english
    with speaking("es"):
        assert plain(text) == draw(text) == spanish


def test_times_and_lengths_of_time() -> None:
    text = Text.of("{at} {span}", at=Moment(at=AT), span=Span(ms=3_900_000))
    assert plain(text) == "2027-01-15 08:00 UTC 1 h 5 min"
    with speaking("es", MADRID):
        assert plain(text) == "2027-01-15 09:00 CET 1 h 5 min"
        assert draw(text).startswith("<!date^1800000000^{date_short_pretty} {time}|2027-01-15 09:00 CET> ")
        assert span(0) == SPANISH["less than 1 s"][0]


# ---- which language is in force


def test_what_is_within_a_text_is_translated_too() -> None:
    inner = Text.of("resolved")
    with speaking("es"):
        assert draw(Text.of("{one}: {all}", one=inner, all=Joined((inner, inner), ", "))) == "{0}: {0}, {0}".format(
            *SPANISH["resolved"]
        )


def test_what_is_not_translated_is_said_in_english() -> None:
    with speaking("es"):
        assert plain(Text.of("Nobody would {say} that.", say="ever")) == "Nobody would ever that."
        assert plain(Text.counted("{count} xyz", "{count} xyzs", count=2)) == "2 xyzs"
    with speaking("xx"):
        assert plain(Text.of("resolved")) == "resolved"


async def test_a_language_belongs_to_a_task_and_to_what_it_begins() -> None:
    async def heard() -> str:
        await asyncio.sleep(0)
        return spoken().code

    with speaking("es"):
        begun = asyncio.create_task(heard())
        with speaking("en"):
            inner = asyncio.create_task(heard())
        in_thread = await asyncio.to_thread(lambda: spoken().code)
    assert [await begun, await inner, await heard(), in_thread] == ["es", "en", "en", "es"]


def test_whose_language() -> None:
    policy = load(TEAM, "test.yaml")
    assert languages.of_channel(policy, "#alerts") == ("es", MADRID)
    assert languages.of_channel(policy, "#monitoring").language == "en"
    assert languages.of_channel(policy, "monitoring").language == "en"
    assert languages.of_channel(policy, "#another").language == "es"
    assert languages.of_channel(policy, "").language == "es"
    assert languages.of_person(policy, ["bruno"]) == ("en", ZoneInfo("Europe/Lisbon"))
    assert languages.of_person(policy, ["@ana"]) == ("es", MADRID)
    assert languages.of_person(policy, ["user:U0123", "@nobody"]) == languages.of_team(policy) == ("es", MADRID)


def test_the_channels_of_the_policy_are_checked() -> None:
    with pytest.raises(BadPolicy, match=r"channel_languages\.monitring: 'monitring' is neither a #channel"):
        load(TEAM.replace("channel_languages: {monitoring", "channel_languages: {monitring"), "test.yaml")
    with pytest.raises(BadPolicy, match="write one of 'en', 'es', not 'fr'"):
        load(TEAM.replace("{monitoring: en}", "{monitoring: fr}"), "test.yaml")


# ---- what is kept, and what may go wrong


def test_a_text_is_kept_as_it_is_and_an_old_one_is_still_read() -> None:
    kept = TypeAdapter(Text)
    values: dict[str, Value] = {"n": Number(number=2), "s": Span(ms=1), "t": Text.of("x"), "j": Joined(), "w": "w"}
    text = Text.counted("{count}", "{count} s", count=2, at=Moment(at=1), **values)
    assert kept.validate_json(kept.dump_json(text)) == text
    old = kept.validate_json('{"template": "{a} of {b}", "values": {"a": 1, "b": {"template": "b", "values": {}}}}')
    assert old == Text.of("{a} of {b}", a=1, b=Text.of("b"))
    assert not old.is_plural


@pytest.mark.parametrize(
    ("ours", "theirs", "fine"),
    [
        (("{a} of {b}",), ("{b} y {a}",), True),
        (("{a} of {b}",), ("{a}",), False),
        (("{a}",), ("{b}",), False),
        (("{a}",), ("{a.__class__}",), False),
        (("{a}",), ("{a!r}",), False),
        (("{a}",), ("{a:>9999999999}",), False),
        (("{a}",), ("{a",), False),
        (("{a}", "{a}s"), ("{a}",), False),
        (("a",), ("{}",), False),
    ],
)
def test_a_translation_that_cannot_take_the_values_is_not_used(
    ours: tuple[str, ...], theirs: tuple[str, ...], fine: bool
) -> None:
    assert agree(ours, theirs) is fine


@settings(deadline=None, derandomize=True, max_examples=1000)
@given(st.sampled_from(sorted(SPANISH) or [""]), st.lists(st.sampled_from(LITERAL), min_size=12, max_size=12))
def test_no_value_is_more_than_text_in_any_sentence(template: str, hostile: list[str]) -> None:
    names = sorted(name for name, _, _ in fields(template))
    plural = template if len(SPANISH.get(template, ())) > 1 else ""
    with speaking("es"):
        bad = draw(Text(template, dict(zip(names, hostile, strict=False)), plural))
        good = draw(Text(template, dict.fromkeys(names, HARMLESS), plural))
    assert {fault for fault in faults(bad) if "[^`]" not in fault} <= set(faults(good))
    for mark in "`*<>\n":
        assert bad.count(mark) == good.count(mark), mark


# ---- the command line


@pytest.mark.parametrize(
    ("environ", "code"),
    [
        ({}, "en"),
        ({"LANG": "es_ES.UTF-8"}, "es"),
        ({"LANG": "es"}, "es"),
        ({"LANG": "ES.utf8"}, "es"),
        ({"LANG": "est_EE.UTF-8"}, "en"),
        ({"LANG": "es_MX", "LC_MESSAGES": "en_US"}, "en"),
        ({"LANG": "es_MX", "LC_MESSAGES": "en_US", "LC_ALL": "es_AR.UTF-8"}, "es"),
        ({"LANG": "es_MX", "LC_MESSAGES": "", "LC_ALL": ""}, "es"),
        ({"LANG": "es_MX", "LC_ALL": "C"}, "en"),
    ],
)
def test_the_command_line_speaks_the_language_of_the_environment(environ: dict[str, str], code: str) -> None:
    assert language(environ) == code


def test_a_sub_command_in_spanish(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "es_ES.UTF-8")
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert es(Text.of("what was found, as JSON")) in shown
    assert es(check.ABOUT) in shown
    assert main(["check", str(DEFAULT)]) == 0
    fine = ("{path}: fine, {count} example passes", "{path}: fine, {count} examples pass")
    assert capsys.readouterr().out.strip() == es(Text.counted(*fine, path=str(DEFAULT), count=6))
    assert spoken().code == "en"


async def test_a_bot_that_is_begun_in_a_spanish_terminal_speaks_the_language_of_its_readers(
    stage: Stage, tmp_path: Path
) -> None:
    with speaking("es"):
        _, hands = await working(stage, "http")
        shown = await opened(stage)
    assert labels(shown)[:1] == ["Acknowledge"]
    await hands.command("/sereno", "list service=other", user=ANA)
    assert await wait_until(lambda: told(stage, ANA)) == ["Nothing open fits."]


# ---- a Spanish team, with a channel and a person that speak English


@pytest.fixture
def spanish(tmp_path: Path) -> Path:
    (tmp_path / "policy.yaml").write_text(TEAM, encoding="utf-8")
    return tmp_path / "policy.yaml"


def labels(message: Message) -> list[str]:
    return [one["text"]["text"] for block in message.blocks if block["type"] == "actions" for one in block["elements"]]


async def test_a_card_and_its_thread_in_the_language_of_the_channel(stage: Stage, spanish: Path) -> None:
    _, hands = await working(stage, "http", spanish)
    shown = await opened(stage)
    assert buttons(shown)[:2] == ["acknowledge", "resolve"]
    assert labels(shown)[:2] == [es(Text.of("Acknowledge")), es(Text.of("Resolve"))]
    since = es(Text.of("Firing since {at}", at="|")).partition("|")[0]
    assert since in shown.text
    assert " CET>" in shown.text or " CEST>" in shown.text
    await hands.press(shown, "acknowledge", user=BRUNO)
    said = es(Text.of("{person} has it.", person="Bruno Costa"))
    await wait_until(lambda: said in [one.text for one in stage.slack.replies(card(stage))])
    await stage.send("alertmanager", group(alert("DiskFull", severity="warning")))
    await stage.quiet()
    assert labels(stage.slack.card("monitoring", "DiskFull"))[:1] == ["Acknowledge"]


async def test_an_answer_in_the_language_of_who_asks_or_of_all_who_see_it(stage: Stage, spanish: Path) -> None:
    _, hands = await working(stage, "http", spanish)
    nothing = Text.of("Nothing is open. A calm night.")
    for user, wanted in ((BRUNO, plain(nothing)), (ANA, es(nothing)), (CHLOE, es(nothing))):
        await hands.command("/sereno", "list", user=user)
        assert await wait_until(lambda asker=user: told(stage, asker)) == [wanted]
    for channel, wanted in (("general", es(nothing)), ("monitoring", plain(nothing))):
        await hands.command("/sereno", "list --here", channel=channel, user=BRUNO)
        await wait_until(lambda there=channel: stage.slack.cards(there))
        assert stage.slack.cards(channel)[-1].text == wanted


def test_a_plan_speaks_of_the_version_before_in_the_language_of_its_reader() -> None:
    watch = watched().one
    said = Text.of("{do}", do=release_words.fill("Go from $version to $baseline, *now*: sdk==$baseline", watch))
    assert draw(said) == "Go from v1.1.1 to the version before, ∗now∗: sdk==the version before"
    assert es(said) == "Go from v1.1.1 to la versión anterior, *now*: sdk==la versión anterior"
    known = release_words.fill("$version, not $baseline", replace(watch, baseline="v1.1.0"))
    assert known == "v1.1.1, not v1.1.0"
    assert release_words.fill("", watch) == ""


async def test_a_form_in_the_language_of_who_fills_it_in(stage: Stage, spanish: Path) -> None:
    _, hands = await working(stage, "http", spanish)
    for user, title in ((BRUNO, "Watch a release"), (ANA, es(Text.of("Watch a release")))):
        await hands.command("/release-status", "start", user=user)
        shown = await form(stage, user)
        assert shown["title"]["text"] == title[:24]
    answer = await hands.submit(await form(stage, ANA), {"version": "no version"}, ANA)
    wrong = Text.of("Letters, digits and . _ + / @ - only, such as v1.1.1.")
    assert (answer.errors or {}).get("version") == es(wrong).replace("&", "&amp;")
