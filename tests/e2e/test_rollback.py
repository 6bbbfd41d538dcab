"""Rollbacks as people and GitHub see them: the checklist, two people, one call, lost answers, the version that runs."""

from pathlib import Path

from bot.app import Bot
from bot.playground.actor import Actor
from bot.playground.message import Message
from bot.playground.people import ANA, BRUNO, CHLOE
from tests.conftest import Stage, wait_until
from tests.e2e.dispatches import HANGS, GitHub, github
from tests.e2e.hands import buttons, form, hears, told, working
from tests.e2e.outside import outside
from tests.e2e.releases import POLICY, whole, written

EVENT = "    rollback_dispatch: {event: roll-back, inputs: {from: $version, to: $baseline}}\n"
WORKFLOW = "    rollback_dispatch: {workflow: rollback.yml, ref: main, inputs: {version: $baseline}}\n"
SEEN = "    running: {json: 'URL/version', path: build.version}\n"
FREEZES = "scopes: {production: {channel: releases}}\nrights: {freeze: [ana], "
TWO = POLICY.replace('["pip install acme-sdk==$baseline"]', '["pip install acme-sdk==$baseline", "Tell support."]')


async def ready(stage: Stage, tmp_path: Path, hub: GitHub | None = None, *more: str) -> tuple[Bot, Actor]:
    """A bot with a release that is watched."""
    text = TWO + "".join(more).replace("URL", hub.url if hub else "")
    bot, actor = await working(stage, "http", written(tmp_path, text), **(hub.environ if hub else {}))
    await actor.command("/release-status", "start v1.1.1 baseline v1.1.0", user=ANA)
    await hears(stage, ANA, "v1.1.1 is watched")
    await stage.quiet()
    return bot, actor


async def begins(stage: Stage, actor: Actor) -> None:
    """Two people have it begin."""
    await actor.command("/war-room", "rollback it does not start", user=ANA)
    await hears(stage, ANA, "it takes a second person")
    await stage.quiet()
    await actor.press(card(stage), "confirm", user=BRUNO)
    await hears(stage, BRUNO, "The rollback has begun.")


def card(stage: Stage) -> Message:
    signs = tuple(
        f"{sign} *v1.1.1* · Python SDK" for sign in ("⏳", "⏪", "✅", "⏹️")
    )  # a watch's are bold up to the end
    return next(one for one in reversed(stage.slack.cards("monitoring")) if one.text.startswith(signs))


def lines(stage: Stage) -> list[str]:
    return [reply.text for reply in stage.slack.replies(card(stage))]


async def shows(stage: Stage, words: str) -> str:
    try:
        await wait_until(lambda: any(words in whole(one) for one in stage.slack.cards("monitoring")), what=words)
    except AssertionError as error:
        raise AssertionError(f"the card does not say {words!r}: {whole(card(stage))}") from error
    return whole(card(stage))


async def decided(stage: Stage) -> str:
    return next((one.text for one in stage.slack.cards("monitoring") if "Decided: roll back" in whole(one)), "")


