"""What people do in a war-room by form: add incidents, hand over, end freezes; and nothing is replaced unseen."""

from pathlib import Path

from bot.playground.actor import Actor
from bot.playground.faults import Fault, Kind
from bot.playground.message import Channel, Json
from bot.playground.people import ANA, BRUNO, CHLOE
from tests.conftest import Stage, wait_until
from tests.e2e.hands import buttons, form, hears, shows, told, working
from tests.e2e.rooms import asks, fires, hears_all, made, name_in, room_card, rooms, ruled

SCOPES = "scopes: {staging: {channel: monitoring}, production: {channel: monitoring, two_people: true}}"


async def in_room(stage: Stage, folder: Path) -> tuple[Actor, Channel]:
    """Somebody in a room for a database that is down."""
    path = ruled(folder)
    path.write_text(path.read_text().replace("scopes: {staging: {channel: monitoring}}", SCOPES))
    _, actor = await working(stage, "http", path)
    await asks(stage, actor, '"DB down" P0')
    return actor, await made(stage)


async def more(stage: Stage, actor: Actor, what: str, words: str, user: str = ANA) -> Json:
    """The form behind More…, once it asks what is chosen there."""
    await actor.press(room_card(stage), "room_more", user=user)
    asked = await form(stage, user, "add an incident to this room")
    await actor.press_view(asked, "watched", user=user, value=what)
    return await form(stage, user, words)


def offered(view: Json, name: str) -> list[str]:
    (block,) = [one for one in view["blocks"] if one.get("block_id") == name]
    return [option["text"]["text"] for option in block["element"]["options"]]


async def closed(stage: Stage, user: str) -> None:
    await wait_until(lambda: not stage.slack.ws.modals.stack(user), what="the form is closed")


async def test_an_incident_is_added_by_form(stage: Stage, tmp_path: Path) -> None:
    actor, room = await in_room(stage, tmp_path)
    assert await asks(stage, actor, "merge", channel=room.id) == "No other incident is open."
    await fires(stage, "Slow", "Own", "Other")
    await stage.quiet()
    await actor.press(stage.slack.card("alerts", "*Own*"), "war_room", user=BRUNO)
    await actor.submit(await form(stage, BRUNO, "Own"), user=BRUNO)
    await wait_until(lambda: len(rooms(stage)) == 2, what="a room of its own")
    await stage.quiet()
    slow, other = name_in(stage, "*Slow*"), name_in(stage, "*Other*")
    await actor.command("/war-room", "merge", channel=room.id, user=ANA)
    asked = await form(stage, ANA, "The room hears how it goes")
    assert sorted(offered(asked, "incident")) == sorted([f"{slow} P0 Slow", f"{other} P0 Other"])
    await actor.submit(asked, {"incident": slow}, user=ANA)
    await hears(stage, ANA, "It belongs to this room now")
    first = next(one for one in stage.slack.all_cards() if "DB down" in one.text and "War-room " in one.text)
    await actor.press(first, "room_more", user=ANA)
    asked = await form(stage, ANA, "Other")
    assert offered(asked, "incident") == [f"{other} P0 Other"], "the other one is in the room by now"
    await actor.submit(asked, {"incident": other}, user=ANA)
    await wait_until(lambda: "Other" in stage.slack.cards(room.id)[0].text, what="the card shows it")
    assert "Slow" in stage.slack.cards(room.id)[0].text


async def test_roles_are_handed_over_by_form(stage: Stage, tmp_path: Path) -> None:
    actor, room = await in_room(stage, tmp_path)
    nothing = "You have no role in this room to hand over."
    assert await asks(stage, actor, "handover", channel=room.id) == nothing
    await actor.submit(await more(stage, actor, "handover", nothing), user=ANA)
    await closed(stage, ANA)
    for role in ("commander", "scribe"):
        await asks(stage, actor, f"role {role}", channel=room.id)
    await actor.command("/war-room", "handover", channel=room.id, user=ANA)
    asked = await form(stage, ANA, "You hand over: commander, scribe.")
    assert "Who is to command is asked first." in str(asked["blocks"])
    assert (await actor.submit(asked, {"who": ANA}, user=ANA)).errors == {"who": "Choose somebody else."}
    await actor.submit(asked, {"who": BRUNO}, user=ANA)
    await hears_all(stage, f"<@{BRUNO}> ana hands over to bruno, who commands after saying yes")
    await shows(stage, "Scribe: bruno", of=room_card)
    await actor.submit(await more(stage, actor, "handover", "You hand over: scribe.", BRUNO), {"who": ANA}, user=BRUNO)
    await shows(stage, "Scribe: ana", of=room_card)


