"""Silences, from the card into a real Alertmanager and back; and what Alertmanager knows that we do not."""

import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.app import Bot
from bot.playground.actor import Actor
from bot.playground.people import ANA, CHLOE
from tests.conftest import Stage, wait_until
from tests.e2e.hands import buttons, form, hears, shows, told
from tests.system.alertmanagers import BINARY, SECRET, Alertmanager, alertmanagers, fire

AMTOOL = shutil.which("amtool")
pytestmark = pytest.mark.skipif(not (BINARY and AMTOOL), reason="needs Debian's prometheus-alertmanager")
NAME = "DiskFull"


@dataclass
class Scene:
    """An Alertmanager, a bot that knows it, and somebody to act."""

    stage: Stage
    bot: Bot
    am: Alertmanager
    actor: Actor

    async def look(self) -> None:
        """What happens each minute."""
        assert self.bot.comparison
        await wait_until(self.bot.leases.held, what="the lanes are ours again after the clock was turned")
        await self.bot.comparison.look()
        await self.stage.quiet()

    async def looks_until(self, words: str, *, gone: bool = False) -> None:
        """Alertmanager needs a moment before it says that an alert is silenced."""

        async def seen() -> bool:
            await self.look()
            return (words in disk(self.stage).text) is not gone

        await wait_until(seen, what=words)


def disk(stage: Stage) -> Any:
    return stage.slack.card("alerts", NAME)


def amtool(am: Alertmanager, *words: str) -> str:
    command = [str(AMTOOL), f"--alertmanager.url={am.url}", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=20).stdout


def silences(am: Alertmanager) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(amtool(am, "silence", "query", "-o", "json"))
    return found


@pytest.fixture
async def scene(stage: Stage, tmp_path: Path) -> AsyncIterator[Scene]:
    hook = await stage.bot(SERENO_HOOK_SECRET__ALERTMANAGER=SECRET)
    async with alertmanagers(tmp_path, hook.url, 1) as [am]:
        port = hook.port
        await stage.stop(hook)
        bot = await stage.bot(SERENO_HOOK_SECRET__ALERTMANAGER=SECRET, ALERTMANAGER_URL=am.url, port=port)
        await fire([am], "one", "two")
        await wait_until(lambda: any("2 firing" in one.text for one in stage.slack.cards("alerts")))
        await stage.quiet()
        yield Scene(stage, bot, am, Actor(stage.slack.ws, bot.url, stage.http))


async def test_a_silence_made_from_the_card_is_in_alertmanager(scene: Scene) -> None:
    stage, actor = scene.stage, scene.actor
    assert buttons(disk(stage)) == ["acknowledge", "resolve", "silence", "escalate", "war_room", "why"]
    await actor.press(disk(stage), "silence", user=CHLOE)
    await hears(stage, CHLOE, "You have no right to silence here: @on-call may")
    await actor.press(disk(stage), "silence", user=ANA)
    shown = await form(stage, ANA, "This would hide 2 of the 2 alerts")
    assert 'alertname=\\"DiskFull\\"' in json.dumps(shown)
    await actor.press_view(shown, "watched", user=ANA, value='instance="one"')
    shown = await form(stage, ANA, "This would hide 1 of the 2 alerts")
    await actor.press_view(shown, "watched", user=ANA, value='instance=~".*"')
    shown = await form(stage, ANA, "these would hide everything")
    wide = await actor.submit(shown, {"matchers": 'instance=~".+"', "for": "2h", "reason": "x"}, user=ANA)
    assert "hide everything" in wide.errors["matchers"]
    given = {"matchers": 'alertname="DiskFull"', "for": "1h", "reason": "a new disk comes"}
    assert (await actor.submit(shown, given, user=ANA)).ok
    await hears(stage, ANA, "is on its way to Alertmanager")
    await shows(stage, "🔕 silenced by ana until", of=disk)
    [made] = silences(scene.am)
    assert made["createdBy"] == "ana"
    assert "a new disk comes" in made["comment"]
    assert made["matchers"] == [{"isEqual": True, "isRegex": False, "name": "alertname", "value": "DiskFull"}]
    assert buttons(disk(stage)) == ["acknowledge", "resolve", "unsilence", "escalate", "war_room", "why"]
    await scene.look()
    assert "silenced by ana" in disk(stage).text, "the look finds it as it is"
    await actor.press(disk(stage), "unsilence", user=ANA)
    await wait_until(lambda: "silence" not in disk(stage).text)
    assert silences(scene.am) == []