async def test_by_hand_step_by_step(stage: Stage, tmp_path: Path) -> None:
    _, actor = await ready(stage, tmp_path)
    await actor.command("/war-room", "rollback", user=CHLOE)
    await hears(stage, CHLOE, '• `/war-room rollback v1.1.1 to v1.1.0 "WHY"`')
    await actor.command("/war-room", "rollback it does not start", user=CHLOE)
    await hears(stage, CHLOE, "You have no right to roll back here: Ana Ruiz, Bruno Costa may")
    await actor.command("/war-room", "rollback v1.1.1 to v1.1.0 “it does not start”", user=ANA)
    await hears(stage, ANA, "v1.1.1 is being rolled back to v1.1.0; the card with its steps is in #monitoring.")
    await stage.quiet()
    said = whole(card(stage))
    assert said.startswith("⏪ *v1.1.1* · Python SDK is being rolled back to v1.1.0: it does not start")
    assert "⬜ 1. pip install acme-sdk==v1.1.0\n⬜ 2. Tell support." in said
    assert "decided by Ana Ruiz · since" in said
    assert buttons(card(stage)) == ["step", "giveup"]
    assert "by Ana Ruiz" in await wait_until(lambda: decided(stage))
    await actor.command("/war-room", "rollback tick 2", user=BRUNO)
    await hears(stage, BRUNO, "Ticked.")
    old = card(stage)
    await actor.press(old, "step", user=ANA)
    await hears(stage, ANA, "The rollback is done.")
    await stage.quiet()
    assert "✅ *v1.1.1* · Python SDK is rolled back to v1.1.0: it does not start" in whole(card(stage))
    assert "✅ 1. pip install acme-sdk==v1.1.0 (Ana Ruiz, " in whole(card(stage))
    said = "\n".join(lines(stage)).splitlines()
    assert said[:2] == ["✅ 2. Tell support. (Bruno Costa)", "✅ 1. pip install acme-sdk==v1.1.0 (Ana Ruiz)"]
    assert said[2].startswith("v1.1.1 is rolled back to v1.1.0")
    await actor.press(old, "step", user=BRUNO)
    await hears(stage, BRUNO, "That rollback is over.")


async def test_two_people_github_and_the_version_that_runs(stage: Stage, tmp_path: Path) -> None:
    async with github() as hub:
        _, actor = await ready(stage, tmp_path, hub, EVENT, SEEN)
        await actor.command("/war-room", "rollback it does not start", user=ANA)
        await hears(stage, ANA, "Nothing begins yet: it takes a second person")
        await stage.quiet()
        assert buttons(card(stage)) == ["confirm", "giveup"]
        assert "When it is confirmed, GitHub starts the event roll-back of acme/sdk." in whole(card(stage))
        await actor.press(card(stage), "confirm", user=ANA)
        await hears(stage, ANA, "You have said so already; it takes a second person.")
        await actor.press(card(stage), "confirm", user=CHLOE)
        await hears(stage, CHLOE, "You have no right")
        assert (hub.asked, await decided(stage)) == ([], ""), "what waits is not decided"
        await actor.press(card(stage), "confirm", user=BRUNO)
        await hears(stage, BRUNO, "The rollback has begun.")
        await shows(stage, "🛫 GitHub has started the event roll-back of acme/sdk")
        body = {"event_type": "roll-back", "client_payload": {"from": "v1.1.1", "to": "v1.1.0"}}
        assert hub.asked == [("/repos/acme/sdk/dispatches", body)]
        await wait_until(lambda: decided(stage))
        await shows(stage, "⬜ v1.1.1 runs, seen first")
        for number in (1, 2):
            await actor.command("/war-room", f"rollback tick {number}", user=ANA)
        await shows(stage, "✅ 2. Tell support.")
        hub.version = ""
        stage.clock.turn(minutes=1)
        await shows(stage, "it cannot be seen now: http_502")
        assert "http_502" not in "".join(lines(stage)), "the card says it; nobody is called for it"
        hub.version = "1.1.0"
        stage.clock.turn(minutes=1)
        await shows(stage, "is rolled back to v1.1.0")
        await stage.quiet()
        assert "confirmed by Bruno Costa" in whole(card(stage))
        assert "1.1.0 runs now.\nv1.1.1 is rolled back" in "\n".join(lines(stage))
        assert len(hub.asked) == 1


async def test_a_version_that_does_not_change_is_said_once(stage: Stage, tmp_path: Path) -> None:
    async with github() as hub:
        _, actor = await ready(stage, tmp_path, hub, WORKFLOW, SEEN)
        await begins(stage, actor)
        await shows(stage, "GitHub has started rollback.yml of acme/sdk")
        await shows(stage, "v1.1.1 runs")
        body = {"ref": "main", "inputs": {"version": "v1.1.0"}}
        assert hub.asked == [("/repos/acme/sdk/actions/workflows/rollback.yml/dispatches", body)]
        stage.clock.turn(minutes=16)
        await wait_until(lambda: any("v1.1.0 does not run yet: v1.1.1 does." in line for line in lines(stage)))
        await stage.quiet()
        assert len([line for line in lines(stage) if "does not run yet" in line]) == 1


