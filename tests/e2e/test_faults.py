"""What users see when Slack limits, fails, forgets or is gone: later perhaps, but all of it, once, in its place."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from bot.playground.faults import Fault, Kind
from bot.playground.message import Call
from tests.alerts import alert, group
from tests.conftest import Stage, wait_until

SETTLE_S = 16  # a message whose answer was lost is sent anew only after 15 s


async def in_time(stage: Stage, seconds: float, seen: Callable[[], Any]) -> None:
    """Turn the clock until it is seen; once more when the bot began to wait only after the first turn."""
    for _ in range(4):
        stage.clock.turn(seconds=seconds)
        try:
            await wait_until(seen, within=5)
        except AssertionError:
            continue
        return
    raise AssertionError("not in time either")


def calls(stage: Stage, method: str, start: int = 0) -> list[Call]:
    return [call for call in stage.slack.ws.calls[start:] if call.method == method]


def steps(stage: Stage) -> Counter[str]:
    """How often each step's message stands in Slack; tombstones and what was taken back are left out."""
    found: Counter[str] = Counter()
    for channel in stage.slack.ws.channels:
        messages = stage.slack.ws.everything(channel.id)
        found.update(m.metadata["event_payload"]["id"] for m in messages if m.metadata and not m.deleted)
    return found


async def test_429_is_obeyed_to_the_second(stage: Stage) -> None:
    await stage.bot()
    channel = stage.slack.ws.channel("monitoring")
    fault = Fault(method="chat.postMessage", kind=Kind.ratelimited, times=1, retry_after=2, channel="monitoring")
    stage.slack.faults.add(fault)
    await stage.send("alertmanager", group(alert("A0", "warning")))
    await wait_until(lambda: calls(stage, "chat.postMessage"), what="it was told to wait")
    await wait_until(lambda: stage.bots[0].metrics.page().count(b'result="ratelimited"'), what="it has heard so")
    for number in range(1, 4):
        await stage.send("alertmanager", group(alert(f"A{number}", "warning")))
    await stage.send("alertmanager", group(alert("Other")))
    await stage.quiet()
    posts = calls(stage, "chat.postMessage")
    first, *others = [call for call in posts if call.args["channel"] in (channel.id, "#monitoring")]
    assert first.status == 429
    assert min(call.at for call in others) >= first.at + 2.0, "not before Retry-After"
    elsewhere = [call for call in posts if call not in (first, *others)]
    assert min(call.at for call in elsewhere) < min(call.at for call in others), "another channel does not wait"
    assert len(stage.slack.cards("monitoring")) == 4
    assert set(steps(stage).values()) == {1}


async def test_429_of_edits_and_lookups_is_obeyed(stage: Stage) -> None:
    await stage.bot()
    await stage.send("alertmanager", group(alert(instance="a")))
    await stage.quiet()
    stage.slack.faults.add(Fault(method="chat.update", kind=Kind.ratelimited, times=2, retry_after=1))
    await stage.send("alertmanager", group(alert(instance="a", firing=False)))
    await wait_until(lambda: stage.slack.cards("alerts")[0].text.startswith("🟢"))
    await stage.quiet()
    edits = calls(stage, "chat.update")
    assert [call.status for call in edits] == [429, 429, 200]
    assert edits[1].at - edits[0].at >= 0.95
    assert edits[2].at - edits[1].at >= 0.95


@pytest.mark.parametrize("kind", [Kind.server_error_after, Kind.drop_after])
async def test_a_lost_answer_is_looked_up_not_sent_again(stage: Stage, kind: Kind) -> None:
    await stage.bot()
    stage.slack.faults.add(Fault(method="chat.postMessage", kind=kind, times=2))
    await stage.send("alertmanager", group(alert()))
    await stage.quiet()
    assert len(calls(stage, "chat.postMessage")) == 2, "a card and its details, each sent once"
    assert set(steps(stage).values()) == {1}
    assert len(stage.slack.ws.pings()) == 1
    assert calls(stage, "conversations.history")
    assert calls(stage, "conversations.replies")


@pytest.mark.parametrize("kind", [Kind.server_error, Kind.drop_before])
async def test_a_message_that_surely_did_not_arrive_is_sent_after_the_time_to_settle(stage: Stage, kind: Kind) -> None:
    await stage.bot()
    stage.slack.faults.add(Fault(method="chat.postMessage", kind=kind, times=1))
    await stage.send("alertmanager", group(alert()))
    await wait_until(lambda: calls(stage, "conversations.history"), what="it looks")
    await asyncio.sleep(0)
    assert len(calls(stage, "chat.postMessage")) == 1, "not before it has settled"
    await in_time(stage, SETTLE_S, lambda: stage.slack.cards("alerts"))
    await stage.quiet()
    assert set(steps(stage).values()) == {1}
    assert len(stage.slack.all_cards()) == 1


