"""What people do to a watched release from Slack: buttons, forms, words; over HTTP and over Socket Mode."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.playground.actor import Actor
from bot.playground.people import ANA, BRUNO, CHLOE
from tests.conftest import Stage, wait_until
from tests.e2e.hands import TRANSPORTS, buttons, form, hears, working
from tests.e2e.releases import OTHER, POLICY, asks, card, says, shows, thread, whole, written

NOWHERE = "http://127.0.0.1:9"
Open = Callable[[str], Awaitable[Actor]]


@pytest.fixture
def watched(stage: Stage, tmp_path: Path) -> Open:
    """A release that is watched; no source answers."""

    async def opened(transport: str) -> Actor:
        environ = {"GITHUB_API_URL": NOWHERE, "PYPI_URL": NOWHERE}
        _, hands = await working(stage, transport, written(tmp_path), **environ)
        await asks(stage, hands, ANA, "start v1.1.1", "v1.1.1 is watched by the plan sdk; its card is in #monitoring.")
        await says(stage, "*T+0* of v1.1.1")
        return hands

    return opened


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_the_card_has_its_buttons(stage: Stage, watched: Open, transport: str) -> None:
    hands = await watched(transport)
    assert buttons(card(stage)) == ["details", "chart", "tick", "decide"]
    await hands.press(card(stage), "details", user=CHLOE)
    told = await hears_whole(stage, CHLOE, "*Checkpoints*")
    assert "Rollback" in told
    assert "pip install acme-sdk==the version before" in told
    await hands.press(card(stage), "chart", user=CHLOE)
    await hears_whole(stage, CHLOE, "There is no chart")


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_an_item_is_ticked_in_the_form(stage: Stage, watched: Open, transport: str) -> None:
    hands = await watched(transport)
    await hands.press(card(stage), "tick", user=BRUNO)
    shown = await form(stage, BRUNO, "Install it in a fresh container")
    await hands.submit(shown, {"note": "https://ci.example.org/9"}, BRUNO)
    await says(stage, "✅ smoke test: done, says Bruno Costa. https://ci.example.org/9")
    await hears(stage, BRUNO, "smoke of v1.1.1 is ticked")
    told = await asks(stage, hands, CHLOE, "checklist", "what people confirm or enter")
    assert "🟢 smoke test: done by Bruno Costa" in told
    assert "`nps`" in told


async def test_a_failed_item_is_beyond_its_threshold(stage: Stage, watched: Open) -> None:
    hands = await watched("http")
    await asks(stage, hands, ANA, "tick v1.1.1 smoke failed it does not start", "smoke of v1.1.1 is marked as failed")
    await says(stage, "Beyond its threshold. 🟡 smoke test: failed, says Ana Ruiz")
    await wait_until(lambda: [one for one in stage.slack.cards("monitoring") if "v1.1.1: smoke test" in one.text])
    await asks(stage, hands, ANA, "tick smoke it does now", "smoke of v1.1.1 is ticked")
    await says(stage, "Back in bounds after")


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_release_is_decided_in_the_form(stage: Stage, watched: Open, transport: str) -> None:
    hands = await watched(transport)
    await hands.press(card(stage), "decide", user=ANA)
    shown = await form(stage, ANA, "its window is still open")
    answer = await hands.submit(shown, {"why": " "}, ANA)
    assert "why" in (answer.errors or {}), "a reason of spaces is none"
    await hands.submit(shown, {"why": "all is calm"}, ANA)
    await hears_whole(stage, ANA, "v1.1.1 cannot be kept as it is")
    await hands.press(card(stage), "decide", user=ANA)
    shown = await form(stage, ANA, "its window is still open")
    await hands.submit(shown, {"verdict": "rollback", "why": "it does not start"}, ANA)
    decided = await shows(stage, "Decided: roll back, by Ana Ruiz")
    assert "it does not start" in decided
    assert buttons(card(stage)) == ["details", "chart"]


async def test_a_watch_is_started_in_the_form(stage: Stage, tmp_path: Path) -> None:
    _, hands = await working(stage, "http", written(tmp_path), GITHUB_API_URL=NOWHERE, PYPI_URL=NOWHERE)
    await hands.command("/release-status", "start", "monitoring", ANA)
    shown = await form(stage, ANA, "Version")
    answer = await hands.submit(shown, {"version": "v 1"}, ANA)
    assert "version" in (answer.errors or {})
    await hands.submit(shown, {"version": "v1.1.1", "baseline": "v1.1.0"}, ANA)
    await says(stage, "Ana Ruiz has v1.1.1 watched from here on")
    await shows(stage, "baseline v1.1.0")


async def test_everybody_sees_what_is_asked_for_here(stage: Stage, watched: Open) -> None:
    hands = await watched("http")
    await hands.command("/release-status", "v1.1.1 --here", "general", CHLOE)
    await wait_until(
        lambda: [one for one in stage.slack.cards("general") if "T+0 h of 72" in one.text], what="the card"
    )


async def test_a_watch_is_stopped(stage: Stage, watched: Open) -> None:
    hands = await watched("http")
    await asks(stage, hands, CHLOE, "stop v1.1.1", "You have no right to stop here")
    await asks(stage, hands, ANA, "stop v1.1.1 never rolled out", "is not watched from here on")
    await says(stage, "Ana Ruiz stopped the watch of v1.1.1: never rolled out")
    await asks(stage, hands, ANA, "tick v1.1.1 smoke", "v1.1.1 is not watched any more")
    await asks(stage, hands, ANA, "start v1.1.1", "v1.1.1 is watched by the plan sdk")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("tick smok", "Did you mean `smoke`?"),
        ("tick v2.0.0 smoke", "I know no release `v2.0.0`"),
        ("set nps many", "`many` is not a number"),
        ("set nps nan", "`nan` is not a number"),
        ("set init-failures 1", "has no `init-failures` to set"),
        ("set nps", "Which value?"),
        ("decide perhaps", "keep, patch or rollback?"),
        ("decide patch", "Say why"),
        ("start v1 sdk baseline", "Which baseline?"),
        ("start v1.1.1", "is watched already"),
        ("stop", "Which one?"),
        ("help", "`/release-status decide [VERSION] keep|patch|rollback WHY`"),
        ("plan", "*Checkpoints*"),
        ("summary", "*Health of v1.1.1 after its release*"),
        ("list", "v1.1.1 · Python SDK · T+0 h of 72"),
    ],
)
async def test_every_answer_says_what_to_do(stage: Stage, watched: Open, words: str, answer: str) -> None:
    hands = await watched("http")
    await asks(stage, hands, ANA, words, answer)


async def test_nothing_from_outside_pings_links_or_formats(stage: Stage, watched: Open) -> None:
    hands = await watched("http")
    evil = "<!channel> <https://evil.example|good> *bold* @here"
    await asks(stage, hands, ANA, f"tick smoke {evil}", "is ticked")
    said = await says(stage, "✅ smoke test: done")
    assert "<!channel>" not in said
    assert "<https" not in said
    assert "*bold*" not in said
    assert not any("<!channel>" in one for one in thread(stage))


async def test_a_version_that_several_plans_watch_is_named_with_its_plan(stage: Stage, tmp_path: Path) -> None:
    environ = {"GITHUB_API_URL": NOWHERE, "PYPI_URL": NOWHERE}
    _, hands = await working(stage, "http", written(tmp_path, POLICY + OTHER), **environ)
    await asks(stage, hands, ANA, "start v1.1.1", "By which plan? `/release-status start v1.1.1 PLAN`: sdk, container.")
    await asks(stage, hands, ANA, "start v1.1.1 sdk", "is watched by the plan sdk")
    await asks(stage, hands, ANA, "start v1.1.1 container", "is watched by the plan container")
    which = "Several plans watch `v1.1.1`; say which: sdk:v1.1.1, container:v1.1.1."
    for words in ("v1.1.1", "decide v1.1.1 rollback no", "stop v1.1.1", "tick v1.1.1 smoke"):
        await asks(stage, hands, ANA, words, which)
    await asks(stage, hands, ANA, "decide container:v1.1.1 rollback it is empty", "container:v1.1.1: roll back.")
    await asks(stage, hands, ANA, "v1.1.1", "Python SDK")


async def hears_whole(stage: Stage, user: str, words: str) -> str:
    """What somebody alone was told, all blocks of it."""

    def heard() -> str:
        told = [whole(one) for one in stage.slack.ws.ephemerals if one.visible_to == user]
        return next((one for one in reversed(told) if words in one), "")

    return str(await wait_until(heard, what=words))