async def test_a_freeze_is_ended_by_form(stage: Stage, tmp_path: Path) -> None:
    actor, room = await in_room(stage, tmp_path)
    assert await asks(stage, actor, "unfreeze") == "Nothing is frozen."
    for scope, user in (("staging", ANA), ("production", ANA)):
        await asks(stage, actor, f'freeze {scope} "a move" for 2h', user=user)
    await actor.command("/war-room", "unfreeze", user=ANA)
    asked = await form(stage, ANA, "⏳ production: ana wants to freeze it; this takes it back.")
    assert offered(asked, "scope") == ["staging: a move", "production: a move"]
    assert "❄️ staging: frozen by ana until" in str(asked["blocks"])
    await actor.submit(asked, {"scope": "staging"}, user=ANA)
    await hears(stage, ANA, "staging is open: deployments may go on.")
    await asks(stage, actor, 'freeze production "a move"', user=BRUNO)
    asked = await more(stage, actor, "unfreeze", "It takes a second person, who presses Confirm on its card.")
    assert offered(asked, "scope") == ["production: a move"]
    await actor.submit(asked, user=ANA)
    await hears(stage, ANA, "production stays as it is until a second person presses Confirm")
    await actor.command("/war-room", "unfreeze", channel=room.id, user=BRUNO)
    asked = await form(stage, BRUNO, "ana wants to end that already; it takes a second person.")
    await actor.submit(asked, user=BRUNO)
    await hears(stage, BRUNO, "production is open: deployments may go on.")


async def test_what_others_wrote_meanwhile_is_not_replaced_unseen(stage: Stage, tmp_path: Path) -> None:
    actor, room = await in_room(stage, tmp_path)
    await actor.press(room_card(stage), "room_write", user=ANA)
    asked = await form(stage, ANA)
    await asks(stage, actor, 'cause "a full disk"', channel=room.id, user=BRUNO)
    await actor.press_view(asked, "watched", user=ANA, value="cause")
    asked = await form(stage, ANA, "So far it says: “a full disk”")
    await asks(stage, actor, 'cause "two full disks"', channel=room.id, user=BRUNO)
    await actor.submit(asked, {"text": "a bad pool"}, user=ANA)
    asked = await form(stage, ANA, "So far it says: “two full disks”")
    assert "Somebody has written this meanwhile." in str(asked["blocks"])
    assert "Send it once more, and yours replaces it." in str(asked["blocks"])
    await shows(stage, "*Cause:* two full disks", of=room_card)
    await actor.submit(asked, user=ANA)  # her words are in it still
    await shows(stage, "*Cause:* a bad pool", of=room_card)
    await actor.press(room_card(stage), "room_write", user=ANA)
    asked = await form(stage, ANA)
    await asks(stage, actor, 'cause "a leak"', channel=room.id, user=BRUNO)
    await actor.submit(asked, {"what": "impact", "text": "one in three"}, user=ANA)
    await shows(stage, "*Impact:* one in three", of=room_card)
    assert "*Cause:* a leak" in room_card(stage).text, "who writes something else is not asked"


async def test_closing_writes_what_was_changed_in_its_form_only(stage: Stage, tmp_path: Path) -> None:
    actor, room = await in_room(stage, tmp_path)
    for words in ('impact "some"', 'cause "a disk"'):
        await asks(stage, actor, words, channel=room.id)
    await actor.press(room_card(stage), "room_close", user=ANA)
    asked = await form(stage, ANA, "Fix: what ended it")
    for words in ('impact "one in three"', 'cause "a full disk"', 'fix "a larger disk"'):
        await asks(stage, actor, words, channel=room.id, user=BRUNO)
    mine = {"cause": "a bad pool", "fix": "a restart"}
    await actor.submit(asked, mine, user=ANA)
    asked = await form(stage, ANA, "Cause: why it happened: it says by now “a full disk”. Empty yours to keep that.")
    assert "Fix: what ended it: it says by now “a larger disk”." in str(asked["blocks"])
    await actor.submit(asked, {"fix": ""}, user=ANA)
    await shows(stage, "closed by ana", of=room_card)
    for words in ("*Impact:* one in three", "*Cause:* a bad pool", "*Fix:* a larger disk"):
        assert words in room_card(stage).text, "what she has not touched is as bruno left it"


async def test_a_role_that_others_gave_meanwhile_is_not_taken_unseen(stage: Stage, tmp_path: Path) -> None:
    actor, room = await in_room(stage, tmp_path)
    await actor.press(room_card(stage), "room_role", user=ANA)
    asked = await form(stage, ANA, "Who is to command is asked first.")
    await asks(stage, actor, "role scribe", channel=room.id, user=BRUNO)
    wanted = {"role": "scribe", "who": CHLOE}
    await actor.submit(asked, wanted, user=ANA)
    await actor.submit(await form(stage, ANA, "By now it is bruno."), user=ANA)
    await shows(stage, "Scribe: chloe", of=room_card)
    await actor.press(room_card(stage), "room_role", user=ANA)
    asked = await form(stage, ANA, "chloe: scribe")
    await actor.submit(asked, {"role": "scribe", "who": BRUNO}, user=ANA)
    await shows(stage, "Scribe: bruno", of=room_card)