async def test_lookups_that_fail_are_tried_again_before_anything_is_sent(stage: Stage) -> None:
    await stage.bot()
    stage.slack.faults.add(Fault(method="chat.postMessage", kind=Kind.drop_after, times=1))
    stage.slack.faults.add(Fault(method="conversations.history", kind=Kind.server_error, times=2))
    await stage.send("alertmanager", group(alert()))
    await stage.quiet()
    assert len(stage.slack.cards("alerts")) == 1
    assert set(steps(stage).values()) == {1}
    assert len(calls(stage, "conversations.history")) == 3


async def test_an_edit_that_fails_is_tried_until_it_is_done(stage: Stage) -> None:
    await stage.bot()
    await stage.send("alertmanager", group(alert()))
    await stage.quiet()
    for kind in (Kind.server_error, Kind.drop_before, Kind.drop_after, Kind.server_error_after):
        stage.slack.faults.add(Fault(method="chat.update", kind=kind, times=1))
    await stage.send("alertmanager", group(alert(firing=False)))
    await wait_until(lambda: stage.slack.cards("alerts")[0].text.startswith("🟢"))
    await stage.quiet()
    assert set(steps(stage).values()) == {1}
    assert len(stage.slack.replies(stage.slack.cards("alerts")[0])) == 2, "details, and that it is resolved"


async def test_a_channel_archived_in_mid_life_goes_on_in_the_fallback(stage: Stage) -> None:
    await stage.bot()
    await stage.send("alertmanager", group(alert(instance="a")))
    await stage.quiet()
    stage.slack.ws.archive("alerts")
    await stage.send("alertmanager", group(alert(instance="a"), alert(instance="b")))
    await stage.quiet()
    card = stage.slack.card("general", "HighErrorRate")
    assert "which Slack refuses (is_archived)" in card.text
    assert "2 firing" in card.text
    assert len(stage.slack.ws.pings()) == 1, "it has had its ping"
    await stage.send("alertmanager", group(*(alert(instance=name, firing=False) for name in "ab")))
    await stage.quiet()
    assert stage.slack.card("general", "HighErrorRate").text.startswith("🟢")


async def test_a_card_deleted_while_a_reply_is_due_gets_a_new_card_and_leaves_no_stray_line(stage: Stage) -> None:
    await stage.bot()
    await stage.send("alertmanager", group(alert(instance="a")))
    await stage.quiet()
    ws = stage.slack.ws
    first = stage.slack.card("alerts", "HighErrorRate")
    for reply in stage.slack.replies(first):
        ws.delete("alerts", reply.ts)
    ws.delete("alerts", first.ts)
    start = len(ws.calls)
    stage.slack.faults.add(Fault(method="chat.update", kind=Kind.ratelimited, times=1, retry_after=1))
    await stage.send("alertmanager", group(alert(instance="a"), alert(instance="b")))
    await stage.quiet()
    card = stage.slack.card("alerts", "HighErrorRate")
    assert card.ts != first.ts
    assert "2 firing" in card.text
    assert len(stage.slack.cards("alerts")) == 1, "no line stands in the channel by itself"
    strays = [call for call in calls(stage, "chat.postMessage", start) if call.args.get("thread_ts") == first.ts]
    assert len(calls(stage, "chat.delete", start)) == len([call for call in strays if (call.result or {}).get("ok")])
    assert len(ws.pings()) == 1


async def test_a_deleted_thread_refused_aloud_gets_a_new_card_too(stage: Stage) -> None:
    await stage.bot()
    await stage.send("alertmanager", group(alert(severity="warning", instance="a")))
    await stage.quiet()
    ws = stage.slack.ws
    ws.refuse_orphans = True
    first = stage.slack.card("monitoring", "HighErrorRate")
    for reply in stage.slack.replies(first):
        ws.delete("monitoring", reply.ts)
    ws.delete("monitoring", first.ts)
    await stage.send("alertmanager", group(*(alert(severity="warning", instance=name) for name in "ab")))
    await stage.quiet()
    assert "2 firing" in stage.slack.card("monitoring", "HighErrorRate").text


async def test_a_token_revoked_and_given_back_loses_nothing(stage: Stage) -> None:
    bot = await stage.bot()
    await stage.send("alertmanager", group(alert("Before")))
    await stage.quiet()
    stage.slack.faults.add(Fault(method="*", kind=Kind.error, error="token_revoked"))
    for number in range(3):
        assert await stage.send("alertmanager", group(alert(f"While{number}", "warning"))) == 200
    await stage.send("alertmanager", group(alert("Before", firing=False)))
    await wait_until(lambda: len(stage.slack.faults.hits) > 3)
    assert not stage.slack.cards("monitoring")
    stage.slack.faults.clear()
    await stage.stop(bot)
    await stage.bot()
    await stage.quiet()
    assert len(stage.slack.cards("monitoring")) == 3
    assert stage.slack.card("alerts", "Before").text.startswith("🟢")
    assert set(steps(stage).values()) == {1}


