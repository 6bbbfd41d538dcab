"""What Slack sends: nothing unsigned is ever read, and a press or a command answers the one who asked."""

import asyncio
import hmac
import io
import json
import random
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode

import pytest
from redis.asyncio import Redis

from bot import awake, ears
from bot.app import Bot
from bot.playground.actor import Actor
from bot.playground.message import Message
from bot.playground.people import ANA, BRUNO
from tests.alerts import alert, group
from tests.bot.private import private_stage, written
from tests.conftest import Stage, wait_until

PRESS = {"type": "block_actions", "user": {"id": ANA, "name": "ana"}, "actions": [{"action_id": "acknowledge"}]}
BODIES = [
    b"", b"payload=1", b"payload=", b"payload=%7B", b"payload=[]", b"payload=null", b"payload=\xff", b"\xff\xfe\x00",
    b"{}", b"[]", b"null", b"1", b'"x"', b"command=%2Fsereno", b"command=/sereno&text=list", b"x" * 100_000,
    urlencode({"payload": json.dumps(PRESS)}).encode(), b'{"type": "url_verification", "challenge": "x"}',
    b"payload=%00", b"=" * 1000, b"ssl_check=1",
]  # fmt: skip
KINDS = ["application/x-www-form-urlencoded", "application/json", "text/plain", "multipart/form-data; boundary=x",
         "application/json; charset=nonsense", ""]  # fmt: skip
STAMPS = ["", "0", "-1", "soon", "1e9", "１７９５", "9" * 400, "9" * 5000, "nan", " 1", "1795230000.5", "0x10"]


def signature(secret: str, stamp: str, body: bytes) -> str:
    return "v0=" + hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, sha256).hexdigest()


def forgeries(stage: Stage, chance: random.Random) -> list[tuple[dict[str, str], bytes]]:
    """Requests that are not Slack's: unsigned, wrongly signed, signed for another time or another body."""
    now, secret, found = stage.clock.now() // 1000, stage.slack.ws.signing_secret, []
    for number in range(200):
        body, fresh = chance.choice(BODIES), str(now)
        stale = str(now + chance.choice((-301, 400, -86_400, 86_400, 10**10)))
        stamp = chance.choice(STAMPS)
        headers = [
            {},
            {"X-Slack-Request-Timestamp": fresh},
            {"X-Slack-Signature": signature(secret, fresh, body)},
            {"X-Slack-Request-Timestamp": fresh, "X-Slack-Signature": signature("another", fresh, body)},
            {"X-Slack-Request-Timestamp": fresh, "X-Slack-Signature": signature(secret, fresh, body + b" ")},
            {"X-Slack-Request-Timestamp": fresh, "X-Slack-Signature": chance.choice(("", "v0=", "v1=x", "\xff"))},
            {"X-Slack-Request-Timestamp": stale, "X-Slack-Signature": signature(secret, stale, body)},
            {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature(secret, stamp, body)},
        ][number % 8]
        found.append(({**headers, "Content-Type": chance.choice(KINDS)}, body))
    return found


async def post(stage: Stage, headers: dict[str, str], body: bytes) -> int:
    async with stage.http.post(f"{stage.bots[0].url}/slack/events", data=body, headers=headers) as response:
        return response.status


async def kept(redis: Redis) -> set[bytes]:
    """All that is in Redis but what Sereno notes of itself, whenever it comes to it."""
    own = {awake.KEY, awake.PRESENT, ears.KEY, ears.HABITS}
    return {key for key in await redis.keys("*") if key.decode() not in own}