async def test_a_status_that_others_set_meanwhile_is_not_set_back_unseen(stage: Stage, tmp_path: Path) -> None:
    actor, room = await in_room(stage, tmp_path)
    await actor.press(room_card(stage), "room_state", user=ANA)
    asked = await form(stage, ANA, "How far")
    await asks(stage, actor, "status monitoring", channel=room.id, user=BRUNO)
    await actor.submit(asked, {"status": "identified"}, user=ANA)
    asked = await form(stage, ANA, "By now it is P0, monitoring.")
    await shows(stage, "— monitoring", of=room_card)
    await actor.submit(asked, user=ANA)
    await shows(stage, "— identified", of=room_card)
    await actor.press(room_card(stage), "room_state", user=ANA)
    asked = await form(stage, ANA, "How far")
    await asks(stage, actor, "status monitoring", channel=room.id, user=BRUNO)
    await actor.submit(asked, {"severity": "P1", "why": "few are affected"}, user=ANA)
    await shows(stage, "*P1* · *DB down* — monitoring", of=room_card)


async def test_a_form_that_is_sent_before_it_is_drawn_for_what_is_chosen(stage: Stage, tmp_path: Path) -> None:
    actor, room = await in_room(stage, tmp_path)
    await asks(stage, actor, 'cause "a full disk"', channel=room.id, user=BRUNO)
    await asks(stage, actor, "freeze staging we look at it", channel=room.id)
    stage.slack.faults.add(Fault(method="views.update", kind=Kind.error, error="internal_error"))
    await actor.press(room_card(stage), "room_more", user=ANA)
    await actor.submit(await form(stage, ANA, "end a freeze"), {"what": "unfreeze"}, user=ANA)
    asked = await form(stage, ANA, "staging: we look at it")
    await actor.submit(asked, user=ANA)
    await hears(stage, ANA, "staging is open: deployments may go on.")
    await actor.press(room_card(stage), "room_write", user=ANA)
    asked = await form(stage, ANA, "a note for the timeline")
    await actor.submit(asked, {"what": "cause", "text": "a bad pool"}, user=ANA)
    await form(stage, ANA, "So far it says: “a full disk”")
    assert "*Cause:* a full disk" in room_card(stage).text


async def test_a_severity_that_there_is_not_opens_nothing(stage: Stage, tmp_path: Path) -> None:
    _, actor = await working(stage, "http", ruled(tmp_path))
    for words in ("open x P9", "open the shop is down p7", "open P9"):
        word = words.split()[-1]
        known = "The severities are P0, P1. What belongs to the words stands in quotes."
        refused = f"I have opened nothing: `{word}` is no severity.\n{known}"
        assert await asks(stage, actor, words) == refused
    await stage.quiet()
    assert rooms(stage) == []
    await asks(stage, actor, 'open "moved to P9" p1')
    assert (await made(stage)).topic.startswith("P1 · ")
    assert "moved to P9" in room_card(stage).text


async def test_a_status_in_the_words_of_the_reader(stage: Stage, tmp_path: Path) -> None:
    path = ruled(tmp_path)
    path.write_text(path.read_text() + "language: es\n")
    _, actor = await working(stage, "http", path)
    await actor.command("/war-room", '"DB down" P0', user=ANA)
    room = await made(stage)
    for words, shown in (
        ("identificado", "identificado"), ("en observacion", "en observación"), ("resolved", "resuelto"),
        ("En Investigación", "en investigación"),
    ):  # fmt: skip
        before = len(told(stage, ANA))
        await actor.command("/war-room", f"status {words}", channel=room.id, user=ANA)
        await wait_until(lambda seen=before: len(told(stage, ANA)) > seen, what=words)
        await wait_until(lambda wanted=shown: f"— {wanted}" in stage.slack.cards(room.id)[0].text, what=shown)
    await actor.command("/war-room", "status bailando", channel=room.id, user=ANA)
    both = await hears(stage, ANA, "Los estados posibles son: investigating, identified, monitoring, resolved")
    assert both.endswith("en español, en investigación, identificado, en observación o resuelto.")


async def test_the_card_has_the_form_while_people_work(stage: Stage, tmp_path: Path) -> None:
    actor, room = await in_room(stage, tmp_path)
    first = room_card(stage)
    assert "room_more" in buttons(first)
    for words in ("impact i", "cause c", "fix f", "close"):
        await asks(stage, actor, words, channel=room.id)
    await wait_until(lambda: "room_more" not in buttons(room_card(stage)), what="the room is closed")
    await actor.press(first, "room_more", user=ANA)
    await actor.submit(await form(stage, ANA, "That war-room is closed."), user=ANA)
    await closed(stage, ANA)
