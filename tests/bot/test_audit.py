"""Who did what from Slack: in order, with the refused, for people and as JSON."""

import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.app import Bot
from bot.cli import audit
from bot.queues import name
from rules.signal import Actor, Kind, Signal
from tests.alerts import alert, group
from tests.bot.shell import sereno
from tests.conftest import Stage

ANA = Actor(id="U000000ANA", name="ana", known_as=frozenset({"@on-call"}), act="1")
CHLOE = Actor(id="U0000CHLOE", name="chloe\x1b[31m", act="2")
HOUR = 3_600_000


async def listed(stage: Stage, *words: str) -> Any:
    said = await sereno("audit", "--json", *words, SERENO_REDIS_URL=stage.redis_url)
    assert said.code == 0
    return said.json


async def act(bot: Bot, key: str, event: str, who: Actor, **labels: str) -> None:
    await bot.desk.submit(Signal(key=key, source="slack", kind=Kind.ACT, event=event, actor=who, labels=labels))


async def acted(stage: Stage) -> str:
    """A card that one person may silence and another may not, and an order; the key of the card."""
    bot = await stage.bot()
    await stage.send("alertmanager", group(alert("DiskFull")))
    [record] = await bot.desk.open_records()
    until = str(stage.clock.now() + HOUR)
    await act(bot, record.key, "resolve", CHLOE)
    stage.clock.turn(seconds=1)
    await act(bot, record.key, "acknowledge", ANA)
    stage.clock.turn(seconds=1)
    await act(bot, "standing", "mute", ANA, route="", channel="#alerts", until=until, reason="moving the database")
    return record.key


async def test_acts_stand_in_order_with_who_what_and_what_came_of_it(stage: Stage) -> None:
    key = await acted(stage)
    rows = await listed(stage)
    assert [(row["who_id"], row["event"], row["reason"]) for row in rows] == [
        ("U0000CHLOE", "resolve", "not_allowed"),
        ("U000000ANA", "acknowledge", "acknowledged"),
        ("U000000ANA", "mute", "muted"),
    ]
    assert [row["key"] for row in rows] == [key, key, "standing"]
    assert rows[1]["title"] == "DiskFull"
    assert len(rows[1]["id"]) == 6
    assert rows[2]["labels"]["reason"] == "moving the database"
    assert rows[2]["labels"]["until"].endswith(" UTC"), "a time, not a number"
    await stage.quiet()


async def test_for_people_it_is_a_line_for_each(stage: Stage) -> None:
    await acted(stage)
    out = (await sereno("audit", SERENO_REDIS_URL=stage.redis_url)).out
    first, second, third, last = out.splitlines()
    assert first.endswith("→ not_allowed")
    assert "\x1b" not in out, "a name cannot steer the terminal"
    assert re.search(r"  ana \(U000000ANA\) +acknowledge  ", second)
    assert "DiskFull" in second
    assert "channel=#alerts" in third
    assert "route" not in third, "what is empty is left out"
    assert last == "3 acts"
    await stage.quiet()


async def test_its_columns_stand_under_each_other_whatever_is_how_long(stage: Stage) -> None:
    key = await acted(stage)
    stage.clock.turn(seconds=1)
    [bot] = stage.bots
    await act(bot, key, "resolve", Actor(id="U0LONG", name="Maximiliana de la Fuente", act="9"), note="x" * 200)
    lines = (await sereno("audit", SERENO_REDIS_URL=stage.redis_url)).out.splitlines()[:-1]
    events = [line.index(event) for line, event in zip(lines, ("resolve", "ackn", "mute", "resolve"), strict=True)]
    assert len(set(events)) == 1
    assert len({line.rindex("→ ") for line in lines}) == 1
    assert max(map(len, lines)) < 200, "what is long is cut; it is whole in --json"
    await stage.quiet()


async def test_only_what_is_young_enough(stage: Stage) -> None:
    said = await sereno("audit", "--since", "3h", SERENO_REDIS_URL=stage.redis_url)
    assert (said.code, said.out) == (0, "nobody did anything in the last 3h\n")
    await acted(stage)
    assert await listed(stage, "--since", "0s") == []
    assert len(await listed(stage, "--since", "5000w")) == 3, "further back than there is time"
    await stage.quiet()


async def test_what_cannot_be_read_is_counted(redis: Redis, valkey_url: str) -> None:
    await redis.xadd(f"{name(3)}:audit", {"j": '{"at": "who knows"}'})
    await redis.expire(f"{name(3)}:audit", 60)
    said = await sereno("audit", SERENO_REDIS_URL=valkey_url)
    assert (said.code, said.out) == (0, "nobody did anything in the last 7d\n")
    assert "1 line cannot be read" in said.err


async def test_without_redis_it_is_2(tmp_path: Path) -> None:
    said = await sereno("audit", "--data", tmp_path)
    assert said.code == 2
    assert said.err.startswith("sereno: Sereno does not seem to run")


def test_a_length_is_written_as_in_a_policy(capsys: pytest.CaptureFixture[str]) -> None:
    parser = ArgumentParser()
    audit.arguments(parser)
    assert parser.parse_args([]).since == 7 * 24 * HOUR
    assert parser.parse_args(["--since", "1h30m"]).since == HOUR * 3 // 2
    with pytest.raises(SystemExit):
        parser.parse_args(["--since", "yesterday"])
    assert "90s, 5m, 1h30m or 3d" in capsys.readouterr().err