async def test_a_token_given_back_is_taken_without_a_restart(stage: Stage) -> None:
    await stage.bot()
    stage.slack.faults.add(Fault(method="chat.*", kind=Kind.error, error="invalid_auth"))
    await stage.send("alertmanager", group(alert()))
    await wait_until(lambda: stage.slack.faults.hits)
    stage.slack.faults.clear()
    await in_time(stage, 31, lambda: stage.slack.cards("alerts"))
    await stage.quiet()
    assert len(stage.slack.all_cards()) == 1


async def test_slack_down_for_a_while_then_each_of_thirty_is_one_card(stage: Stage) -> None:
    await stage.bot()
    stage.slack.faults.add(Fault(method="*", kind=Kind.drop_before))
    for number in range(30):
        assert await stage.send("alertmanager", group(alert(f"Down{number:02}", "warning"))) == 200
    await stage.send("alertmanager", group(alert("Worst")))
    await wait_until(lambda: len(stage.slack.faults.hits) > 20, what="it tries")
    for number in range(5):
        await stage.send("alertmanager", group(alert(f"Down{number:02}", "warning", firing=False)))
    assert not stage.slack.all_cards()
    stage.slack.faults.clear()
    await in_time(stage, SETTLE_S, lambda: len(stage.slack.all_cards()) > 20)
    await in_time(stage, SETTLE_S, lambda: len(stage.slack.all_cards()) == 31)
    await stage.quiet()
    cards = stage.slack.cards("monitoring")
    assert Counter(card.text.split("*")[3] for card in cards) == {f"Down{number:02}": 1 for number in range(30)}
    assert len([card for card in cards if card.text.startswith("🟢")]) == 5
    assert stage.slack.card("alerts", "Worst").ts
    assert set(steps(stage).values()) == {1}
    assert len(stage.slack.ws.pings()) == 1


async def test_a_slack_that_is_slow_loses_and_doubles_nothing(stage: Stage) -> None:
    await stage.bot()
    stage.slack.faults.add(Fault(method="chat.*", kind=Kind.delay, seconds=0.4))
    for number in range(8):
        await stage.send("alertmanager", group(alert(f"Slow{number}", "warning")))
    await stage.quiet()
    assert len(stage.slack.cards("monitoring")) == 8
    assert set(steps(stage).values()) == {1}


async def test_a_word_of_slack_that_nobody_knows_is_waited_out(stage: Stage) -> None:
    await stage.bot()
    stage.slack.faults.add(Fault(method="chat.postMessage", kind=Kind.error, error="new_word_of_2027", times=1))
    await stage.send("alertmanager", group(alert()))
    await wait_until(lambda: stage.slack.faults.hits)
    await in_time(stage, 31, lambda: stage.slack.cards("alerts"))
    await stage.quiet()
    assert set(steps(stage).values()) == {1}


async def test_both_the_channel_and_the_fallback_refuse_and_then_one_is_back(stage: Stage) -> None:
    await stage.bot()
    for channel in ("alerts", "general"):
        stage.slack.faults.add(
            Fault(method="chat.postMessage", kind=Kind.error, error="not_in_channel", channel=channel)
        )
    await stage.send("alertmanager", group(alert()))
    await wait_until(lambda: len(stage.slack.faults.hits) >= 2)
    assert not stage.slack.all_cards()
    stage.slack.faults.clear()
    await in_time(stage, 61, stage.slack.all_cards)
    await stage.quiet()
    assert len(stage.slack.all_cards()) == 1


async def test_who_takes_over_looks_for_what_the_other_was_sending(stage: Stage) -> None:
    """The one that takes the alert in has it in its memory as it was before the other began to post it."""
    first, second = await stage.bot(), await stage.bot()
    stage.slack.faults.add(Fault(method="chat.postMessage", kind=Kind.delay, times=1, seconds=1.5))
    await stage.send("alertmanager", group(alert()), second)
    await wait_until(lambda: stage.slack.faults.hits, what="the first is posting it")
    stopped = stage.slack.ws.clock()
    await stage.stop(first)
    await wait_until(lambda: [call for call in calls(stage, "chat.postMessage") if call.at <= stopped])
    stage.clock.turn(seconds=SETTLE_S)
    await stage.quiet()
    assert len(calls(stage, "chat.postMessage")) == 2, "a card and its details, each sent once"
    assert len(stage.slack.all_cards()) == 1
    assert len(stage.slack.ws.pings()) == 1
