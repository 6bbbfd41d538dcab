"""War-rooms as people live them: opened, led, told, written down, closed, archived."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.playground.message import Message
from bot.playground.people import ANA, BOT_USER, BRUNO, CHLOE
from tests.conftest import Stage, wait_until
from tests.e2e.hands import TRANSPORTS, buttons, form, hears, shows, working
from tests.e2e.rooms import asks, called, fires, hears_all, in_thread, made, room_card, rooms, ruled, said

both = pytest.mark.parametrize("transport", TRANSPORTS)
DAY_H = 24


def status_card(stage: Stage) -> Message:
    (found,) = stage.slack.cards("status")
    return found


@both
async def test_a_room_is_opened_by_words(stage: Stage, transport: str) -> None:
    _, actor = await working(stage, transport)
    await actor.command("/war-room", '"DB Down!! ÄÖ 🔥 <!channel>" P0', user=ANA)
    await hears(stage, ANA, "I open war-room")
    room = await made(stage)
    assert room.name.endswith("-db-down-ao-channel"), room.name
    assert set(room.members) == {BOT_USER, ANA, BRUNO}, "who asked, and who is on call"
    assert room.topic.startswith("P0 · investigating · no commander yet · since "), room.topic
    assert "DB Down!! ÄÖ 🔥 @channel" in room.topic
    found = room_card(stage)
    assert found.channel == room.id
    assert [one.ts for one in stage.slack.ws.pins(room.id)] == [found.ts]
    assert [one.targets for one in stage.slack.ws.pings() if one.channel == room.id] == [], "a title pings nobody"
    assert "What to do first:" in said(stage)
    assert "War-room" in room.purpose
    alert = stage.slack.card("alerts", "DB Down")
    assert f"war-room <#{room.id}>" in alert.text
    assert "war_room" not in buttons(alert), "it has its room"
    assert [called(stage, f"conversations.{method}") for method in ("create", "setTopic", "setPurpose")] == [1, 1, 1]


async def test_a_title_without_end_or_letters(stage: Stage) -> None:
    _, actor = await working(stage, "http")
    await actor.command("/war-room", f'"{"🔥" * 40} {"支付" * 700}" P0', user=ANA)
    await hears(stage, ANA, "I open war-room")
    room = await made(stage)
    assert len(room.name) <= 80
    assert len(room.topic) == 250
    assert room_card(stage).channel == room.id
    for word in ("impact", "cause", "fix"):
        await asks(stage, actor, f'{word} "{"ä&<" * 900}"', channel=room.id)
    await shows(stage, "*Fix:* ä", of=room_card)
    assert room_card(stage).blocks, "Slack has taken all of it"
    await actor.command("/war-room", f'"{"登录" * 700}" P0', user=ANA)
    await wait_until(lambda: len(rooms(stage)) == 2, what="other words are another room")


@both
async def test_a_room_from_the_card_by_its_form(stage: Stage, transport: str, tmp_path: Path) -> None:
    stage.slack.ws.ensure_channel("status")
    _, actor = await working(stage, transport, ruled(tmp_path))
    await fires(stage, "Slow", severity="warning")
    await stage.quiet()
    card = stage.slack.card("monitoring", "Slow")
    await actor.press(card, "war_room", user=BRUNO)
    asked = await form(stage, BRUNO, "Slow")
    assert (await actor.submit(asked, {"title": " "}, user=BRUNO)).errors
    await actor.submit(asked, {"title": "Checkout is slow", "severity": "P0"}, user=BRUNO)
    await hears(stage, BRUNO, "I open war-room")
    room = await made(stage)
    assert room.name.endswith("-checkout-is-slow")
    assert room.topic.startswith("P0 · ")
    links = [one["link"] for one in room.bookmarks]
    assert "https://status.example.org" in links
    assert "https://runbooks.example.org/one" in links
    assert len(links) == len(set(links)) == called(stage, "bookmarks.add")
    assert in_thread(stage, "Slow", "monitoring")[-1] == f"🧯 Its war-room is #{room.name}, opened by bruno."
    await shows(stage, f"war-room <#{room.id}>", of=lambda _: stage.slack.card("monitoring", "Slow"))
    assert f"war-room #{room.name}" in status_card(stage).text, "those outside read of it"


@both
async def test_a_room_for_what_a_message_says(stage: Stage, transport: str) -> None:
    _, actor = await working(stage, transport)
    message = stage.slack.ws.post("general", user=CHLOE, text=f"<@{ANA}> the shop is down\nsee the graphs")
    await actor.shortcut(message, "war_room", user=CHLOE)
    asked = await form(stage, CHLOE, "the shop is down")
    await actor.submit(asked, {"severity": "P1"}, user=CHLOE)
    await hears(stage, CHLOE, "I open war-room")
    room = await made(stage)
    assert "the-shop-is-down" in room.name
    assert set(room.members) == {BOT_USER, ANA, BRUNO, CHLOE}
    assert room.topic.startswith("P1 · ")


@both
async def test_whoever_asks_again_is_led_to_the_first_room(stage: Stage, transport: str) -> None:
    _, actor = await working(stage, transport)
    await actor.command("/war-room", 'open "DB down" P0', user=ANA)
    await hears(stage, ANA, "I open war-room")
    room = await made(stage)
    await actor.command("/war-room", 'open "db DOWN" P0', user=CHLOE)
    await hears(stage, CHLOE, f"There is a war-room for it already: #{room.name}. I invite you there.")
    await wait_until(lambda: CHLOE in rooms(stage)[0].members, what="she is invited")
    await stage.quiet()
    there = rooms(stage)[0]
    stage.slack.ws.set_channel(replace(there, members=[one for one in there.members if one != CHLOE]))
    await asks(stage, actor, 'open "DB down" P0', user=CHLOE)
    await wait_until(lambda: CHLOE in rooms(stage)[0].members, what="who has left and asks again is invited again")
    stage.clock.turn(hours=20)
    stage.clock.turn(hours=5)
    assert "There is a war-room" in await asks(stage, actor, 'open "DB down" P0', user=CHLOE), "the next day, too"
    assert len(rooms(stage)) == 1


async def test_which_room_is_meant(stage: Stage, tmp_path: Path) -> None:
    _, actor = await working(stage, "http", ruled(tmp_path))
    assert await asks(stage, actor, "note hello") == 'No war-room is open. `/war-room open "what is wrong"` opens one.'
    id_ = (await asks(stage, actor, 'open "DB down" P1')).split()[3]
    await made(stage)
    assert await asks(stage, actor, "note hello") == "Written down.", "there is only one"
    await asks(stage, actor, 'open "Web down" P1')
    await wait_until(lambda: len(rooms(stage)) == 2)
    await stage.quiet()
    db, web = rooms(stage)
    asked = await asks(stage, actor, "note hello")
    first = asked.splitlines()[1].split()[1]
    so = f'`/war-room note {first} "…"`'
    assert asked.startswith(f"Which one? Say it in its channel, or name it so: {so}"), asked
    assert await asks(stage, actor, f'note {first} "hello"') == "Written down.", "as it says"
    assert db.name in asked
    assert web.name in asked
    for name in (id_, id_.lower(), f"#{db.name}", db.name):
        assert await asks(stage, actor, f"note {name} hello") == "Written down.", name
    assert await asks(stage, actor, "note hello", channel=web.id) == "Written down."
    await stage.quiet()
    texts = [stage.slack.cards(room.id)[0].text for room in (db, web)]
    notes = [int(text.split(" note")[0].split()[-1]) for text in texts]
    assert notes == ([6, 1] if first == id_ else [5, 2]), texts
    listed = await asks(stage, actor, "list")
    assert db.name in listed
    assert web.name in listed


@both
async def test_roles_are_given_and_a_commander_says_yes(stage: Stage, transport: str, tmp_path: Path) -> None:
    _, actor = await working(stage, transport, ruled(tmp_path))
    await actor.command("/war-room", 'open "DB down"', user=ANA)
    room = await made(stage)
    assert "I do not know @nobody" in await asks(stage, actor, "role commander @nobody", channel=room.id)
    await actor.command("/war-room", f"role commander <@{BRUNO}|bruno>", channel=room.id, user=ANA)
    await hears(stage, ANA, "Asked: whoever is to command")
    await hears_all(stage, f"<@{BRUNO}> ana asks bruno to command")
    await shows(stage, "bruno, who has not said yes yet", of=room_card)
    await actor.press(room_card(stage), "room_command", user=BRUNO)
    await hears(stage, BRUNO, "Done; the room knows.")
    await shows(stage, "Commander: bruno", of=room_card)
    await wait_until(lambda: "commander bruno" in rooms(stage)[0].topic, what="the topic names him")
    await actor.press(room_card(stage), "room_role", user=ANA)
    asked = await form(stage, ANA)
    await actor.submit(asked, {"role": "scribe", "who": CHLOE}, user=ANA)
    await hears(stage, ANA, "Done; the room knows.")
    await shows(stage, "Scribe: chloe", of=room_card)
    await wait_until(lambda: CHLOE in rooms(stage)[0].members, what="who has a role is invited")
    await actor.command("/war-room", f"handover <@{ANA}>", channel=room.id, user=CHLOE)
    await hears(stage, CHLOE, "You have no right to work in war-rooms here: @on-call may.")
    await actor.command("/war-room", f"handover <@{ANA}>", channel=room.id, user=BRUNO)
    await hears_all(stage, f"<@{ANA}> bruno hands over to ana, who commands after saying yes")
    await actor.command("/war-room", "role commander me", channel=room.id, user=ANA)
    await shows(stage, "Commander: ana", of=room_card)


@both
async def test_an_update_is_heard_by_all_once(stage: Stage, transport: str, tmp_path: Path) -> None:
    stage.slack.ws.ensure_channel("status")
    _, actor = await working(stage, transport, ruled(tmp_path, when="auto"))
    await fires(stage, *(f"A{number}" for number in range(6)))
    room = await made(stage)
    await actor.command("/war-room", 'update "we are on it <!here>"', channel=room.id, user=ANA)
    await hears(stage, ANA, "Told: the room")
    await actor.press(room_card(stage), "room_update", user=BRUNO)
    asked = await form(stage, BRUNO)
    await actor.submit(asked, {"text": "it is the pool"}, user=BRUNO)
    await hears_all(stage, "📣 it is the pool (bruno)")
    await stage.quiet()
    outside = "\n".join(reply.text for reply in stage.slack.replies(status_card(stage))).splitlines()
    places = [said(stage), outside, *(in_thread(stage, f"A{number}") for number in range(6))]
    for lines in places:
        assert lines.count("📣 we are on it @here (ana)") == 1, lines
        assert lines.count("📣 it is the pool (bruno)") == 1, lines
    assert not [line for lines in places for line in lines if "belongs to the war-room" in line][6:], "each said once"


@both
async def test_all_that_is_written_down_by_command(stage: Stage, transport: str) -> None:
    _, actor = await working(stage, transport)
    await actor.command("/war-room", 'open "DB down" P1', user=ANA)
    room = await made(stage)
    written = {
        'note "restarted db-2"': "Written down.",
        'impact "one in three"': "Written down.",
        'cause "a bad pool"': "Written down.",
        'cause "a full disk"': "Written down.\nIt replaces: “a bad pool”",
        "fix “a larger disk”": "Written down.",
        f'action "alert at 80 %" <@{BRUNO}> 2026-12-01': "Written down.",
        'action "a larger pool" me 7d': "Written down.",
        'severity P0 "more of them"': "Done; the room and its incidents know.",
        "status identified": "Done; the room and its incidents know.",
        **{word: f"Say it in words, for example `/war-room {word} " for word in ("note", "impact", "fix", "update")},
        'note ""': 'Say it in words, for example `/war-room note "deployed 1.4.2 to production"`.',
        'action "" @ana': "Say it in words, for example `/war-room action ",
        "severity P9 why": "The severities are P0, P1, P2.",
        "severity P1": "Say why",
        "status dancing": "A status is one of investigating",
        "role captain": "The roles are commander",
        "merge": "No other incident is open.",
        "merge ZZZZZZ": "I know no incident ZZZZZZ.",
        "handover": "You have no role in this room to hand over.",
        "handover @nobody": "I do not know @nobody.",
        "retry": "I do not know `retry`.",
    }
    for words, answer in written.items():
        assert answer in await asks(stage, actor, words, channel=room.id), words
    await stage.quiet()
    shown = room_card(stage).text
    for words in ("*P0*", "identified", "*Impact:* one in three", "*Cause:* a full disk", "*Fix:* a larger disk"):
        assert words in shown
    assert "1 note on the timeline" in shown
    assert "2 things to do" in shown
    assert "ana, to do by bruno: alert at 80 %" in said(stage)
    assert "ana, to do by ana: a larger pool" in said(stage)
    assert stage.slack.card("alerts", "DB down"), "the incident is a P0 too"


@both
async def test_all_that_is_written_down_by_form(stage: Stage, transport: str) -> None:
    _, actor = await working(stage, transport)
    await actor.command("/war-room", 'open "DB down" P1', user=ANA)
    await made(stage)
    for what, text in (("impact", "one in three"), ("cause", "a full disk"), ("fix", "a disk"), ("note", "restarted")):
        await actor.press(room_card(stage), "room_write", user=ANA)
        asked = await form(stage, ANA)
        await actor.submit(asked, {"what": what, "text": text}, user=ANA)
        await wait_until(lambda: not stage.slack.ws.modals.stack(ANA))
        await shows(stage, text if what != "note" else "1 note on the timeline", of=room_card)
    await actor.press(room_card(stage), "room_write", user=ANA)
    asked = await form(stage, ANA)
    await actor.press_view(asked, "watched", user=ANA, value="action")
    asked = await form(stage, ANA, "By when")
    wrong = await actor.submit(asked, {"text": "a pool", "owner": BRUNO, "due": "soon"}, user=ANA)
    assert wrong.errors == {"due": "Write a day such as 2026-12-01, or a length such as 7d."}
    await actor.submit(asked, {"text": "a pool", "owner": BRUNO, "due": "7d"}, user=ANA)
    await hears_all(stage, "ana, to do by bruno: a pool")
    await actor.press(room_card(stage), "room_state", user=ANA)
    asked = await form(stage, ANA)
    assert (await actor.submit(asked, {"severity": "P0"}, user=ANA)).errors
    await actor.submit(asked, {"severity": "P0", "why": "more of them", "status": "monitoring"}, user=ANA)
    await hears_all(stage, "ana: P0 now, was P1: more of them")
    await hears_all(stage, "ana: monitoring.")
    await stage.quiet()
    assert rooms(stage)[0].topic.startswith("P0 · monitoring · ")


@both
async def test_what_its_incidents_do_is_heard_in_the_room(stage: Stage, transport: str, tmp_path: Path) -> None:
    _, actor = await working(stage, transport, ruled(tmp_path, when="auto"))
    await fires(stage, "A", "B")
    await made(stage)
    await actor.press(stage.slack.card("alerts", "*A*"), "acknowledge", user=CHLOE)
    await hears_all(stage, "chloe has ")
    await fires(stage, "A", firing=False)
    await hears_all(stage, "A is resolved, after")
    await shows(stage, "B: open since", of=room_card)
    await fires(stage, "A", since="04:00")
    await hears_all(stage, "A is open again.")


@both
async def test_a_declared_incident_ends_with_its_room(stage: Stage, transport: str) -> None:
    _, actor = await working(stage, transport)
    await actor.command("/war-room", 'open "DB down" P0', user=ANA)
    room = await made(stage)
    alert = stage.slack.card("alerts", "DB down")
    assert [one.targets for one in stage.slack.ws.pings() if one.ts == alert.ts] == [["channel"]]
    await actor.command("/war-room", "status resolved", channel=room.id, user=ANA)
    await wait_until(lambda: stage.slack.card("alerts", "DB down").text.startswith("🟢"), what="it is over")
    await asks(stage, actor, "status investigating", channel=room.id)
    await stage.quiet()
    stage.clock.turn(seconds=31)  # so long it may be a late copy of what was true before
    await wait_until(lambda: stage.slack.card("alerts", "DB down").text.startswith("🔴"), what="it goes on")
    await actor.press(room_card(stage), "room_close", user=ANA)
    asked = await form(stage, ANA, "Impact")
    await actor.submit(asked, {"impact": "one in three", "fix": "a disk"}, user=ANA)
    await hears(stage, ANA, " is closed.")
    await stage.quiet()
    assert stage.slack.card("alerts", "DB down").text.startswith("🟢")
    assert "*Impact:* one in three" in room_card(stage).text
    assert not {"room_command", "room_update", "room_state", "room_role", "room_close"} & {*buttons(room_card(stage))}
    await actor.command("/war-room", "close", channel=room.id, user=BRUNO)
    await hears(stage, BRUNO, "That war-room is closed.")
    await actor.command("/war-room", 'open "DB down" P0', user=ANA)
    await hears_all(stage, "ana opened this room again.")
    await stage.quiet()
    stage.clock.turn(seconds=31)
    await wait_until(lambda: stage.slack.card("alerts", "DB down").text.startswith("🔴"), what="it goes on")
    assert len(rooms(stage)) == 1


async def test_close_asks_for_what_is_missing_only(stage: Stage) -> None:
    _, actor = await working(stage, "http")
    await actor.command("/war-room", 'open "DB down" P0', user=ANA)
    room = await made(stage)
    for words in ('impact "i"', 'cause "c"'):
        await asks(stage, actor, words, channel=room.id)
    await actor.command("/war-room", "close", channel=room.id, user=ANA)
    await form(stage, ANA, "Fix: what ended it")
    await asks(stage, actor, 'fix "f"', channel=room.id)
    id_ = room_card(stage).text.split("War-room ")[1][:6]
    assert await asks(stage, actor, "close", channel=room.id) == f"War-room {id_} is closed."


async def test_an_archived_room_is_left_alone(stage: Stage) -> None:
    _, actor = await working(stage, "http")
    await actor.command("/war-room", 'open "DB down" P1', user=ANA)
    room = await made(stage)
    for words in ('note "restarted db-2"', "impact x", "cause x", "fix x"):
        await asks(stage, actor, words, channel=room.id)
    id_ = room_card(stage).text.split("War-room ")[1][:6]
    assert await asks(stage, actor, "close", channel=room.id) == f"War-room {id_} is closed."
    await stage.quiet()
    await actor.command("/war-room", 'note "thought of later"', channel=room.id, user=ANA)
    await shows(stage, "2 notes on the timeline", of=room_card)
    stage.clock.turn(hours=7 * DAY_H + 1)
    await wait_until(lambda: rooms(stage)[0].archived, what="it is archived")
    await stage.quiet()
    (file,) = [one for one in stage.slack.ws.files.all() if one.name.endswith(".md")]
    assert b"restarted db-2" in file.body
    assert b"thought of later" in file.body
    start, id_ = len(stage.slack.ws.calls), room_card(stage).text.split("War-room ")[1][:6]
    await actor.command("/war-room", f'note {id_} "too late"', user=ANA)
    await hears(stage, ANA, "That war-room is archived: nothing can be changed in it any more.")
    await actor.command("/war-room", 'open "DB down" P1', user=ANA)
    await wait_until(lambda: len(rooms(stage)) == 2, what="a new room")
    await stage.quiet()
    touched = [one.method for one in stage.slack.ws.calls[start:] if room.id in str(one.args)]
    assert touched == [], "nothing is done to it any more"


async def test_what_is_said_wrongly_opens_nothing(stage: Stage, tmp_path: Path) -> None:
    _, actor = await working(stage, "http", ruled(tmp_path))
    severities = "The severities are P0, P1. What belongs to the words stands in quotes."
    how = 'To open a war-room put what is wrong in quotes: `/war-room "…"`; `/war-room help` shows all.'
    closed = 'I have opened nothing: the quote is not closed. Write `/war-room "what is wrong" P0`.'
    wrong = {
        '"test" P9': f"I have opened nothing: `P9` is no severity.\n{severities}",
        '"test" something else': f"I have opened nothing: `something else` is no severity.\n{severities}",
        'open "test" P1 please': f"I have opened nothing: `P1 please` is no severity.\n{severities}",
        '"no closing quote P0': closed,
        "“no closing quote P0": closed,
        "'no closing quote P0": closed,
        "wibble wobble": f"I do not know `wibble`.\n{how}",
        "notte hello": f"I do not know `notte`.\nDid you mean `/war-room note`?\n{how}",
    }
    for words, answer in wrong.items():
        assert await asks(stage, actor, words) == answer, words
    assert len((await asks(stage, actor, "help")).splitlines()) > 20, "all of it, to who asks for it"
    await stage.quiet()
    assert rooms(stage) == []
    await asks(stage, actor, '“the "big" one” p1')
    assert (await made(stage)).topic.startswith("P1 · ")
    assert 'the "big" one' in room_card(stage).text
    await asks(stage, actor, '"worst"')
    await wait_until(lambda: len(rooms(stage)) == 2)
    await stage.quiet()
    assert rooms(stage)[1].topic.startswith("P0 · "), "who names no severity means the worst"


async def test_to_do_by_somebody_by_some_day(stage: Stage, tmp_path: Path) -> None:
    _, actor = await working(stage, "http", ruled(tmp_path))
    await asks(stage, actor, 'open "DB down" P1')
    room = await made(stage)
    day = "Write a day such as 2026-12-01, or a length such as 7d."
    wrong = {
        'action "x" @nobody 99y': "I do not know @nobody. Write @ and choose a name, or `me`.",
        'action "x" @ana 99y': f"Nothing is written down: `99y` is no day.\n{day}",
        'action "x" 99y': f"Nothing is written down: `99y` is no day.\n{day}",
        'action "x" 7d @ana': f"Nothing is written down: `7d @ana` is no day.\n{day}",
        'action "x @ana 7d': "Nothing is written down: the quote is not closed.",
    }
    for words, answer in wrong.items():
        assert (await asks(stage, actor, words, channel=room.id)).startswith(answer), words
    await stage.quiet()
    assert "to do" not in room_card(stage).text
    for words in (
        f'action "a larger disk" <@{BRUNO}> 7d',
        "action “a larger pool”",
        'action "an alert" 2026-12-01',
        "action ask about disks",
        "action \"say 'hello'\" me",
    ):
        assert await asks(stage, actor, words, channel=room.id) == "Written down.", words
    await stage.quiet()
    lines = said(stage)
    assert "ana, to do by bruno: a larger disk" in lines
    for words in ("a larger pool", "an alert", "ask about disks"):
        assert f"ana, to do: {words}" in lines
    assert "ana, to do by ana: say 'hello'" in lines
    assert "5 things to do" in room_card(stage).text


async def test_an_update_says_where_it_went(stage: Stage, tmp_path: Path) -> None:
    stage.slack.ws.ensure_channel("status")
    bot, actor = await working(stage, "http")
    await asks(stage, actor, 'open "DB down" P0')
    room = await made(stage)
    told = await asks(stage, actor, 'update "we look"', channel=room.id)
    assert told == "Told: the room and the threads of its incidents."
    await stage.stop(bot)
    _, actor = await working(stage, "http", ruled(tmp_path))
    await asks(stage, actor, 'open "Web down" P0')
    await wait_until(lambda: len(rooms(stage)) == 2)
    await stage.quiet()
    told = await asks(stage, actor, 'update "we look"', channel=rooms(stage)[1].id)
    assert told == "Told: the room, the threads of its incidents, and #status."


async def test_a_freeze_without_a_reason_says_how(stage: Stage) -> None:
    _, actor = await working(stage, "http")
    how = 'To freeze it, say why: `/war-room freeze staging "…" for 2h`.'
    assert await asks(stage, actor, "freeze staging") == f"🟢 staging: open\n{how}"
    assert how not in await asks(stage, actor, "freeze")
    await asks(stage, actor, 'freeze staging "the database moves" for 2h')
    assert how not in await asks(stage, actor, "freeze staging"), "it is frozen already"


@both
async def test_closing_says_what_is_not_over(stage: Stage, transport: str, tmp_path: Path) -> None:
    _, actor = await working(stage, transport, ruled(tmp_path, when="auto"))
    await fires(stage, "A")
    room = await made(stage)
    await fires(stage, "B")
    await stage.quiet()
    for words in ("impact x", "cause x", "fix x"):
        await asks(stage, actor, words, channel=room.id)
    await actor.command("/war-room", "close", channel=room.id, user=ANA)
    await form(stage, ANA, "2 alerts are still open: A, B")
    await fires(stage, "A", firing=False)
    await hears_all(stage, "A is resolved, after")
    await actor.press(room_card(stage), "room_close", user=BRUNO)
    asked = await form(stage, BRUNO, "1 alert is still open: B")
    await actor.submit(asked, {}, user=BRUNO)
    await hears(stage, BRUNO, " is closed.")


async def test_a_form_sets_only_what_was_changed_in_it(stage: Stage, tmp_path: Path) -> None:
    policy = ruled(tmp_path)
    bot, actor = await working(stage, "http", policy)
    await asks(stage, actor, 'open "DB down" P1')
    room = await made(stage)
    await actor.press(room_card(stage), "room_state", user=ANA)
    asked = await form(stage, ANA)
    await asks(stage, actor, 'severity P0 "all of them"', channel=room.id, user=BRUNO)
    await actor.submit(asked, {"status": "monitoring"}, user=ANA)
    await hears_all(stage, "ana: monitoring.")
    await actor.press(room_card(stage), "room_state", user=ANA)
    asked = await form(stage, ANA)
    await asks(stage, actor, "status resolved", channel=room.id, user=BRUNO)
    await actor.submit(asked, {"severity": "P1", "why": "few"}, user=ANA)
    await hears_all(stage, "ana: P1 now, was P0: few")
    await stage.quiet()
    assert rooms(stage)[0].topic.startswith("P1 · resolved · "), "what Bruno did meanwhile stands"
    await stage.stop(bot)
    policy.write_text("default_severity: P0\n" + policy.read_text().replace("  P1:", "  P2:"))
    _, actor = await working(stage, "http", policy)
    await actor.press(room_card(stage), "room_state", user=BRUNO)
    asked = await form(stage, BRUNO, "'P1'")
    await actor.submit(asked, {"status": "monitoring"}, user=BRUNO)
    await hears_all(stage, "bruno: monitoring.")
    await stage.quiet()
    assert rooms(stage)[0].topic.startswith("P1 · monitoring · ")