async def test_a_bot_that_dies_before_the_answer_does_not_send_twice(stage: Stage, tmp_path: Path) -> None:
    async with github() as hub:
        hub.statuses = [HANGS]
        bot, actor = await ready(stage, tmp_path, hub, EVENT)
        await begins(stage, actor)
        await wait_until(lambda: hub.asked)
        await stage.stop(bot)
        stage.clock.turn(seconds=31)
        again = await stage.bot(tmp_path / "policy.yaml", **hub.environ)
        actor = Actor(stage.slack.ws, again.url, stage.http)
        await shows(stage, "I do not know whether GitHub got it")
        await stage.quiet()
        assert len(hub.asked) == 1
        assert "look at the Actions page of acme/sdk" in lines(stage)[-1]
        assert buttons(card(stage)) == ["step", "resend", "giveup"]
        await actor.press(card(stage), "resend", user=BRUNO)
        await hears(stage, BRUNO, "GitHub is told once more")
        await shows(stage, "🛫 GitHub has started")
        assert len(hub.asked) == 2


async def test_an_answer_that_is_lost_waits_for_a_person(stage: Stage, tmp_path: Path) -> None:
    async with github() as hub:
        hub.statuses = [502]
        _, actor = await ready(stage, tmp_path, hub, EVENT)
        await begins(stage, actor)
        await shows(stage, "❓ I do not know whether GitHub got it")
        stage.clock.turn(minutes=5)
        await stage.quiet()
        assert len(hub.asked) == 1


async def test_githubs_no_is_named_and_tried_again_by_a_person(stage: Stage, tmp_path: Path) -> None:
    async with github() as hub:
        hub.statuses = [403, 404]
        _, actor = await ready(stage, tmp_path, hub, WORKFLOW)
        await begins(stage, actor)
        await shows(stage, "Resource not accessible by personal access token: GITHUB_TOKEN needs actions: write there")
        await actor.press(card(stage), "resend", user=ANA)
        await shows(stage, "Not Found: there is no such repository or workflow")
        await stage.quiet()
        await actor.press(card(stage), "resend", user=ANA)
        await shows(stage, "🛫 GitHub has started")
        assert len(hub.asked) == 3


async def test_github_that_cannot_be_reached_is_tried_again_by_itself(stage: Stage, tmp_path: Path) -> None:
    async with github() as hub:
        text = TWO + EVENT
        environ = {**hub.environ, "GITHUB_API_URL": "http://127.0.0.1:9"}
        bot, actor = await working(stage, "http", written(tmp_path, text), **environ)
        await actor.command("/release-status", "start v1.1.1 baseline v1.1.0", user=ANA)
        await hears(stage, ANA, "v1.1.1 is watched")
        await stage.quiet()
        await begins(stage, actor)
        await shows(stage, "GitHub does not answer (not connected); I go on trying")
        await stage.stop(bot)
        await stage.bot(tmp_path / "policy.yaml", **hub.environ)
        await shows(stage, "🛫 GitHub has started")
        assert len(hub.asked) == 1


async def test_it_is_given_up_with_a_reason(stage: Stage, tmp_path: Path) -> None:
    _, actor = await ready(stage, tmp_path)
    await actor.command("/war-room", "rollback to v1.0.9", user=ANA)
    opened = await form(stage, ANA, "The plan has 2 steps for it.")
    assert "v1.0.9" in str(opened["blocks"])
    await actor.submit(opened, {"to": "v1.0.9", "why": "it does not start"}, user=ANA)
    await hears(stage, ANA, "v1.1.1 is being rolled back to v1.0.9")
    await stage.quiet()
    await actor.press(card(stage), "giveup", user=ANA)
    opened = await form(stage, ANA, "What GitHub has started goes on")
    await actor.submit(opened, {"why": "v1.0.9 is worse"}, user=ANA)
    await shows(stage, "⏹️ *v1.1.1* · Python SDK: its rollback to v1.0.9 was given up: it does not start")
    assert "v1.0.9 is worse" in whole(card(stage))
    assert buttons(card(stage)) == []


