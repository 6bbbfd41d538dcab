"""What the store and the pace promise, on a real Valkey."""

import asyncio
import os
import signal
from pathlib import Path

import psutil
from redis.asyncio import Redis

from bot.clock import SystemClock
from bot.embedded import Embedded
from bot.pacing import AHEAD, Pacing
from bot.scripts import COMMIT
from bot.store import Unavailable
from bot.together import Together
from rules import keys
from tests.alerts import alert, group
from tests.conftest import Stage, wait_until


async def test_a_record_that_cannot_be_read_is_set_aside_and_stops_nothing(stage: Stage, redis: Redis) -> None:
    bot = await stage.bot()
    await stage.send("alertmanager", group(alert("Broken")))
    await stage.send("alertmanager", group(alert("Whole")))
    await stage.quiet()
    (key,) = [record.key for record in await bot.desk.open_records() if getattr(record, "title", "") == "Broken"]
    lane = f"{{sereno:{keys.lane(key)}}}"
    await redis.hset(f"{lane}:r:{key}", mapping={"v": 99, "b": '{"kind": "incident", "from": "the future"}'})
    assert await stage.send("alertmanager", group(alert("Broken"))) == 200
    await stage.quiet()
    assert len([card for card in stage.slack.cards("alerts") if "Broken" in card.text]) == 2, "it is shown anew"
    assert {getattr(record, "title", "") for record in await bot.desk.open_records()} == {"Broken", "Whole"}
    assert b"the future" in await redis.get(f"{lane}:bad:{key}")


async def test_retry_after_holds_for_what_is_urgent_too(redis: Redis) -> None:
    pacing = Pacing(redis, SystemClock())
    assert await pacing.wait("#alerts", urgent=True) == 0.0
    await pacing.hold("#alerts", 2.0)
    assert 1.0 < await pacing.wait("#alerts", urgent=True) <= 2.0
    assert 1.0 < await pacing.wait("#alerts") <= 2.0
    assert await pacing.wait("#monitoring") == 0.0


async def test_after_a_429_what_is_urgent_borrows_a_place(redis: Redis) -> None:
    pacing = Pacing(redis, SystemClock())
    for _ in range(5):
        await pacing.hold("#alerts", 0.01)

    async def goes() -> bool:
        return await pacing.wait("#alerts") == 0.0

    await wait_until(goes, what="the hold is over, and the one place is taken")
    assert await pacing.wait("#alerts") > 0.5
    urgent = [await pacing.wait("#alerts", urgent=True) for _ in range(6)]
    assert 2 <= urgent.count(0.0) <= AHEAD
    assert pacing.closed("#alerts", urgent=True) > 0
    assert await pacing.wait("#alerts") > 2.0, "the others wait behind what was urgent"


async def test_a_ping_is_counted_once_for_a_step_however_often_it_is_asked(redis: Redis) -> None:
    pacing = Pacing(redis, SystemClock())
    assert [await pacing.may_ping("#alerts", "A/card/0", 1) for _ in range(3)] == [0, 0, 0]
    assert await pacing.may_ping("#alerts", "B/card/0", 1) > SystemClock().now()


async def test_a_valkey_that_was_killed_comes_back_with_all_it_had(tmp_path: Path) -> None:
    server = Embedded(tmp_path)
    await server.start()
    try:
        async with Redis.from_url(server.url) as redis:
            await redis.set("kept", "yes")
            info = await redis.info("server")
            os.kill(int(info["process_id"]), signal.SIGKILL)
            await wait_until(lambda: not psutil.pid_exists(int(info["process_id"])))  # it takes no connection any more

            async def back() -> bool:
                try:
                    return bool(await redis.get("kept") == b"yes" and (await redis.info("server")) != info)
                except (OSError, Exception):  # noqa: BLE001 - whatever redis-py says while it is away
                    return False

            await wait_until(back)
    finally:
        await server.stop()


async def test_nobody_waits_for_ever_when_the_way_to_redis_is_gone(tmp_path: Path) -> None:
    redis = Redis(unix_socket_path=str(tmp_path / "nobody"), retry_on_error=[])
    together = Together(redis, COMMIT)
    asked = [together.run(["a"], ["1"]) for _ in range(100)]
    answers = await asyncio.wait_for(asyncio.gather(*asked, return_exceptions=True), 30)
    assert all(isinstance(answer, Exception) for answer in answers)
    assert not any(isinstance(answer, Unavailable) for answer in answers), "the store puts it into words"
    await redis.aclose()
