"""Freezes as people and CI see them: over HTTP and Socket Mode, with two people, two bots, and a bot that was down."""

from pathlib import Path
from typing import Any

import pytest

from bot.app import Bot
from bot.playground.actor import Actor
from bot.playground.message import Message
from bot.playground.people import ANA, BRUNO, CHLOE
from tests.conftest import Stage, wait_until
from tests.e2e.hands import TRANSPORTS, buttons, hears, shows, told, working
from tests.system.processes import Valkey

both = pytest.mark.parametrize("transport", TRANSPORTS)
Told = dict[str, Any]


async def gate(stage: Stage, scope: str, bot: Bot | None = None) -> tuple[int, Told]:
    async with stage.http.get(f"{(bot or stage.bots[0]).url}/gate/{scope}") as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.status, await answer.json()


def frozen(stage: Stage) -> Message:
    return next(
        card for card in reversed(stage.slack.all_cards()) if any(s in card.text for s in ("❄", "🟢", "⏳", "⏹"))
    )


def lines(stage: Stage) -> list[str]:
    return [reply.text for reply in stage.slack.replies(frozen(stage))]


@both
async def test_a_freeze_from_its_beginning_to_its_end(stage: Stage, transport: str) -> None:
    _, actor = await working(stage, transport)
    assert await gate(stage, "staging") == (200, {"open": True, "scope": "staging"})
    await actor.command("/war-room", "freeze staging “moving the database” for 2h", user=ANA)
    await hears(stage, ANA, "staging is frozen until")
    await stage.quiet()
    card = frozen(stage)
    assert card.text.startswith("❄️ *staging* is frozen: moving the database\nowner ana · since")
    assert buttons(card) == ["unfreeze"]
    status, told_ = await gate(stage, "staging")
    assert (status, told_["open"], told_["who"], told_["why"]) == (423, False, "ana", "moving the database")
    assert told_["until"].endswith("Z")
    linked = await wait_until(lambda: _linked(stage))
    assert linked.endswith(card.ts)
    await actor.command("/war-room", "freeze", user=CHLOE)
    assert "🟢 production: open\n❄️ staging: frozen by ana until" in await hears(stage, CHLOE, "moving the database")
    await actor.press(card, "unfreeze", user=CHLOE)
    await hears(stage, CHLOE, "You have no right to freeze or unfreeze here: @on-call may.")
    await actor.press(card, "unfreeze", user=BRUNO)
    await hears(stage, BRUNO, "staging is open: deployments may go on.")
    await stage.quiet()
    await shows(stage, "🟢 *staging* is open again; it was frozen: moving the database", of=frozen)
    assert lines(stage)[-1] == "bruno ends the freeze of staging: deployments may go on."
    assert (await gate(stage, "staging"))[0] == 200
    await actor.press(card, "unfreeze", user=BRUNO)
    await hears(stage, BRUNO, "That freeze is over.")


async def _linked(stage: Stage) -> str:
    return str((await gate(stage, "staging"))[1].get("url", ""))


@both
async def test_two_people_in_production(stage: Stage, transport: str) -> None:
    _, actor = await working(stage, transport)
    await actor.command("/war-room", "freeze production the migration runs", user=ANA)
    await hears(stage, ANA, "it takes a second person, who presses Confirm on the card in #alerts")
    await stage.quiet()
    assert (await gate(stage, "production"))[0] == 200, "one alone locks nothing"
    assert "<!subteam^S0000ONCALL>" in frozen(stage).text
    assert buttons(frozen(stage)) == ["confirm", "unfreeze"]
    await actor.press(frozen(stage), "confirm", user=ANA)
    await hears(stage, ANA, "You have said so already")
    await actor.press(frozen(stage), "confirm", user=BRUNO)
    said = await hears(stage, BRUNO, "production is frozen until")
    assert said.endswith("`/war-room unfreeze production` ends it, once a second person confirms.")
    await stage.quiet()
    assert (await gate(stage, "production"))[1]["who"] == "ana"
    await shows(stage, "confirmed by bruno", of=frozen)
    await actor.command("/war-room", "unfreeze production", user=BRUNO)
    await hears(stage, BRUNO, "production stays as it is until a second person")
    await stage.quiet()
    assert (await gate(stage, "production"))[0] == 423
    assert "<!subteam^S0000ONCALL> bruno wants to end the freeze of production." in lines(stage)[-1]
    await actor.command("/war-room", "unfreeze production", user=ANA)
    await hears(stage, ANA, "production is open")
    assert (await gate(stage, "production"))[0] == 200