async def test_what_is_asked_wrongly(stage: Stage, tmp_path: Path) -> None:
    _, actor = await ready(stage, tmp_path)
    asked = {
        "rollback v9.9.9 x": "I know no release `v9.9.9`",
        "rollback tick": "Which step? For example `/war-room rollback tick 2`.",
        "rollback tick 1": "No rollback goes on.",
        "rollback tick v1.1.1 1": "No rollback of `v1.1.1` goes on.",
        "rollback stop x": "No rollback goes on.",
        "rollback to v1.1.1 x": "Back to which version? `/war-room rollback v1.1.1 to v1.0.0",
    }
    for words, answer in asked.items():
        before = len(told(stage, ANA))
        await actor.command("/war-room", words, user=ANA)
        await wait_until(lambda seen=before: len(told(stage, ANA)) > seen, what=words)
        assert answer in told(stage, ANA)[-1], words
    await actor.command("/war-room", "rollback it does not start", user=ANA)
    await hears(stage, ANA, "is being rolled back")
    await actor.command("/war-room", "rollback tick 9", user=ANA)
    await hears(stage, ANA, "There is no such step; the checklist has 2 steps.")
    await actor.command("/war-room", "rollback", user=CHLOE)
    await hears(
        stage, CHLOE, "⏪ v1.1.1 is being rolled back to v1.1.0 by Ana Ruiz; its card is in #monitoring.\n⬜ 1."
    )


async def test_a_release_that_is_decided_otherwise_is_named_on_the_card(stage: Stage, tmp_path: Path) -> None:
    _, actor = await ready(stage, tmp_path)
    await actor.command("/release-status", "decide v1.1.1 patch the fix is small", user=ANA)
    await wait_until(lambda: any("Decided: patch" in whole(one) for one in stage.slack.cards("monitoring")))
    await actor.command("/war-room", "rollback v1.1.1 it does not start after all", user=BRUNO)
    await shows(stage, "v1.1.1 was decided before: patch, by Ana Ruiz")


async def test_a_red_release_offers_a_freeze_and_a_rollback(stage: Stage, tmp_path: Path) -> None:
    async with outside(stage.clock) as far:
        far.kinds = ("sdist",)  # no wheel: red
        text = TWO.replace("    window: 72h", "    scope: production\n    window: 72h").replace("rights: {", FREEZES)
        _, actor = await working(stage, "http", written(tmp_path, text), **far.environ)
        await actor.command("/release-status", "start v1.1.1 baseline v1.1.0", user=ANA)
        await hears(stage, ANA, "v1.1.1 is watched")
        await stage.quiet()
        await wait_until(lambda: "freeze" in buttons(watched(stage)))
        await wait_until(lambda: any("sdist and wheel" in one.text for one in stage.slack.cards("alerts")))
        [alert] = stage.slack.cards("alerts")
        assert [name for name in buttons(alert) if name in ("freeze", "rollback")] == ["freeze", "rollback"]
        await actor.press(alert, "freeze", user=ANA)
        opened = await form(stage, ANA, "Nobody deploys to production until it ends.")
        await actor.press(alert, "freeze", user=BRUNO)
        slower = await form(stage, BRUNO, "Nobody deploys to production until it ends.")
        answer = await actor.submit(opened, {"why": "the wheel is missing", "for": "3d"}, user=ANA)
        assert answer.errors == {"for": "At most 1 d; it can be made longer later."}
        await actor.submit(opened, {"why": "the wheel is missing", "for": "2h"}, user=ANA)
        await hears(stage, ANA, "production is frozen until")
        await actor.submit(slower, {"why": "no wheel", "for": "1h"}, user=BRUNO)
        assert "❄️ production: frozen by Ana Ruiz until" in await hears(stage, BRUNO, "Somebody was faster")
        await wait_until(lambda: "freeze" not in buttons(watched(stage)))
        await actor.press(watched(stage), "rollback", user=BRUNO)
        opened = await form(stage, BRUNO, "The plan has 2 steps for it.")
        answer = await actor.submit(opened, {"to": "v1.1.1", "why": "no wheel"}, user=BRUNO)
        assert answer.errors == {"to": "An earlier version, such as v1.1.0."}
        await actor.submit(opened, {"to": "v1.1.0", "why": "no wheel"}, user=BRUNO)
        await hears(stage, BRUNO, "v1.1.1 is being rolled back to v1.1.0")
        await wait_until(lambda: "rollback" not in buttons(watched(stage)), what="it is decided")
        await actor.press(alert, "rollback", user=ANA)
        await hears(stage, ANA, "⏪ v1.1.1 is being rolled back to v1.1.0 by Bruno Costa")


