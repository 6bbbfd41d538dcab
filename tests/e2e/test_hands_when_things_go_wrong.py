"""What people do and are told while Slack, Alertmanager or this process itself is in trouble."""

import asyncio
from pathlib import Path

import pytest
from aiohttp import web

from bot.playground.actor import Actor
from bot.playground.faults import Fault
from bot.playground.people import ANA, BRUNO
from tests.alerts import alert, group, started
from tests.conftest import Stage, serve, wait_until
from tests.e2e.hands import card, hears, name_of, opened, shows, thread, told, working
from tests.e2e.rooms import ruled
from tests.e2e.test_clocks import POLICY, later, says


def written(folder: Path, text: str) -> Path:
    path = folder / "policy.yaml"
    path.write_text(text)
    return path


async def test_a_card_over_the_budget_is_shown_though_reminders_name_somebody(stage: Stage, tmp_path: Path) -> None:
    text = POLICY.replace("mention: channel\n", "mention: channel\n    mentions_per_hour: 1\n")
    await stage.bot(written(tmp_path, text))
    await stage.send("alertmanager", group(alert("First")))
    await stage.quiet()
    stage.slack.faults.add(Fault(method="chat.postMessage", kind="ratelimited", times=1, retry_after=2))
    await stage.send("alertmanager", group(alert("Second")))
    await later(stage, minutes=20)
    await wait_until(lambda: [one for one in stage.slack.cards("alerts") if "Second" in one.text])
    await stage.quiet()
    second = stage.slack.card("alerts", "Second")
    assert "<!channel>" not in second.text
    assert len(stage.slack.replies(second)) < 8, "and said so once"


async def test_a_hanging_alertmanager_keeps_no_card_waiting(stage: Stage) -> None:
    released, begun, ended = asyncio.Event(), list[str](), list[str]()

    async def hang(request: web.Request) -> web.Response:
        begun.append(request.path)
        try:
            await released.wait()
        finally:
            ended.append(request.path)
        return web.json_response([])

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", hang)
    async with serve(app) as url:
        bot = await stage.bot(ALERTMANAGER_URL=url)
        actor = Actor(stage.slack.ws, bot.url, stage.http)
        for number in range(6):
            await stage.send("alertmanager", group(alert(f"Old{number}"), key=f"old{number}"))
        await stage.quiet()
        for number in range(6):
            one = stage.slack.card("alerts", f"Old{number}")
            name = stage.slack.replies(one)[0].text.splitlines()[-1].partition(":")[0]
            await actor.command("/sereno", f"silence {name} 1h because", user=ANA)
        await wait_until(lambda: len(told(stage, ANA)) == 6)
        assert all("does not answer now" in text for text in told(stage, ANA))
        path = "/api/v2/silences"
        tried = begun.count(path)
        await later(stage, seconds=20)
        await wait_until(lambda: begun.count(path) >= tried + 6, what="all six are tried again, and hang")
        over = ended.count(path)
        for number in range(8):
            await stage.send("alertmanager", group(alert(f"New{number}"), key=f"new{number}"))
        await wait_until(lambda: sum("New" in one.text for one in stage.slack.cards("alerts")) == 8)
        assert ended.count(path) == over, "shown while each of them still hung"
        released.set()


async def test_a_person_whose_name_is_a_channels_takes_none_of_its_cards(stage: Stage, tmp_path: Path) -> None:
    text = POLICY.replace("bruno", "general").replace("U0000BRUNO", BRUNO)
    await stage.bot(written(tmp_path, text.replace("people: [ana, general]", "people: [general]")))
    await opened(stage)
    await later(stage, minutes=31)
    await says(stage, "Nobody has it yet, 31 min")
    await stage.quiet()
    stage.slack.ws.archive("alerts")
    await stage.send("alertmanager", group(alert("Another")))
    await stage.quiet()
    assert stage.slack.card("general", "Another")


async def test_ending_a_mute_lets_the_clocks_run_again(stage: Stage, tmp_path: Path) -> None:
    bot = await stage.bot(written(tmp_path, POLICY))
    actor = Actor(stage.slack.ws, bot.url, stage.http)
    await actor.command("/sereno", "mute #alerts 3d moving", user=ANA)
    await hears(stage, ANA, "pings nobody until")
    await opened(stage)
    await actor.command("/sereno", "mute #alerts off", user=ANA)
    await hears(stage, ANA, "may ping again")
    await later(stage, minutes=6)
    await says(stage, "Nobody has it yet")


