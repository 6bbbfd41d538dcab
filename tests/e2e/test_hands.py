"""Every button and sub-command, over HTTP and over Socket Mode: the same result, once."""

import asyncio

import pytest

from bot.playground.people import ANA, BRUNO, CHLOE, DANA
from handlers import registry
from tests.conftest import Stage, wait_until
from tests.e2e.hands import TRANSPORTS, buttons, card, hears, name_of, opened, shows, thread, told, working

both = pytest.mark.parametrize("transport", TRANSPORTS)


@both
async def test_every_button_of_a_card(stage: Stage, transport: str) -> None:
    _, actor = await working(stage, transport)
    await opened(stage)
    offered = ["acknowledge", "resolve", "escalate", "war_room", "why"]
    assert buttons(card(stage)) == offered, "no Alertmanager, no silence"
    await actor.press(card(stage), "why", user=CHLOE)
    assert "chat.postMessage, ok" in await hears(stage, CHLOE, "Slack was called")
    await actor.press(card(stage), "escalate", user=BRUNO)
    await hears(stage, BRUNO, "is passed on")
    await stage.quiet()
    assert "bruno passes it on: step 1, @on-call." in thread(stage)[-1]
    assert "<!subteam^S0000ONCALL>" in thread(stage)[-1]
    await actor.press(card(stage), "acknowledge", user=CHLOE)
    await hears(stage, CHLOE, f"You have {name_of(stage)}")
    await shows(stage, "chloe has it since")
    assert buttons(card(stage)) == ["resolve", "war_room", "why"], "taken, and no step is left"
    await actor.press(card(stage), "resolve", user=CHLOE)
    await hears(stage, CHLOE, "is resolved.")
    await shows(stage, "🟢")
    assert buttons(card(stage)) == ["why"]


@both
async def test_every_sub_command(stage: Stage, transport: str) -> None:
    _, actor = await working(stage, transport)
    await opened(stage)
    name = name_of(stage)
    for words, answer in asked_of(name):
        before = len(stage.slack.ws.ephemerals)
        assert (await actor.command("/sereno", words, user=ANA)).ok, words
        await wait_until(lambda seen=before: len(stage.slack.ws.ephemerals) > seen, what=words)
        assert answer in told(stage, ANA)[-1], words
    await stage.quiet()
    assert any("<!subteam^S000RELEASE>" in said for said in thread(stage))
    assert set(registry.slashes()["/sereno"].commands) <= {words.split()[0] for words, _ in asked_of(name) if words}


@both
async def test_the_release_command_takes_any_words(stage: Stage, transport: str) -> None:
    _, actor = await working(stage, transport)
    nothing, unknown = "No release is watched now.", "I know no release"
    asked = {"": nothing, "  ": nothing, "1.2.3": unknown, "status": nothing, "STATUS 1.2.3": unknown, "list": nothing}
    for words, answer in {**asked, "no *such* <!channel>": unknown}.items():
        before = len(stage.slack.ws.ephemerals)
        assert (await actor.command("/release-status", words, user=CHLOE)).ok, words
        await wait_until(lambda seen=before: len(stage.slack.ws.ephemerals) > seen, what=words)
        assert told(stage, CHLOE)[-1].startswith(answer), words
    for words, answer in {"--here": nothing, "--here 1.2.3": unknown, "Status --here": nothing}.items():
        before = len(stage.slack.cards("general"))
        assert (await actor.command("/release-status", words, channel="general", user=BRUNO)).ok, words
        await wait_until(lambda seen=before: len(stage.slack.cards("general")) > seen, what=words)
        assert stage.slack.cards("general")[-1].text.startswith(answer), words
    assert told(stage, BRUNO) == []