def watched(stage: Stage) -> Message:
    return next(one for one in stage.slack.cards("monitoring") if "*v1.1.1 · Python SDK*" in one.text)


async def test_in_a_war_room_it_is_shown_there_and_on_its_timeline(stage: Stage, tmp_path: Path) -> None:
    _, actor = await ready(stage, tmp_path)
    await actor.command("/war-room", '"it does not start" P0', user=ANA)
    await wait_until(lambda: [one for one in stage.slack.ws.channels if one.name.startswith("inc-")])
    await stage.quiet()
    [room] = [one for one in stage.slack.ws.channels if one.name.startswith("inc-")]
    await actor.command("/war-room", "rollback v1.1.1 to v1.1.0 it does not start", channel=room.id, user=ANA)
    await hears(stage, ANA, f"the card with its steps is in #{room.name}")
    await stage.quiet()
    found = [one for one in stage.slack.cards(room.id) if "⏪ *v1.1.1* · Python SDK is being rolled back" in one.text]
    assert [buttons(one) for one in found] == [["step", "giveup"]]
    assert _on_timeline(stage, room.id, "Ana Ruiz rolls back v1.1.1 to v1.1.0: it does not start") == 1
    for number in (1, 2):
        await actor.command("/war-room", f"rollback tick {number}", channel=room.id, user=BRUNO)
    await hears(stage, BRUNO, "The rollback is done.")
    await stage.quiet()
    for line in ("✅ 1. pip install acme-sdk==v1.1.0 (Bruno Costa)", "v1.1.1 is rolled back to v1.1.0"):
        assert _on_timeline(stage, room.id, line) == 1, line


async def test_asked_for_in_a_private_room_it_is_shown_where_the_plan_says(stage: Stage, tmp_path: Path) -> None:
    _, actor = await ready(stage, tmp_path)
    await actor.command("/war-room", "open", user=ANA)
    await actor.submit(await form(stage, ANA), {"title": "a leak", "private": ["yes"]}, user=ANA)
    await wait_until(lambda: [one for one in stage.slack.ws.channels if one.name.startswith("inc-")])
    await stage.quiet()
    [room] = [one for one in stage.slack.ws.channels if one.name.startswith("inc-")]
    assert room.private
    await actor.command("/war-room", "rollback v1.1.1 to v1.1.0 it does not start", channel=room.id, user=ANA)
    await hears(stage, ANA, "the card with its steps is in #monitoring.")
    await stage.quiet()
    assert "⏪ *v1.1.1*" in whole(card(stage))
    await actor.command("/war-room", "rollback", user=CHLOE)
    assert room.name not in await hears(stage, CHLOE, "its card is in #monitoring.")
    assert _on_timeline(stage, room.id, "Ana Ruiz rolls back v1.1.1 to v1.1.0: it does not start") == 1


def _on_timeline(stage: Stage, room: str, line: str) -> int:
    """How often the thread of the war-room's own card has a line."""
    own = [one for one in stage.slack.cards(room) if "War-room" in one.text]
    return sum(line in whole(reply) for one in own for reply in stage.slack.replies(one))
