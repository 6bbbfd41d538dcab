"""The chart of a release on its way to people: late, refused, looked at by Slack; and nobody waits behind it."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web
from redis.asyncio import Redis
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import Bot
from bot.cards.face import Pen
from bot.clients.slack import Slack
from bot.pictures import Pictures
from bot.playground.actor import Actor
from bot.playground.faults import Fault, Kind
from bot.playground.message import Message
from bot.playground.people import ANA
from bot.replays import Replays
from bot.sheets import Sheets
from bot.slack_app import SlackApp
from bot.slack_in import SlackIn
from bot.store import Store
from handlers import registry
from handlers.contract import Delivery
from handlers.webhooks.alertmanager import SOURCE
from rules import keys
from rules.watch import Watch, key_of
from tests.alerts import Json, alert, group
from tests.conftest import Stage, serve, wait_until
from tests.e2e.hands import TRANSPORTS, hears, working
from tests.e2e.releases import card, cards, whole, written

POLICY = """
channels: {monitoring: "#monitoring", alerts: "#alerts", fallback: "#general"}
severities: {P0: {label: [critical], channel: alerts}, P1: {label: [warning], channel: monitoring}}
rights: {watch: everyone, decide: everyone}
releases:
  one:
    words: thing
    channel: monitoring
    checks:
      open: {words: open incidents, incidents: open, yellow: "> 3", chart: true}
    checkpoints: [{name: T+1, at: 90m}]
    yellow: {severity: P1}
    red: {severity: P0}