def asked_of(name: str) -> list[tuple[str, str]]:
    """What somebody types, in this order, and words of the answer."""
    return [
        ("", "For example:"),
        ("help", "/sereno snooze KEY"),
        ("acknolwedge", "I do not know `acknolwedge`"),
        ("list", name),
        ("list service=checkout", name),
        ("list service=other", "Nothing open fits."),
        ("list {", "For example `/sereno list service=checkout`"),
        (f"show {name}", "service=checkout"),
        (f"why {name.lower()}", "Its card is in #alerts"),
        (f"ack {name}", f"You have {name}"),
        (f"snooze {name} 3h", f"No reminders about {name}"),
        (f"snooze {name} soon", "`soon` is no length of time"),
        (f"escalate {name}", f"{name} is passed on"),
        (f"escalate {name} @channel", "I do not know @channel"),
        (f"escalate {name} <!subteam^S000RELEASE>", f"{name} is passed on"),
        (f"escalate {name} <@{CHLOE}|chloe>", f"{name} is passed on"),
        (f"unsilence {name}", f"{name} has no silence of mine"),
        (f"silence {name} 2h", "I know no Alertmanager"),
        ("mute", "Nothing is muted"),
        ("mute #alerts 2h moving the database", "#alerts pings nobody until"),
        ("mute", "moving the database"),
        ("mute <#C0000000001> off", "#alerts may ping again"),
        ("mute <#C0000000001|alerts> 1h", "#alerts pings nobody until"),
        ("mute #alerts off", "#alerts may ping again"),
        ("mute #alrets 1h", "Did you mean `/sereno mute #alerts`?"),
        (f"escalate {name} @tpyo", "I do not know @tpyo"),
        ("mute <#C0999999999|> 1h", "is neither a route nor a #channel of the policy"),
        ("mute issue-trage", "Did you mean `/sereno mute issue-triage`?"),
        ("digest", "Platform: Weekly"),
        ("digest montly", "There is no digest montly. The policy has: weekly."),
        ("oncall", "no `oncall:` yet"),
        ("policy", "P2: counted for the digest"),
        ("status", "alertmanager: last heard at"),
        (f"resolve {name}", f"{name} is resolved."),
        ("list", "Nothing is open. A calm night."),
    ]


@both
async def test_here_is_for_all_to_see(stage: Stage, transport: str) -> None:
    _, actor = await working(stage, transport)
    await opened(stage)
    await actor.command("/sereno", "list --here", channel="general", user=CHLOE)
    said = await wait_until(lambda: [m for m in stage.slack.cards("general") if name_of(stage) in m.text])
    assert said
    assert told(stage, CHLOE) == []


async def test_an_envelope_that_comes_twice_and_a_connection_that_breaks(stage: Stage) -> None:
    _, actor = await working(stage, "socket")
    await opened(stage)
    sockets = stage.slack.ws.sockets
    sockets.twice = True
    await actor.press(card(stage), "escalate", user=ANA)
    await hears(stage, ANA, "is passed on")
    await sockets.drop()
    await sockets.connected(1)
    await actor.command("/sereno", f"ack {name_of(stage)}", user=BRUNO)
    await hears(stage, BRUNO, "You have")
    await sockets.drop(abrupt=True)
    await wait_until(lambda: sockets.count == 1, what="the connection is back")
    await actor.press(card(stage), "resolve", user=BRUNO)
    await hears(stage, BRUNO, "is resolved.")
    await stage.quiet()
    assert len([text for text in thread(stage) if "passes it on" in text]) == 1
    assert len(told(stage, ANA)) == 1
    assert len(told(stage, BRUNO)) == 2


@both
async def test_two_at_once_are_one_owner(stage: Stage, transport: str) -> None:
    _, actor = await working(stage, transport)
    first = await opened(stage)
    await asyncio.gather(*(actor.press(first, "acknowledge", user=user) for user in (ANA, BRUNO, CHLOE)))
    everybody = await wait_until(lambda: (said := [told(stage, u) for u in (ANA, BRUNO, CHLOE)]) and all(said) and said)
    assert sorted("You have" in said[0] for said in everybody) == [False, False, True]
    assert sum("has it already, since" in said[0] for said in everybody) == 2


@both
async def test_people_of_another_workspace_are_refused(stage: Stage, transport: str) -> None:
    _, actor = await working(stage, transport)
    first = await opened(stage)
    stage.slack.ws.share("alerts", DANA)
    await actor.press(first, "acknowledge", user=DANA)
    await hears(stage, DANA, "You are of another workspace")
    await actor.command("/sereno", "list", channel="alerts", user=DANA)
    await wait_until(lambda: len(told(stage, DANA)) == 2)
    assert "You are of another workspace" in told(stage, DANA)[1]
    await stage.quiet()
    assert card(stage).text.startswith("🔴")


async def test_who_has_no_right_is_told_who_has(stage: Stage) -> None:
    _, actor = await working(stage, "http")
    first = await opened(stage)
    for act in ("resolve", "escalate"):
        await actor.press(first, act, user=CHLOE)
        assert "@on-call may, and whoever has taken it" in await hears(stage, CHLOE, f"no right to {act}")
    await actor.command("/sereno", "mute #alerts 1h", user=CHLOE)
    await hears(stage, CHLOE, "no right to mute")
    await stage.quiet()
    assert card(stage).text.startswith("🔴")
    await actor.press(first, "acknowledge", user=CHLOE)
    await hears(stage, CHLOE, "You have")
    await actor.press(first, "resolve", user=CHLOE)
    await hears(stage, CHLOE, "is resolved.")