async def test_a_new_policy_sets_the_clocks_of_what_is_open(stage: Stage, tmp_path: Path) -> None:
    path = written(tmp_path, POLICY)
    bot = await stage.bot(path)
    await opened(stage)
    path.write_text(POLICY.replace("respond_within: 5m", "respond_within: 2m"))
    assert bot.ops.take_policy()[0]
    await later(stage, minutes=3)
    await says(stage, "Nobody has it yet, 3 min")


async def test_a_resolved_card_is_still_explained_by_its_name(stage: Stage) -> None:
    _, actor = await working(stage, "http")
    await opened(stage)
    name = name_of(stage)
    await stage.send("alertmanager", group(alert(service="checkout", firing=False)))
    await shows(stage, "🟢")
    for word, answer in (
        ("why", "Latest: all of it is over (resolved)."),
        ("show", "Resolved after"),
        ("ack", "is resolved already"),
    ):
        await actor.command("/sereno", f"{word} {name}", user=BRUNO)
        await hears(stage, BRUNO, answer)
    await stage.quiet()
    stage.clock.turn(hours=3)
    await stage.send("alertmanager", group(started(alert(service="checkout"), "2026-11-21T09:00:00Z")))
    await stage.quiet()
    await actor.command("/sereno", f"ack {name}", user=BRUNO)
    await hears(stage, BRUNO, "I know nothing open under that name")


async def test_what_was_acknowledged_to_slack_is_done_before_a_stop(stage: Stage) -> None:
    bot, actor = await working(stage, "http")
    first = await opened(stage)
    await actor.press(first, "acknowledge", user=ANA)
    await stage.stop(bot)
    await stage.bot()
    await stage.quiet()
    assert "ana has it since" in card(stage).text
    assert any("ana has it." in text for text in thread(stage))


async def test_an_override_of_a_user_groups_rotation_is_shown(stage: Stage, tmp_path: Path) -> None:
    text = POLICY.replace('{people: [ana, bruno], handoff: "0 9 * * *", since: 2026-01-01}', '{group: "@on-call"}')
    bot = await stage.bot(written(tmp_path, text))
    actor = Actor(stage.slack.ws, bot.url, stage.http)
    await actor.command("/sereno", "oncall platform me 2h", user=ANA)
    await hears(stage, ANA, "Ana Ruiz is on call for platform until")
    await actor.command("/sereno", "oncall", user=BRUNO)
    assert "Next: whoever is in @on-call, from" in await hears(stage, BRUNO, "platform: Ana Ruiz until")


@pytest.mark.parametrize(
    ("team", "enterprise", "theirs", "refused"),
    [("T1", "", "T1", False), ("T1", "", "T2", True), ("T1", "E1", "E1", False), ("T1", "E1", "T9", True)],
)
async def test_who_is_of_another_workspace(
    stage: Stage, team: str, enterprise: str, theirs: str, refused: bool
) -> None:
    bot = await stage.bot()
    bot.directory.team, bot.directory.enterprise = team, enterprise
    assert await bot.directory.is_stranger(ANA, theirs) is refused


async def test_nobody_is_refused_while_it_is_not_known_who_is_who(stage: Stage, tmp_path: Path) -> None:
    """Who asks in the first moments is asked to come again, instead of being told to have no right."""
    stage.slack.faults.add(Fault(method="usergroups.*", kind="delay", seconds=2.0))
    starting = asyncio.create_task(stage.bot(ruled(tmp_path)))
    await wait_until(lambda: [one for one in stage.slack.ws.calls if one.method == "auth.test"], what="it knows itself")
    actor = Actor(stage.slack.ws, stage.bots[0].url, stage.http)
    await actor.command("/war-room", '"DB down" P0', user=ANA)
    assert await hears(stage, ANA, "") == (
        "I have just started and do not know yet who is who here. Please try again in a moment."
    )
    await starting
    await actor.command("/war-room", '"DB down" P0', user=ANA)
    await hears(stage, ANA, "I open war-room")
    stage.slack.faults.clear()
