"""Everything that was recorded, through a real bot: each group one card, in its channel, and nobody pinged unasked."""

import asyncio
import json
import re
from collections import Counter
from functools import cache
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.playground.message import Message
from handlers import registry
from handlers.contract import Delivery, Unparseable
from rules.storm import key_of
from tests.alerts import alert, group
from tests.cards.hostile import STRINGS
from tests.conftest import CORPUS, PAYLOADS, Stage

Json = dict[str, Any]
HOME = CORPUS / "alertmanager" if (CORPUS / "alertmanager").exists() else PAYLOADS / "alertmanager"
EXAMPLES = CORPUS / "github" / "webhooks-examples.json"
P0, P2 = ("critical", "page", "emergency", "p0"), ("info", "none", "debug", "p2")
STORM_LIMIT = 60
OURS = re.compile(r"<(?:!channel|!date\^\d+\^\{date_short_pretty\} \{time\}\|[\d :UTC-]+)>")
BEHIND_OURS = re.compile(
    r"<https?://[^<>|\s]+\|(?:Runbook|Dashboard|Source|Issue|Run|Release|Alert|Deployment|Advisory|Environment|Link|Open)>"
)


@cache
def groups() -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in sorted(HOME.glob("*.json"))}


@cache
def examples() -> list[tuple[str, bytes]]:
    if EXAMPLES.exists():
        events = json.loads(EXAMPLES.read_text(encoding="utf-8"))
        return [(event["name"], json.dumps(one).encode()) for event in events for one in event["examples"]]
    folder = sorted((PAYLOADS / "github").glob("*__*.json"))
    return [(path.name.partition("__")[0], path.read_bytes()) for path in folder]


def expected(body: bytes) -> tuple[str, str] | None:
    """The record's key and the worst severity that its firing alerts ask for, by the labels alone."""
    try:
        [signal] = registry.sources()["alertmanager"].parse(Delivery(headers={}, body=body))
    except Unparseable:
        return None
    firing = [member.labels for member in signal.members if member.firing]
    asked = [_severity(labels) for labels in firing]
    return (signal.key, min(asked)) if asked else None


def _severity(labels: dict[str, str]) -> str:
    if labels.get("alertname") in ("Watchdog", "InfoInhibitor"):
        return "P2"
    own = labels.get("severity", "").lower()
    return "P0" if own in P0 else "P2" if own in P2 else "P1"


def key_of_card(card: Message) -> str:
    return next(
        element["value"] for block in card.blocks if block["type"] == "actions" for element in block["elements"]
    )


def nothing_went_wrong(stage: Stage) -> None:
    """Slack took every message as it was first sent, and was asked for pings only where the policy says so."""
    bad = [call for call in stage.slack.ws.calls if call.status != 200 or not (call.result or {}).get("ok")]
    assert not bad, bad[:3]
    posted = [call for call in stage.slack.ws.calls if call.method in ("chat.postMessage", "chat.update")]
    assert all(call.args.get("blocks") for call in posted), "no plain fallback"
    alerts = stage.slack.ws.channel("alerts").id
    for ping in stage.slack.ws.pings():
        assert (ping.channel, ping.targets) == (alerts, ["channel"])
        assert "*P0 critical*" in stage.slack.ws.message(alerts, ping.ts).text
    for message in everything(stage):
        no_stranger(message)


def everything(stage: Stage) -> list[Message]:
    return [message for channel in stage.slack.ws.channels for message in stage.slack.ws.everything(channel.id)]


def no_stranger(message: Message) -> None:
    """No markup but ours: dates, one mention, links under our own words."""
    texts = [message.text] + [text for block in message.blocks for text in _texts(block)]
    for text in texts:
        left = BEHIND_OURS.sub("", OURS.sub("", text))
        assert "<" not in left, left
        assert ">" not in left, left


def _texts(block: Json) -> list[str]:
    found = [block["text"]["text"]] if isinstance(block.get("text"), dict) else []
    return found + [one["text"] for one in block.get("elements", []) if isinstance(one.get("text"), str)]


async def send_groups(stage: Stage) -> Counter[int]:
    return Counter([await stage.send("alertmanager", body) for body in groups().values()])


async def send_examples(stage: Stage) -> Counter[int]:
    gate = asyncio.Semaphore(8)

    async def one(event: str, body: bytes) -> int:
        async with gate:
            return await stage.send("github", body, X_GitHub_Event=event)

    return Counter(await asyncio.gather(*(one(event, body) for event, body in examples())))


async def test_each_real_group_is_one_card_in_its_channel(stage: Stage) -> None:
    await stage.bot()
    wanted: dict[str, str] = {}
    for body in groups().values():
        assert await stage.send("alertmanager", body) in (200, 202, 400)
        await stage.quiet()
        if found := expected(body):
            wanted[found[0]] = min(found[1], wanted.get(found[0], "P9"))
    shown = {key: severity for key, severity in wanted.items() if severity != "P2"}
    assert Counter(_home(stage)) == Counter({(key, _channel(severity)): 1 for key, severity in shown.items()})
    assert len(shown) > 10
    nothing_went_wrong(stage)
    before = len(everything(stage)), stage.slack.ws.pings()
    assert set(await send_groups(stage)) <= {200, 202, 400}
    await stage.quiet()
    assert Counter(_home(stage)).keys() == {(key, _channel(severity)) for key, severity in shown.items()}
    assert set(Counter(_home(stage)).values()) == {1}, "what comes again gets no card again"
    assert stage.slack.ws.pings() == before[1]