"""
RELEASE, KEY = "v1.0", key_of("one", "v1.0")
FILES = ("files.getUploadURLExternal", "files.put", "files.completeUploadExternal")


@dataclass
class Scene:
    """A release that is watched, with as many points as a chart needs, just before its checkpoint."""

    stage: Stage
    bot: Bot
    hands: Actor
    policy: Path

    def checkpoint(self) -> None:
        self.stage.clock.turn(minutes=55)

    def taken(self) -> list[Message]:
        """The messages of the checkpoint."""
        replies = [reply for one in cards(self.stage, RELEASE) for reply in self.stage.slack.replies(one)]
        return [reply for reply in replies if "*T+1*" in whole(reply)]

    async def shown(self) -> Message:
        return (await wait_until(self.taken, what="the checkpoint"))[0]

    def fault(self, method: str, kind: Kind, **more: object) -> None:
        self.stage.slack.faults.add(Fault(method=method, kind=kind, **more))  # type: ignore[arg-type]

    async def struck(self) -> None:
        await wait_until(lambda: self.stage.slack.faults.hits, what="the upload has begun")

    def answers(self) -> list[Message]:
        return [one for one in self.stage.slack.ws.ephemerals if one.visible_to == ANA]

    def uploaded(self) -> int:
        return sum(file.completed is not None for file in self.stage.slack.ws.files.all())


@pytest.fixture
async def store(stage: Stage) -> AsyncIterator[Store]:
    async with Redis.from_url(stage.redis_url) as redis:
        yield Store(redis, stage.clock)


async def watched(stage: Stage, store: Store, folder: Path, transport: str = "http") -> Scene:
    policy = written(folder, POLICY)
    bot, hands = await working(stage, transport, policy)
    await hands.command("/release-status", f"start {RELEASE}", "monitoring", ANA)
    await wait_until(lambda: has(store, points=1), what="a point")
    stage.clock.turn(minutes=40)
    await wait_until(lambda: has(store, points=2), what="a second point")
    return Scene(stage, bot, hands, policy)


async def has(store: Store, *, points: int) -> bool:
    found = await store.load(KEY)
    return isinstance(found, Watch) and len(found.points.get("open", ())) >= points


def pictures(message: Message) -> list[str]:
    return [block["slack_file"]["id"] for block in message.blocks if block["type"] == "image"]


def neighbour() -> Json:
    """A critical alert whose incident is in the lane of the release."""
    groups = (group(alert(f"Down{number}")) for number in range(999))
    return next(one for one in groups if keys.lane(key_in(one)) == keys.lane(KEY))


def key_in(body: Json) -> str:
    [signal] = SOURCE.parse(Delivery(body=json.dumps(body).encode(), headers={}))
    return signal.key


async def test_the_picture_is_below_its_checkpoint(stage: Stage, store: Store, tmp_path: Path) -> None:
    scene = await watched(stage, store, tmp_path)
    scene.checkpoint()
    assert len(pictures(await scene.shown())) == 1
    await stage.quiet()
    assert len(scene.taken()) == scene.uploaded() == 1


async def test_an_urgent_card_of_its_lane_does_not_wait_for_an_upload(
    stage: Stage, store: Store, tmp_path: Path
) -> None:
    scene = await watched(stage, store, tmp_path)
    scene.fault(FILES[0], Kind.delay, seconds=8, times=1)
    scene.checkpoint()
    await scene.struck()
    await stage.send("alertmanager", neighbour())
    await wait_until(lambda: stage.slack.cards("alerts"), what="the card")
    assert not stage.slack.ws.files.all(), "the upload still hangs"
    assert not scene.taken()
    assert len(pictures(await scene.shown())) == 1, "it waits for its picture"


async def test_it_is_shown_once_when_the_lane_changes_hands_meanwhile(
    stage: Stage, store: Store, tmp_path: Path
) -> None:
    scene = await watched(stage, store, tmp_path)
    other = await stage.bot(scene.policy)
    scene.fault(FILES[2], Kind.delay, seconds=9, times=1)
    scene.checkpoint()
    await scene.struck()

    async def handed() -> bool:
        if not other.leases.held():
            await scene.bot.leases.release()
        return bool(other.leases.held())

    await wait_until(handed, what="the other process has the lanes")
    assert len(pictures(await scene.shown())) == 1
    assert scene.uploaded() == 1, "who has the lane now need not wait for who had it"
    await wait_until(lambda: scene.uploaded() == 2, what="the first upload ends")
    await stage.quiet()
    assert len(scene.taken()) == 1


async def test_a_message_does_not_wait_for_ever(stage: Stage, store: Store, tmp_path: Path) -> None:
    scene = await watched(stage, store, tmp_path)
    for method in (FILES[0], FILES[2]):
        scene.fault(method, Kind.delay, seconds=8)
    scene.checkpoint()
    assert pictures(await scene.shown()) == []
    assert scene.uploaded() == 0


async def test_a_picture_that_slack_still_looks_at_is_shown_after(stage: Stage, store: Store, tmp_path: Path) -> None:
    scene = await watched(stage, store, tmp_path)
    stage.slack.ws.files.settles = 1
    scene.checkpoint()
    assert len(pictures(await scene.shown())) == 1
    assert scene.uploaded() == 1, "the same file is tried again"


async def test_a_picture_that_slack_never_shows_is_left_out(stage: Stage, store: Store, tmp_path: Path) -> None:
    scene = await watched(stage, store, tmp_path)
    stage.slack.ws.files.settles = 36_000
    scene.checkpoint()
    await wait_until(lambda: len(refusals(stage)) > 1, what="Slack refused it, and once more")
    assert not scene.taken()
    stage.clock.turn(seconds=61)
    assert pictures(await scene.shown()) == []


def refusals(stage: Stage) -> list[Json]:
    calls = [call.result for call in stage.slack.ws.calls if call.method == "chat.postMessage"]
    return [said for said in calls if said.get("error") == "invalid_blocks"]


@pytest.mark.parametrize("method", FILES)
async def test_a_refused_upload_is_no_reason_for_silence(
    stage: Stage, store: Store, tmp_path: Path, method: str
) -> None:
    scene = await watched(stage, store, tmp_path)
    kind = Kind.server_error if method == FILES[1] else Kind.error
    scene.fault(method, kind, error="file_uploads_disabled")
    scene.checkpoint()
    assert pictures(await scene.shown()) == []
    await scene.hands.command("/release-status", f"chart {RELEASE}", "monitoring", ANA)
    why = "There is no chart: Slack does not take the picture ("
    await wait_until(lambda: [one for one in scene.answers() if why in whole(one)])


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("how", ["button", "command"])
async def test_who_asks_sees_the_picture_once_slack_shows_it(
    stage: Stage, store: Store, tmp_path: Path, transport: str, how: str
) -> None:
    scene = await watched(stage, store, tmp_path, transport)
    stage.slack.ws.files.settles = 1
    await asks_for_chart(scene, how)
    await wait_until(lambda: [one for one in scene.answers() if pictures(one)], what="the picture")
    assert scene.uploaded() == 1


async def test_who_asks_is_told_when_slack_does_not_show_it(stage: Stage, store: Store, tmp_path: Path) -> None:
    scene = await watched(stage, store, tmp_path)
    stage.slack.ws.files.settles = 36_000
    await asks_for_chart(scene, "button")
    words = "Slack does not show the picture"
    [told] = await wait_until(lambda: [one for one in scene.answers() if words in whole(one)], what=words)
    assert f"*{RELEASE} · thing*" in whole(told)
    assert not pictures(told)


async def asks_for_chart(scene: Scene, how: str) -> None:
    if how == "button":
        await scene.hands.press(card(scene.stage, RELEASE), "chart", user=ANA)
    else:
        await scene.hands.command("/release-status", f"chart {RELEASE}", "monitoring", ANA)


async def test_who_asks_is_told_when_it_cannot_be_drawn(
    stage: Stage, store: Store, redis: Redis, tmp_path: Path
) -> None:
    scene = await watched(stage, store, tmp_path)

    def no_pen() -> Pen:
        raise RuntimeError("no pen")

    client = AsyncWebClient(token=stage.slack.ws.token, base_url=stage.slack.url, session=stage.http, retry_handlers=[])
    sheets = Sheets(no_pen, Pictures(Slack(client, lambda method, result: None), stage.clock), stage.clock)
    slashes, bot = registry.slashes(), scene.bot
    slack_app = SlackApp(client, bot.desk, bot.directory, Replays(redis), sheets, {}, slashes, {}, {})
    app = web.Application()
    app.router.add_post("/slack/events", SlackIn(slack_app.bolt, stage.slack.ws.signing_secret, stage.clock).receive)
    async with serve(app) as url:
        await Actor(stage.slack.ws, url, stage.http).command("/release-status", f"chart {RELEASE}", "monitoring", ANA)
        await hears(stage, ANA, "Something went wrong on my side")
