"""What outlives a kill, who is really pinged, and how modals and response URLs expire."""

import pytest

from bot.playground.message import message_json
from bot.playground.people import ANA, BRUNO
from bot.playground.refusal import Refused
from bot.playground.workspace import Workspace


def text(words: str, kind: str = "mrkdwn") -> list[dict]:
    return [{"type": "section", "text": {"type": kind, "text": words}}]


def test_a_workspace_is_replayed_after_a_kill(clock, tmp_path):
    saved = tmp_path / "deep" / "slack.jsonl"
    first = Workspace(clock=clock, saved=saved)
    root = first.post("alerts", text="root <!here>", metadata={"event_type": "a", "event_payload": {"id": 1}})
    first.post("alerts", text="reply", thread_ts=root.ts)
    gone = first.post("alerts", text="gone")
    first.delete("alerts", gone.ts)
    first.post("alerts", text="psst", visible_to=ANA)
    first.make_channel("inc-1", creator=ANA, members=[ANA])
    first.archive("monitoring")
    with saved.open("a") as file:
        file.write('["message", {"channel": "C1", "ts": "17')
    second = Workspace(clock=clock, saved=saved)
    assert second.everything("alerts") == first.everything("alerts")
    assert second.ephemerals == first.ephemerals
    assert second.channels == first.channels
    assert second.pings() == first.pings()
    assert second.post("alerts", text="next").ts > gone.ts
    assert second.make_channel("inc-2", creator=ANA, members=[ANA]).id not in {one.id for one in first.channels}
    third = Workspace(clock=clock, saved=saved)
    assert third.everything("alerts") == second.everything("alerts")
    for one in (first, second, third):
        one.close()


def test_the_saved_file_is_compacted_at_start(clock, tmp_path):
    saved = tmp_path / "slack.jsonl"
    ws = Workspace(clock=clock, saved=saved)
    message = ws.post("alerts", text="0")
    for number in range(50):
        ws.edit("alerts", message.ts, text=str(number))
    ws.close()
    Workspace(clock=clock, saved=saved).close()
    assert len(saved.read_text().splitlines()) < 10


@pytest.mark.parametrize(
    ("message", "targets"),
    [
        ({"text": "<!channel> <!here|here> <@U000000ANA|ana> <!subteam^S0000ONCALL>"}, 4),
        ({"text": "&lt;!channel&gt; @channel `x`"}, 0),
        ({"text": "@here", "link_names": True}, 1),
        ({"text": "fallback <!here>", "blocks": text("quiet")}, 1),
        ({"text": "quiet", "blocks": text("<!here>")}, 1),
        ({"text": "quiet", "blocks": text("<!here>", "plain_text")}, 0),
        ({"text": "x", "attachments": [{"text": "<!here>", "blocks": text("<@U000000ANA>")}]}, 2),
    ],
)
def test_who_is_pinged(ws, message, targets):
    ws.post("alerts", **message)
    assert sum(len(ping.targets) for ping in ws.pings()) == targets


def test_rich_text_pings_too(ws):
    inside = [{"type": "user", "user_id": BRUNO}, {"type": "broadcast", "range": "here"}]
    section = {"type": "rich_text_section", "elements": inside}
    ws.post("alerts", blocks=[{"type": "rich_text", "elements": [section]}])
    assert ws.pings()[0].targets == [BRUNO, "here"]


def test_an_edit_pings_only_whom_it_newly_mentions(ws):
    message = ws.post("alerts", text="<!here>")
    ws.edit("alerts", message.ts, text="<!here> again")
    ws.edit("alerts", message.ts, text="<!here> <!channel>")
    ws.post("alerts", text="<!here>", visible_to=ANA)
    assert [(ping.kind, ping.targets) for ping in ws.pings()] == [
        ("post", ["here"]),
        ("edit", ["channel"]),
        ("ephemeral", ["here"]),
    ]


def test_ts_grow_when_the_clock_does_not(ws, clock):
    stamps = [ws.post("alerts", text="x").ts for _ in range(3)]
    clock.now -= 100
    stamps.append(ws.post("alerts", text="x").ts)
    assert stamps == sorted(set(stamps))
    clock.now += 200.5
    assert float(ws.post("alerts", text="x").ts) >= clock.now


def test_blocks_get_ids_and_the_answer_shows_them(ws):
    message = ws.post("alerts", blocks=text("a") + text("b"))
    assert len({block["block_id"] for block in message_json(message)["blocks"]}) == 2


MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": text("x")}


def test_a_trigger_is_good_once_and_for_three_seconds(ws, clock):
    trigger = ws.modals.trigger(ANA)
    opened = ws.modals.open(trigger, MODAL)
    assert ws.modals.stack(ANA) == [opened]
    for late, word in [(trigger, "exchanged_trigger_id"), ("1.2.x", "invalid_trigger_id")]:
        with pytest.raises(Refused, match=word):
            ws.modals.open(late, MODAL)
    trigger = ws.modals.trigger(ANA)
    clock.now += 4
    with pytest.raises(Refused, match="expired_trigger_id"):
        ws.modals.open(trigger, MODAL)


def test_push_update_and_hash(ws):
    opened = ws.modals.open(ws.modals.trigger(ANA), MODAL)
    pushed = ws.modals.push(ws.modals.trigger(ANA), MODAL)
    assert pushed["previous_view_id"] == opened["id"]
    ws.modals.push(ws.modals.trigger(ANA), MODAL)
    with pytest.raises(Refused, match="push_limit_reached"):
        ws.modals.push(ws.modals.trigger(ANA), MODAL)
    with pytest.raises(Refused, match="hash_conflict"):
        ws.modals.update(MODAL, opened["id"], None, "old")
    assert ws.modals.update(MODAL, opened["id"], None, opened["hash"])["id"] == opened["id"]
    with pytest.raises(Refused, match="not_found"):
        ws.modals.update(MODAL, "V0", None, None)


def test_response_urls_wear_out(ws, clock):
    name = ws.responses.issue("C1", ANA)
    for _ in range(5):
        ws.responses.use(name)
    with pytest.raises(Refused, match="used_url"):
        ws.responses.use(name)
    name = ws.responses.issue("C1", ANA)
    clock.now += 1801
    with pytest.raises(Refused, match="expired_url"):
        ws.responses.use(name)