async def test_a_silence_near_its_end_is_said_and_so_is_its_end(scene: Scene) -> None:
    stage, actor = scene.stage, scene.actor
    name = stage.slack.replies(disk(stage))[0].text.splitlines()[-1].partition(":")[0]
    await actor.command("/sereno", f"silence {name} 1h a new disk comes", user=ANA)
    await shows(stage, "silenced by ana until", of=disk)
    stage.clock.turn(minutes=46)
    said = "ana, your silence ends at"
    await wait_until(lambda: any(said in reply.text for reply in stage.slack.replies(disk(stage))), what=said)
    [warned] = [reply for reply in stage.slack.replies(disk(stage)) if said in reply.text]
    assert f"<@{ANA}>" in warned.text
    stage.clock.turn(minutes=15)
    await wait_until(lambda: "silenced" not in disk(stage).text)
    await wait_until(lambda: "The silence by ana is over." in stage.slack.replies(disk(stage))[-1].text)


async def test_a_silence_made_with_amtool_is_on_the_card(scene: Scene) -> None:
    stage = scene.stage
    made = amtool(
        scene.am, "silence", "add", "alertname=DiskFull", "-c", "planned <!channel>", "-a", "carla", "-d", "2h"
    )
    await scene.looks_until("silenced in Alertmanager by carla until")
    assert "planned &lt;!channel&gt;" in stage.slack.replies(disk(stage))[-1].text
    await scene.look()
    replies = len(stage.slack.replies(disk(stage)))
    amtool(scene.am, "silence", "expire", made.strip())
    stage.clock.turn(minutes=1)
    await scene.looks_until("silenced", gone=True)
    assert len(stage.slack.replies(disk(stage))) == replies + 1


async def test_a_resolve_that_was_lost_closes_the_card_with_a_note(scene: Scene) -> None:
    stage = scene.stage
    await scene.look()
    amtool(scene.am, "silence", "add", "alertname=DiskFull", "-c", "quiet", "-a", "carla", "-d", "2h")
    await fire([scene.am], "one", "two", over=True)  # what is silenced sends no end
    await scene.look()
    assert "🟢" not in disk(stage).text, "one look is not enough"
    stage.clock.turn(minutes=1)
    await scene.look()
    await shows(stage, "🟢", of=disk)
    assert any("the end never reached me" in reply.text for reply in stage.slack.replies(disk(stage)))


@pytest.mark.parametrize(("chosen", "left"), [([], 1), (["yes"], 0)])
async def test_it_ends_with_the_incident_if_so_chosen(scene: Scene, chosen: list[str], left: int) -> None:
    stage, actor = scene.stage, scene.actor
    await actor.press(disk(stage), "silence", user=ANA)
    shown = await form(stage, ANA, "This would hide")
    given = {"matchers": 'instance="one"', "for": "1h", "reason": "new disk", "ends": chosen}
    assert (await actor.submit(shown, given, user=ANA)).ok
    await shows(stage, "silenced by ana until", of=disk)
    await actor.press(disk(stage), "resolve", user=ANA)
    await shows(stage, "🟢", of=disk)
    await stage.quiet()
    await wait_until(lambda: len(silences(scene.am)) == left)


async def test_with_alertmanager_away_it_is_said_and_tried_again(scene: Scene) -> None:
    stage, actor = scene.stage, scene.actor
    scene.am.kill()
    await actor.press(disk(stage), "silence", user=ANA)
    shown = await form(stage, ANA, "Alertmanager does not answer")
    given = {"matchers": 'alertname="DiskFull"', "for": "1h", "reason": "new disk"}
    assert (await actor.submit(shown, given, user=ANA)).ok
    assert "nothing is silenced yet" in await hears(stage, ANA, "Alertmanager does not answer now")
    await shows(stage, "(not yet: not connected)", of=disk)
    assert "silenced by" not in disk(stage).text
    await scene.am.start(alone=True)
    stage.clock.turn(seconds=20)
    await shows(stage, "🔕 silenced by ana until", of=disk)
    assert len(silences(scene.am)) == 1
    assert len(told(stage, ANA)) == 1
