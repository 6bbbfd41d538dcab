"""War-rooms in which Slack holds things up: what people say goes on, whole, and stays where it belongs."""

from pathlib import Path

from bot.playground.faults import Fault, Kind
from bot.playground.people import ANA
from tests.conftest import Stage, wait_until
from tests.e2e.hands import shows, working
from tests.e2e.rooms import asks, hears_all, made, room_card, rooms, ruled, said

LONG = " ".join(f"word{number}" for number in range(230))


def outside(stage: Stage) -> list[str]:
    """What stands below the card in the channel where it is announced."""
    (card,) = stage.slack.cards("status")
    return [line for reply in stage.slack.replies(card) for line in reply.text.splitlines()]


async def test_what_people_say_waits_for_no_topic(stage: Stage, tmp_path: Path) -> None:
    stage.slack.ws.ensure_channel("status")
    _, actor = await working(stage, "http", ruled(tmp_path))
    for method in ("conversations.setTopic", "bookmarks.add", "conversations.invite"):
        stage.slack.faults.add(Fault(method=method, kind=Kind.server_error, times=1000))
    await asks(stage, actor, '"DB down" P0')
    await wait_until(lambda: rooms(stage))
    room = rooms(stage)[0].id
    await asks(stage, actor, 'update "we look at the disk"', channel=room)
    await hears_all(stage, "📣 we look at the disk (ana)")
    await hears_all(stage, "📣 we look at the disk (ana)", of=outside)
    await asks(stage, actor, "status identified", channel=room)
    await shows(stage, "identified", of=room_card)


async def test_a_long_word_is_told_whole_and_many_are_all_told(stage: Stage, tmp_path: Path) -> None:
    stage.slack.ws.ensure_channel("status")
    _, actor = await working(stage, "http", ruled(tmp_path))
    await asks(stage, actor, '"DB down" P0')
    room = (await made(stage)).id
    stage.slack.faults.add(Fault(method="chat.postMessage", kind=Kind.ratelimited, times=3, retry_after=1))
    for number in range(12):
        await asks(stage, actor, f'update "{number} {LONG}"', channel=room)
    await stage.quiet()
    told = [line for line in said(stage) if line.startswith("📣")]
    assert [line.split()[1] for line in told] == [str(number) for number in range(12)]
    assert all(line.endswith("word229 (ana)") for line in told)
    assert [line.split()[1] for line in outside(stage) if "📣" in line] == [str(number) for number in range(12)]


async def test_a_room_whose_channel_is_archived_still_closes_and_opens_again(stage: Stage, tmp_path: Path) -> None:
    stage.slack.ws.ensure_channel("status")
    _, actor = await working(stage, "http", ruled(tmp_path))
    await asks(stage, actor, '"DB down" P0')
    first = await made(stage)
    stage.slack.ws.archive(first.id)
    name = room_card(stage).text.partition("War-room ")[2].split()[0]
    await asks(stage, actor, f'update {name} "it goes on"')
    await stage.quiet()
    moved = next(one for one in stage.slack.cards("general") if "War-room " in one.text)
    await actor.press(moved, "room_close", user=ANA)
    view = await wait_until(lambda: stage.slack.ws.modals.stack(ANA))
    await actor.submit(view[-1], {"cause": "a disk", "impact": "all", "fix": "a disk"}, user=ANA)

    def closed() -> bool:
        return any("closed by ana" in one.text for one in stage.slack.cards("general"))

    await wait_until(closed, what="the card says that it is closed")
    await asks(stage, actor, '"DB down" P0')
    await wait_until(lambda: len(rooms(stage)) == 2, what="another channel")
    await stage.quiet()
    assert ANA in rooms(stage)[-1].members
    assert any("War-room " in one.text for one in stage.slack.cards(rooms(stage)[-1].id))
