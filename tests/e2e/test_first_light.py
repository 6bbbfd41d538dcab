"""What a user sees in Slack for what was sent in."""

import asyncio

from bot.playground.actor import Actor
from bot.playground.faults import Fault, Kind
from tests.alerts import alert, group, started
from tests.conftest import Stage, wait_until

PING = "<!channel>"


async def test_a_critical_alert_is_one_card_with_one_ping_and_a_thread(stage: Stage) -> None:
    await stage.bot()
    assert await stage.send("alertmanager", group(alert(service="checkout"))) == 200
    await stage.quiet()
    card = stage.slack.card("alerts", "HighErrorRate")
    assert "P0 critical" in card.text
    assert "service=checkout" in card.text
    assert card.text.count(PING) == 1
    assert [ping.targets for ping in stage.slack.ws.pings()] == [["channel"]]
    (details,) = stage.slack.replies(card)
    assert "Runbook" in details.text
    assert len(stage.slack.all_cards()) == 1


async def test_a_warning_goes_to_triage_without_a_ping(stage: Stage) -> None:
    await stage.bot()
    await stage.send("alertmanager", group(alert(severity="warning")))
    await stage.quiet()
    assert stage.slack.card("monitoring", "P1 warning")
    assert not stage.slack.ws.pings()


async def test_an_unknown_or_missing_severity_is_shown_and_info_is_only_counted(stage: Stage) -> None:
    await stage.bot()
    await stage.send("alertmanager", group(alert("Odd", "major")))
    await stage.send("alertmanager", group(alert("None", None)))
    await stage.send("alertmanager", group(alert("Quiet", "info")))
    await stage.quiet()
    assert {card.text.split("*")[3] for card in stage.slack.cards("monitoring")} == {"Odd", "None"}
    assert len(stage.slack.all_cards()) == 2


async def test_a_repeat_is_silent(stage: Stage) -> None:
    await stage.bot()
    for _ in range(5):
        assert await stage.send("alertmanager", group(alert())) == 200
    await stage.quiet()
    before = len(stage.slack.ws.calls)
    for _ in range(5):
        assert await stage.answer("alertmanager", group(alert())) == (200, {"status": "accepted", "why": "repeat"})
    await stage.quiet()
    assert [call.method for call in stage.slack.ws.calls[before:] if call.method.startswith("chat.")] == []
    assert len(stage.slack.all_cards()) == 1


async def test_new_trouble_in_a_group_is_said_in_the_thread_and_worse_in_the_channel(stage: Stage) -> None:
    await stage.bot()
    await stage.send("alertmanager", group(alert(severity="warning", instance="a")))
    await stage.quiet()
    await stage.send(
        "alertmanager", group(alert(severity="warning", instance="a"), alert(severity="warning", instance="b"))
    )
    await stage.quiet()
    card = stage.slack.card("monitoring", "HighErrorRate")
    said = stage.slack.replies(card)
    assert "instance=b" in said[-1].text
    assert not said[-1].broadcast
    await stage.send("alertmanager", group(alert(instance="c"), alert(severity="warning", instance="a")))
    await stage.quiet()
    moved = stage.slack.card("alerts", "P0 critical")
    assert moved.text.count(PING) == 1
    assert len(stage.slack.ws.pings()) == 1
    assert "has moved to #alerts" in stage.slack.cards("monitoring")[0].text


async def test_partly_resolved_is_amber_then_green_and_a_refire_is_said_aloud(stage: Stage) -> None:
    await stage.bot()
    a, b = alert(instance="a"), alert(instance="b")
    await stage.send("alertmanager", group(a, b))
    await stage.send("alertmanager", group(a, {**b, "status": "resolved"}))
    await stage.quiet()
    card = stage.slack.card("alerts", "HighErrorRate")
    assert card.text.startswith("🟡")
    assert "1 firing, 1 resolved" in card.text
    await stage.send("alertmanager", group(*({**one, "status": "resolved"} for one in (a, b))))
    await stage.quiet()
    assert stage.slack.card("alerts", "HighErrorRate").text.startswith("🟢")
    stage.clock.turn(minutes=5)
    await stage.send("alertmanager", group(started(a, "2026-11-21T04:00:00Z")))
    await stage.quiet()
    card = stage.slack.card("alerts", "HighErrorRate")
    assert card.text.startswith("🔴")
    assert stage.slack.replies(card)[-1].broadcast
    assert "Fires again" in stage.slack.replies(card)[-1].text
    assert len(stage.slack.ws.pings()) == 1, "@channel at most once for an incident"