def _channel(severity: str) -> str:
    return "alerts" if severity == "P0" else "monitoring"


def _home(stage: Stage) -> list[tuple[str, str]]:
    """The cards by key and channel, without the stubs that an incident leaves behind when it moves."""
    names = {channel.id: channel.name for channel in stage.slack.ws.channels}
    cards = [card for card in stage.slack.all_cards() if "has moved to" not in card.text]
    return [(key_of_card(card), names[card.channel]) for card in cards]


@pytest.mark.parametrize("name", sorted(groups()))
def test_a_recorded_group_is_known_to_the_oracle(name: str) -> None:
    """Only what is no group at all may be without a key."""
    assert expected(groups()[name]) or "resolved" in groups()[name].decode() or b'"alerts"' not in groups()[name]


async def test_a_repeat_of_each_group_says_nothing_at_all(stage: Stage) -> None:
    await stage.bot()
    for body in groups().values():
        await stage.send("alertmanager", body)
        await stage.quiet()
        before = len(stage.slack.ws.calls)
        await stage.send("alertmanager", body)
        await stage.quiet()
        said = [call.method for call in stage.slack.ws.calls[before:] if call.method.startswith("chat.")]
        assert said == [], body[:300]


async def test_the_329_examples_of_github(stage: Stage) -> None:
    await stage.bot()
    assert set(await send_examples(stage)) <= {200, 202}
    await stage.quiet()
    keys = Counter(key_of_card(card) for card in stage.slack.all_cards())
    assert keys, "some of it is shown"
    assert not [key for key, count in keys.items() if count > 1]
    assert all(key.startswith("github:") for key in keys)
    nothing_went_wrong(stage)
    before = len(everything(stage))
    assert set(await send_examples(stage)) <= {200, 202}
    await stage.quiet()
    assert Counter(key_of_card(card) for card in stage.slack.all_cards()) == keys
    assert len(everything(stage)) - before <= 4 * len(keys), "only examples that contradict each other are said again"


async def test_all_of_it_at_once_is_no_storm(stage: Stage) -> None:
    await stage.bot()
    await send_groups(stage)
    await send_examples(stage)
    await stage.quiet()
    counts = {place: len(stage.slack.cards(place)) for place in ("alerts", "monitoring", "general")}
    print("cards of the whole corpus:", counts)
    assert counts["monitoring"] < STORM_LIMIT * 0.8
    assert counts["general"] == 0
    assert not [card for card in stage.slack.all_cards() if "Storm" in card.text]
    async with Redis.from_url(stage.redis_url) as redis:
        assert not await redis.keys(f"*:r:{key_of('#monitoring')}")
    nothing_went_wrong(stage)


@pytest.mark.parametrize("part", range(8))
async def test_hostile_strings_of_alertmanager_are_only_text(stage: Stage, part: int) -> None:
    await stage.bot()
    mine = STRINGS[part::8]
    for start in range(0, len(mine), 10):
        alerts = [_hostile(text, str(number)) for number, text in enumerate(mine[start : start + 10])]
        assert await stage.send("alertmanager", group(*alerts, key=f"{part}/{start}")) == 200
    for number, text in enumerate(mine[:6]):
        one = _hostile(text, str(number)) | {"annotations": {"summary": text, "runbook_url": f"https://x/{text}"}}
        named = {"groupLabels": {"alertname": text}, "receiver": text, "commonLabels": {text: text}}
        assert await stage.send("alertmanager", group(one, key=f"alone/{part}/{number}") | named) == 200
    await stage.quiet()
    assert len(stage.slack.cards("monitoring")) == -(-len(mine) // 10) + len(mine[:6])
    assert not stage.slack.ws.pings()
    nothing_went_wrong(stage)


def _hostile(text: str, instance: str) -> Json:
    one = alert(text, "warning", instance=instance, service=text)
    one["labels"][text or "empty"] = text
    one["labels"]["severity"] = "warning"
    one["annotations"] = {"summary": text, "description": text, "runbook_url": text, "dashboard_url": f"https://{text}"}
    return one | {"generatorURL": f"http://prometheus/{text}"}


async def test_hostile_titles_of_issues_are_only_text(stage: Stage) -> None:
    await stage.bot()
    template = json.loads((PAYLOADS / "github" / "issues__labeled.json").read_text())
    answers = Counter[int]()
    for number, text in enumerate(STRINGS[:: max(1, len(STRINGS) // 40)]):
        issue = template["issue"] | {"title": text, "body": text, "number": 9000 + number, "id": 9000 + number}
        issue |= {"labels": [{"name": "bug"}, {"name": text}], "html_url": f"https://github.com/{text}"}
        issue |= {"state": "open"}
        body = template | {"issue": issue, "action": "opened"}
        answers[await stage.send("github", body, X_GitHub_Event="issues")] += 1
    assert set(answers) == {200}
    await stage.quiet()
    assert len(stage.slack.cards("monitoring")) + len(stage.slack.cards("alerts")) > 30
    nothing_went_wrong(stage)


def test_the_corpus_is_where_it_is_looked_for() -> None:
    assert len(groups()) >= 20
    assert len(examples()) >= 30