async def test_two_hundred_forgeries_are_refused_and_touch_nothing(tmp_path: Path) -> None:
    async with private_stage(tmp_path) as (stage, _), Redis.from_url(stage.redis_url) as redis:
        await stage.bot()
        await stage.send("alertmanager", group(alert()))
        await stage.quiet()
        before = await kept(redis), await written(redis), len(stage.slack.ws.calls)
        answers = [await post(stage, *forged) for forged in forgeries(stage, random.Random(7))]
        assert set(answers) <= {400, 401}, set(answers)
        after = await written(redis)
        found = await kept(redis)
        assert found <= before[0], "nothing new"
        assert [key for key in before[0] - found if b":r:" in key] == [], "no record is gone"
        assert after.get("xadd") == before[1].get("xadd"), "nothing in the journal"
        assert after.get("hincrby") == before[1].get("hincrby"), "no tally"
        assert [call.method for call in stage.slack.ws.calls[before[2] :] if call.method.startswith("chat.")] == []


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_signed_but_no_request_of_slack_is_never_an_error_of_ours(stage: Stage, kind: str) -> None:
    await stage.bot()
    stamp = str(stage.clock.now() // 1000)
    for body in BODIES:
        if b"sereno" in body or b"acknowledge" in body:
            continue  # what is missing there Slack never leaves out; Bolt looks for it for 3 s
        signed = {"X-Slack-Request-Timestamp": stamp, "Content-Type": kind}
        signed["X-Slack-Signature"] = signature(stage.slack.ws.signing_secret, stamp, body)
        assert await post(stage, signed, body) < 500, body[:80]


async def test_without_a_signing_secret_nothing_is_taken(stage: Stage) -> None:
    await stage.bot(SLACK_SIGNING_SECRET="")
    stamp = str(stage.clock.now() // 1000)
    for secret in ("", "unused"):
        signed = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature(secret, stamp, b"")}
        assert await post(stage, signed, b"") == 401


async def test_too_large_is_413(stage: Stage) -> None:
    await stage.bot()
    big = io.BytesIO(b"x" * (1024 * 1024 + 1))
    async with stage.http.post(f"{stage.bots[0].url}/slack/events", data=big) as response:
        assert response.status == 413


def told(stage: Stage, user: str) -> list[str]:
    return [message.text for message in stage.slack.ws.ephemerals if message.visible_to == user]


async def hears(stage: Stage, user: str, words: str) -> str:
    return str(await wait_until(lambda: next((t for t in told(stage, user) if words in t), ""), what=words))


async def opened(stage: Stage) -> tuple[Bot, Actor, Message]:
    bot = await stage.bot()
    await stage.send("alertmanager", group(alert(service="checkout")))
    await stage.quiet()
    return bot, Actor(stage.slack.ws, bot.url, stage.http), stage.slack.card("alerts", "HighErrorRate")


def short_id(stage: Stage) -> str:
    """The name that people use, from the card's thread."""
    [card] = stage.slack.cards("alerts")
    return stage.slack.replies(card)[0].text.splitlines()[-1].partition(":")[0]


async def test_acknowledge_resolve_and_why(stage: Stage) -> None:
    _, actor, card = await opened(stage)
    assert (await actor.press(card, "why", user=BRUNO)).ok
    said = await hears(stage, BRUNO, "Its card is in #alerts")
    assert "opened" in said
    assert (await actor.press(card, "acknowledge", user=ANA)).ok
    assert short_id(stage) in await hears(stage, ANA, "You have")
    await wait_until(lambda: stage.slack.cards("alerts")[0].text.startswith("🔵"))
    assert (await actor.press(stage.slack.cards("alerts")[0], "resolve", user=BRUNO)).ok
    await hears(stage, BRUNO, "is resolved.")
    await wait_until(lambda: stage.slack.cards("alerts")[0].text.startswith("🟢"))
    [actions] = [block for block in stage.slack.cards("alerts")[0].blocks if block["type"] == "actions"]
    assert [button["action_id"] for button in actions["elements"]] == ["why"]
    assert len(stage.slack.ws.pings()) == 1, "nobody is pinged by a press"
    assert (await actor.press(card, "resolve", user=ANA)).ok, "from a card that another client still shows"
    await hears(stage, ANA, "is resolved already")


async def test_two_people_at_once_are_one_owner_and_one_who_is_told(stage: Stage) -> None:
    _, actor, card = await opened(stage)
    answers = await asyncio.gather(*(actor.press(card, "acknowledge", user=user) for user in (ANA, BRUNO)))
    assert all(answer.ok for answer in answers)
    await wait_until(lambda: told(stage, ANA) and told(stage, BRUNO))
    has = [user for user in (ANA, BRUNO) if "You have" in told(stage, user)[0]]
    assert len(has) == 1
    [other] = {ANA, BRUNO} - set(has)
    owner = stage.slack.ws.users[has[0]].name
    assert f"{owner} has it already" in told(stage, other)[0]
    await wait_until(lambda: f"{owner} has it" in stage.slack.cards("alerts")[0].text)
    await stage.quiet()
    said = [reply.text for reply in stage.slack.replies(card) if "has it" in reply.text]
    assert len(said) == 1


@pytest.mark.parametrize("value", ["", "alertmanager:0000", "../..", "storm:#alerts", "x" * 2000, "\x00", "<!channel>"])
async def test_a_forged_value_finds_nothing(stage: Stage, value: str) -> None:
    _, actor, card = await opened(stage)
    await stage.quiet()
    before = stage.slack.card("alerts", "HighErrorRate")
    blocks = json.loads(json.dumps(card.blocks))
    for block in blocks:
        for element in block.get("elements", []):
            element["value"] = value
    forged = Message(channel=card.channel, ts=card.ts, user=card.user, text=card.text, blocks=blocks)
    for act in ("acknowledge", "resolve", "escalate", "why"):
        assert (await actor.press(forged, act)).status == 200
    await wait_until(lambda: len(told(stage, ANA)) == 4)
    assert all("I know nothing open under that name" in text for text in told(stage, ANA))
    await stage.quiet()
    assert stage.slack.card("alerts", "HighErrorRate") == before


async def test_a_button_that_we_never_made_is_not_our_error(stage: Stage) -> None:
    _, actor, card = await opened(stage)
    odd = [{"type": "actions", "elements": [{"type": "button", "action_id": "explode", "value": "x",
                                            "text": {"type": "plain_text", "text": "x"}}]}]  # fmt: skip
    forged = Message(channel=card.channel, ts=card.ts, user=card.user, text="x", blocks=odd)
    answer = await actor.press(forged, "explode")
    assert answer.status is not None
    assert answer.status < 500


async def test_a_request_that_slack_sends_again_is_done_once(stage: Stage) -> None:
    """Slack's retries carry a new time and signature and say the same; a replay is the same to the byte."""
    _, _, card = await opened(stage)
    body = pressed_body(stage, card)
    for seconds in (0, 0, 3, 60):
        stage.clock.turn(seconds=seconds)
        stamp = str(stage.clock.now() // 1000)
        signed = {"X-Slack-Request-Timestamp": stamp, "Content-Type": "application/x-www-form-urlencoded"}
        signed |= {"X-Slack-Signature": signature(stage.slack.ws.signing_secret, stamp, body)}
        assert await post(stage, {**signed, "X-Slack-Retry-Num": "1"}, body) == 200
    await wait_until(lambda: told(stage, ANA))
    await stage.quiet()
    assert told(stage, ANA) == [told(stage, ANA)[0]]
    assert len([reply for reply in stage.slack.replies(card) if "has it" in reply.text]) == 1


def pressed_body(stage: Stage, card: Message) -> bytes:
    """The button Acknowledge, as Slack writes it."""
    url = f"{stage.slack.ws.url}/playground/api/response/{stage.slack.ws.responses.issue(card.channel, ANA)}"
    value = next(e["value"] for b in card.blocks for e in b.get("elements", []) if e.get("action_id") == "acknowledge")
    action = {"type": "button", "action_id": "acknowledge", "block_id": "b", "value": value, "action_ts": "1.5"}
    payload = {
        "type": "block_actions", "user": {"id": ANA, "name": "ana"}, "trigger_id": "1.2.3", "actions": [action],
        "channel": {"id": card.channel}, "container": {"type": "message"}, "response_url": url, "team": {"id": "T1"},
    }  # fmt: skip
    return urlencode({"payload": json.dumps(payload)}).encode()


async def test_help_names_every_command(stage: Stage) -> None:
    _, actor, _ = await opened(stage)
    for text in ("", "help", "HELP", "  "):
        assert (await actor.command("/sereno", text)).ok
    await wait_until(lambda: len(told(stage, ANA)) == 4)
    for said in told(stage, ANA):
        for word in ("list", "why [NAME]", "ack KEY", "resolve KEY"):
            assert f"/sereno {word}" in said
        assert "I do not know" not in said


async def test_each_slash_command_has_its_own_help(stage: Stage) -> None:
    _, actor, _ = await opened(stage)
    for text in ("help", "HeLp me", "help 1.2.3 --here"):
        assert (await actor.command("/release-status", text, user=BRUNO)).ok
    assert (await actor.command("/sereno", "help", user=ANA)).ok
    await wait_until(lambda: len(told(stage, BRUNO)) == 2 and told(stage, ANA) and stage.slack.cards("general"))
    for said in [*told(stage, BRUNO), stage.slack.cards("general")[0].text]:
        assert "`/release-status [VERSION]`" in said
        assert "/sereno" not in said
        assert "I do not know" not in said
    assert "/release-status" not in told(stage, ANA)[0]


async def test_a_slash_command_that_is_not_ours_is_not_found(stage: Stage) -> None:
    _, actor, _ = await opened(stage)
    assert (await actor.command("/release", "status")).status == 404
    assert stage.slack.ws.ephemerals == []


async def test_a_typo_is_answered_with_what_was_perhaps_meant(stage: Stage) -> None:
    _, actor, _ = await opened(stage)
    await actor.command("/sereno", "lst")
    assert "Did you mean `/sereno list`?" in await hears(stage, ANA, "I do not know `lst`")
    await actor.command("/sereno", "<!channel> *now*")
    assert "Did you mean" not in await hears(stage, ANA, "I do not know `@channel`")
    assert len(stage.slack.ws.pings()) == 1


async def test_the_commands_do_what_the_buttons_do(stage: Stage) -> None:
    _, actor, _ = await opened(stage)
    name = short_id(stage)
    await actor.command("/sereno", "list", user=BRUNO)
    assert name in await hears(stage, BRUNO, "HighErrorRate")
    await actor.command("/sereno", f"why {name.lower()}", user=BRUNO)
    await hears(stage, BRUNO, "Its card is in #alerts")
    await actor.command("/sereno", f"ack {name}", user=BRUNO)
    await hears(stage, BRUNO, f"You have {name}")
    await actor.command("/sereno", f"ack {name}", user=ANA)
    await hears(stage, ANA, "bruno has it already")
    await actor.command("/sereno", f"resolve {name}")
    await hears(stage, ANA, f"{name} is resolved.")
    await wait_until(lambda: stage.slack.cards("alerts")[0].text.startswith("🟢"))
    await actor.command("/sereno", "list")
    await hears(stage, ANA, "Nothing is open")


@pytest.mark.parametrize("word", ["ack", "resolve"])
async def test_a_command_without_or_with_a_wrong_key_says_what_to_write(stage: Stage, word: str) -> None:
    _, actor, _ = await opened(stage)
    await actor.command("/sereno", word)
    assert f"/sereno {word} K7F3Q2" in await hears(stage, ANA, "Which one?")
    await actor.command("/sereno", f"{word} ZZZZZZ")
    await hears(stage, ANA, "I know nothing open under that name")
    assert stage.slack.cards("alerts")[0].text.startswith("🔴")


async def test_with_redis_away_the_asker_is_told_so(tmp_path: Path) -> None:
    async with private_stage(tmp_path) as (stage, valkey):
        _, actor, card = await opened(stage)
        valkey.kill()
        assert (await actor.press(card, "acknowledge")).ok
        await hears(stage, ANA, "Redis) does not answer")
        await actor.command("/sereno", "list")
        await wait_until(lambda: len(told(stage, ANA)) == 2)
        await valkey.start()


async def test_a_card_out_of_memory_of_slack_is_pressed_after_a_restart(stage: Stage) -> None:
    bot, _, card = await opened(stage)
    await stage.stop(bot)
    bot = await stage.bot()
    assert (await Actor(stage.slack.ws, bot.url, stage.http).press(card, "acknowledge")).ok
    await hears(stage, ANA, "You have")