async def test_the_end_of_something_never_seen_is_not_shown(stage: Stage) -> None:
    await stage.bot()
    answer = await stage.answer("alertmanager", group(alert(firing=False)))
    assert answer == (200, {"status": "accepted", "why": "never_seen"})
    await stage.quiet()
    assert not stage.slack.all_cards()


async def test_a_deleted_card_comes_back_without_another_ping(stage: Stage) -> None:
    await stage.bot()
    await stage.send("alertmanager", group(alert(instance="a")))
    await stage.quiet()
    stage.slack.ws.delete("alerts", stage.slack.card("alerts", "HighErrorRate").ts)
    await stage.send("alertmanager", group(alert(instance="a"), alert(instance="b")))
    await stage.quiet()
    assert stage.slack.card("alerts", "2 firing")
    assert len(stage.slack.ws.pings()) == 1


async def test_a_channel_that_refuses_is_replaced_by_the_fallback_which_says_so(stage: Stage) -> None:
    await stage.bot()
    stage.slack.ws.archive("alerts")
    await stage.send("alertmanager", group(alert()))
    await stage.quiet()
    assert "meant for #alerts, which Slack refuses (is_archived)" in stage.slack.card("general", "HighErrorRate").text


async def test_blocks_that_slack_refuses_become_plain_text(stage: Stage) -> None:
    await stage.bot()
    stage.slack.faults.add(Fault(method="chat.postMessage", kind=Kind.error, error="invalid_blocks", times=1))
    await stage.send("alertmanager", group(alert()))
    await stage.quiet()
    card = stage.slack.card("alerts", "HighErrorRate")
    assert not card.blocks
    assert len(stage.slack.ws.pings()) == 1


async def test_the_hourly_budget_of_pings_degrades_to_plain_messages_that_say_why(stage: Stage) -> None:
    await stage.bot()
    for number in range(8):
        await stage.send("alertmanager", group(alert(f"Alert{number}")))
    await stage.quiet()
    cards = stage.slack.cards("alerts")
    assert len(cards) == 8
    assert len(stage.slack.ws.pings()) == 6
    assert sum("No ping: this channel has had its 6 for the hour" in card.text for card in cards) == 2


async def test_a_restart_forgets_nothing_and_repeats_nothing(stage: Stage) -> None:
    bot = await stage.bot()
    await stage.send("alertmanager", group(alert(instance="a")))
    await stage.quiet()
    await stage.stop(bot)
    await stage.bot()
    await stage.send("alertmanager", group(alert(instance="a")))
    await stage.send("alertmanager", group(alert(instance="a"), alert(instance="b")))
    await stage.quiet()
    assert stage.slack.card("alerts", "2 firing")
    assert len(stage.slack.ws.pings()) == 1


async def test_the_same_signal_twice_at_once_to_two_processes_is_one_card(stage: Stage) -> None:
    one, two = await stage.bot(), await stage.bot()
    bodies = [group(alert(f"Alert{number}", "warning")) for number in range(10)]
    sent = [stage.send("alertmanager", body, bot) for body in bodies for bot in (one, two)]
    assert set(await asyncio.gather(*sent)) == {200}
    await stage.quiet()
    assert len(stage.slack.all_cards()) == 10


async def test_a_press_on_acknowledge_reaches_the_card(stage: Stage) -> None:
    bot = await stage.bot()
    await stage.send("alertmanager", group(alert()))
    await stage.quiet()
    actor = Actor(stage.slack.ws, bot.url, stage.http)
    answer = await actor.press(stage.slack.card("alerts", "HighErrorRate"), "acknowledge", user="U000000ANA")
    assert answer.ok
    await wait_until(lambda: stage.slack.card("alerts", "HighErrorRate").text.startswith("🔵"))
    assert "ana has it" in stage.slack.card("alerts", "HighErrorRate").text
