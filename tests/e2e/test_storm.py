"""Many new incidents at once: one board instead of a flood, kept up to date, and cards again when it has passed."""

from collections import Counter
from pathlib import Path

import yaml

from bot.playground.message import Message
from bot.policy_box import DEFAULT
from tests.alerts import alert, group
from tests.conftest import Stage, wait_until

LIMIT = 5


def storm_policy(folder: Path, **more: object) -> Path:
    """The default policy with a storm limit that a test can reach."""
    policy = yaml.safe_load(DEFAULT.read_text(encoding="utf-8"))
    policy |= {"storm": {"incidents": LIMIT, "within": "1m", "quiet_for": "30s"}, **more}
    path = folder / "policy.yaml"
    path.write_text(yaml.safe_dump(policy, sort_keys=False), encoding="utf-8")
    return path


def board(stage: Stage, place: str = "monitoring") -> Message:
    found = [message for message in stage.slack.cards(place) if "torm" in message.text.splitlines()[0]]
    assert len(found) == 1, [message.text for message in found]
    return found[0]


def lines(message: Message) -> str:
    return str(message.blocks[1]["text"]["text"])


def carded(stage: Stage, place: str = "monitoring") -> Counter[str]:
    cards = [card for card in stage.slack.cards(place) if "torm" not in card.text.splitlines()[0]]
    return Counter(card.text.split("*")[3] for card in cards)


async def blow(stage: Stage, count: int = 12) -> None:
    for number in range(count):
        assert await stage.send("alertmanager", group(alert(f"Flood{number:02}", "warning"))) == 200
    await stage.quiet()


async def test_a_storm_is_few_cards_and_one_board_that_lists_the_rest(stage: Stage, tmp_path: Path) -> None:
    await stage.bot(storm_policy(tmp_path))
    await blow(stage)
    own = carded(stage)
    assert 1 <= len(own) <= LIMIT + 1
    assert set(own.values()) == {1}
    shown = lines(board(stage))
    for number in range(12):
        name = f"Flood{number:02}"
        assert (name in own) or (name in shown), name
    assert len(stage.slack.cards("monitoring")) == len(own) + 1
    assert not stage.slack.ws.pings()


async def test_the_worst_keeps_its_own_card_and_ping_in_a_storm(stage: Stage, tmp_path: Path) -> None:
    await stage.bot(storm_policy(tmp_path))
    await blow(stage)
    await stage.send("alertmanager", group(alert("Outage", "critical")))
    await stage.quiet()
    assert "<!channel>" in stage.slack.card("alerts", "Outage").text
    assert len(stage.slack.ws.pings()) == 1
    for number in range(LIMIT + 3):
        await stage.send("alertmanager", group(alert(f"Outage{number}", "critical")))
    await stage.quiet()
    assert len(stage.slack.cards("alerts")) == LIMIT + 4, "P0s are never on a board"


async def test_one_on_the_board_that_gets_worse_leaves_it_for_a_card(stage: Stage, tmp_path: Path) -> None:
    await stage.bot(storm_policy(tmp_path))
    await blow(stage)
    caught = next(name for name in (f"Flood{n:02}" for n in range(12)) if name not in carded(stage))
    await stage.send("alertmanager", group(alert(caught, "warning"), alert(caught, "critical", instance="b")))
    await stage.quiet()
    assert "<!channel>" in stage.slack.card("alerts", caught).text
    assert len(stage.slack.ws.pings()) == 1
    stage.clock.turn(minutes=2)
    await wait_until(lambda: "passed" in board(stage).text)
    await stage.quiet()
    assert caught not in carded(stage), "it has its card in #alerts"
    assert len([card for card in stage.slack.all_cards() if f"*{caught}*" in card.text]) == 1


async def test_the_board_is_edited_live(stage: Stage, tmp_path: Path) -> None:
    await stage.bot(storm_policy(tmp_path))
    await blow(stage)
    first, own = board(stage), carded(stage)
    caught = next(name for name in (f"Flood{n:02}" for n in range(12)) if name not in own)
    await stage.send("alertmanager", group(alert(caught, "warning", firing=False)))
    await stage.quiet()
    now = board(stage)
    assert now.ts == first.ts
    assert next(line for line in lines(now).splitlines() if caught in line).startswith("🟢")
    one_with_card = next(iter(own))
    await stage.send("alertmanager", group(alert(one_with_card, "warning", firing=False)))
    await stage.quiet()
    assert "2 over" in board(stage).text or one_with_card not in lines(board(stage))
    assert stage.slack.card("monitoring", one_with_card).text.startswith("🟢")


async def test_after_the_storm_each_that_is_open_gets_its_card_once(stage: Stage, tmp_path: Path) -> None:
    await stage.bot(storm_policy(tmp_path))
    await blow(stage)
    own = carded(stage)
    caught = [name for name in (f"Flood{n:02}" for n in range(12)) if name not in own]
    await stage.send("alertmanager", group(alert(caught[0], "warning", firing=False)))
    await stage.quiet()
    stage.clock.turn(minutes=2)
    await wait_until(lambda: "passed" in board(stage).text)
    await wait_until(lambda: len(carded(stage)) == 11, what="cards for what is open")
    await stage.quiet()
    assert set(carded(stage).values()) == {1}
    assert caught[0] not in carded(stage), "what is over gets no card"
    assert f"{len(stage.slack.cards('monitoring')) - 1}" == "11"
    for number in range(12):
        await stage.send("alertmanager", group(alert(f"Flood{number:02}", "warning", firing=False)))
    await stage.quiet()
    cards = [card for card in stage.slack.cards("monitoring") if "torm" not in card.text.splitlines()[0]]
    assert all(card.text.startswith("🟢") for card in cards)
    assert not stage.slack.ws.pings()


async def test_a_second_storm_gets_a_board_of_its_own_and_a_restart_loses_none(stage: Stage, tmp_path: Path) -> None:
    path = storm_policy(tmp_path)
    bot = await stage.bot(path)
    await blow(stage)
    await stage.stop(bot)
    await stage.bot(path)
    stage.clock.turn(minutes=2)
    await wait_until(lambda: "passed" in board(stage).text)
    await wait_until(lambda: len(carded(stage)) == 12)
    stage.clock.turn(minutes=5)
    for number in range(12):
        await stage.send("alertmanager", group(alert(f"Again{number:02}", "warning")))
    await stage.quiet()
    boards = [card for card in stage.slack.cards("monitoring") if "torm" in card.text.splitlines()[0]]
    assert [("passed" in card.text) for card in boards] == [True, False]
    shown = lines(boards[1])
    own = carded(stage)
    assert all(f"Again{n:02}" in own or f"Again{n:02}" in shown for n in range(12))
    assert not any(f"Flood{n:02}" in shown for n in range(12))


async def test_two_processes_make_one_board(stage: Stage, tmp_path: Path) -> None:
    path = storm_policy(tmp_path)
    bots = [await stage.bot(path), await stage.bot(path)]
    for number in range(12):
        for bot in bots:
            await stage.send("alertmanager", group(alert(f"Flood{number:02}", "warning")), bot)
    await stage.quiet()
    assert board(stage)
    assert set(carded(stage).values()) == {1}
    stage.clock.turn(minutes=2)
    await wait_until(lambda: len(carded(stage)) == 12, what="cards for all")
    await stage.quiet()
    assert set(carded(stage).values()) == {1}