async def test_what_is_asked_wrongly(stage: Stage) -> None:
    _, actor = await working(stage, "http")
    asked = {
        "freeze prodcution x": "The policy has no scope `prodcution`; it has production, staging.\n"
        "Did you mean `production`?",
        'freeze "why not"': "Which scope? The policy has production, staging.",
        'freeze staging "x" for 4hours': "`4hours` is no length of time; write 30m",
        "freeze staging x for 4hours": "`4hours` is no length of time",
        "freeze staging x for 3d": "staging may be frozen for 1 d at most",
        'freeze staging ""': 'Say why: `/war-room freeze staging "moving the database" for 2h`.',
        "freeze staging": "🟢 staging: open",
        "unfreeze": "Nothing is frozen.",
        "unfreeze STAGING": "staging is not frozen.",
        "freez": "Did you mean `/war-room freeze`?",
        "help": "For example:",
    }
    for words, answer in asked.items():
        before = len(told(stage, ANA))
        await actor.command("/war-room", words, user=ANA)
        await wait_until(lambda seen=before: len(told(stage, ANA)) > seen, what=words)
        assert answer in told(stage, ANA)[-1], words
    await actor.command("/war-room", "freeze staging waiting for bob", user=ANA)
    await hears(stage, ANA, "staging is frozen until")
    assert (await gate(stage, "staging"))[1]["why"] == "waiting for bob"
    assert await gate(stage, "nowhere") == (
        404,
        {"scope": "nowhere", "scopes": ["production", "staging"],
         "why": "the policy has no scope 'nowhere'; it has: production, staging"},
    )  # fmt: skip


async def test_its_owner_is_reminded_and_it_ends_while_the_bot_is_down(stage: Stage) -> None:
    bot, actor = await working(stage, "http")
    await actor.command("/war-room", "freeze staging a move for 2h", user=ANA)
    await hears(stage, ANA, "staging is frozen")
    await stage.quiet()
    stage.clock.turn(minutes=106)
    await wait_until(lambda: lines(stage))
    assert lines(stage)[-1].startswith(f"<@{ANA}> ana, the freeze of staging ends at")
    await stage.stop(bot)
    stage.clock.turn(minutes=15)
    again = await stage.bot()
    assert (await gate(stage, "staging", again))[0] == 200, "nobody had to hear of its end"
    await wait_until(lambda: frozen(stage).text.startswith("🟢"))
    await stage.quiet()
    assert len([line for line in lines(stage) if "ends at" in line]) == 1
    assert lines(stage)[-1] == "The freeze of staging is over: deployments may go on."


async def test_what_one_bot_is_told_the_other_knows_at_once(stage: Stage) -> None:
    one, actor = await working(stage, "http")
    other = await stage.bot()
    await actor.command("/war-room", "freeze staging a move", user=ANA)
    await hears(stage, ANA, "staging is frozen")
    assert [(await gate(stage, "staging", bot))[0] for bot in (one, other)] == [423, 423]
    elsewhere = Actor(stage.slack.ws, other.url, stage.http)
    await elsewhere.command("/war-room", "unfreeze staging", user=BRUNO)
    await hears(stage, BRUNO, "staging is open")
    assert [(await gate(stage, "staging", bot))[0] for bot in (one, other)] == [200, 200]
    await elsewhere.command("/war-room", "freeze staging another move", user=BRUNO)
    await hears(stage, BRUNO, "staging is frozen")
    await stage.quiet()
    assert len([card for card in stage.slack.all_cards() if "*staging*" in card.text]) == 2, "a card for each"


async def test_a_release_of_the_scope_says_so_at_its_foot(stage: Stage) -> None:
    _, actor = await working(stage, "http")
    await actor.command("/release-status", "start v1.1.1", user=ANA)
    await hears(stage, ANA, "v1.1.1 is watched")

    def foot() -> bool:
        return any("❄️ production is frozen until" in str(one.blocks) for one in stage.slack.all_cards())

    await actor.command("/war-room", "freeze production the migration", user=ANA)
    await actor.command("/war-room", "freeze production the migration", user=BRUNO)
    await hears(stage, BRUNO, "production is frozen")

    async def says() -> bool:
        await actor.command("/release-status", "v1.1.1", user=CHLOE)
        return any("❄️ production is frozen until" in text for text in told(stage, CHLOE))

    await wait_until(says)
    await wait_until(foot, what="its card says so, too")
    for user in (ANA, BRUNO):
        await actor.command("/war-room", "unfreeze production", user=user)
    await wait_until(lambda: not foot(), what="its card knows of the end")
    await actor.command("/war-room", "freeze production the migration for 5m", user=ANA)
    await actor.command("/war-room", "freeze production the migration for 5m", user=BRUNO)
    await wait_until(foot, what="frozen again")
    stage.clock.turn(minutes=6)
    await wait_until(lambda: not foot(), what="its end has come by itself")


async def test_without_redis_nothing_is_open(stage: Stage, tmp_path: Path) -> None:
    server = Valkey(tmp_path)
    await server.start()
    await stage.bot(SERENO_REDIS_URL=server.url)
    assert (await gate(stage, "staging"))[0] == 200
    server.kill()
    status, told_ = await gate(stage, "staging")
    assert (status, "open" in told_) == (503, False)
    await stage.stop(stage.bots[0])


async def test_nothing_is_gated_without_scopes(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text("channels: {fallback: '#general'}\nseverities: {P1: {}}\nrights: {freeze: everyone}\n")
    _, actor = await working(stage, "http", path)
    assert (await gate(stage, "production"))[1]["why"].endswith("it has: none, see `scopes`")
    for words in ("freeze", "freeze production x", "unfreeze"):
        await actor.command("/war-room", words, user=ANA)
        await hears(stage, ANA, "The policy has no `scopes:` yet")
