"""When checkpoints are due: once, again and again, by the clock on the wall, also in the nights when it is turned."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rules.cadence import due, missed, times
from rules.plan import Checkpoint
from rules.watch import Watch
from tests.rules.releases import POLICY, policy
from tests.rules.situations import DAY, HOUR, NOW

MADRID = ZoneInfo("Europe/Madrid")
WEEK = 7 * DAY


def point(**when: Any) -> Checkpoint:
    return Checkpoint.model_validate({"name": "one", **when})


def watch(began_at: int = NOW, window: int = 72 * HOUR, **done: int) -> Watch:
    return Watch(key="k", id="i", plan="sdk", release="v1", title="t", place="#p", opened_at=began_at,
                 began_at=began_at, ends_at=began_at + window, done=done)  # fmt: skip


def wall(*when: int, fold: int = 0) -> int:
    return int(datetime(*when, tzinfo=MADRID, fold=fold).timestamp() * 1000)  # type: ignore[arg-type, misc]


def hours(one: Checkpoint, window: int = 72 * HOUR, began_at: int = NOW) -> list[float]:
    return [(at - began_at) / HOUR for at in times(one, began_at, began_at + window, MADRID)]


def days(one: Checkpoint, began_at: int, ends_at: int) -> list[str]:
    found = times(one, began_at, ends_at, MADRID)
    return [datetime.fromtimestamp(at / 1000, MADRID).strftime("%d %H:%M %Z") for at in found]


@pytest.mark.parametrize(
    ("when", "wanted"),
    [
        ({"at": "0h"}, [0]),
        ({"at": "24h"}, [24]),
        ({"every": "24h"}, [24, 48, 72]),
        ({"every": "20h"}, [20, 40, 60]),
        ({"every": "96h"}, []),
        ({"every": "12h", "until": "36h"}, [12, 24, 36]),
        ({"every": "12h", "since": "36h"}, [36, 48, 60, 72]),
        ({"every": "12h", "since": "37h"}, [48, 60, 72]),
        ({"every": "24h", "since": "24h", "until": "48h"}, [24, 48]),
        ({"every": "24h", "until": "200h"}, [24, 48, 72]),
    ],
)
def test_times_since_the_release(when: dict[str, str], wanted: list[float]) -> None:
    assert hours(point(**when)) == wanted


def test_every_minute_of_the_window_has_its_time() -> None:
    """None is left out at the end of a long window."""
    assert len(hours(point(every="1m"))) == 72 * 60


def test_a_cron_line_is_in_the_teams_zone() -> None:
    began = wall(2026, 11, 20, 18, 0)  # a Friday
    assert days(point(cron="0 9 * * mon-fri"), began, began + WEEK) == [
        "23 09:00 CET", "24 09:00 CET", "25 09:00 CET", "26 09:00 CET", "27 09:00 CET",
    ]  # fmt: skip
    assert days(point(cron="0 9 * * mon#1"), began, began + 4 * WEEK) == ["07 09:00 CET"]


def test_a_cron_line_has_a_beginning_and_an_end() -> None:
    began = wall(2026, 11, 2, 9, 0)
    daily = "0 9 * * *"
    assert days(point(cron=daily), began, began + 2 * DAY)[0] == "02 09:00 CET", "the very moment counts"
    assert days(point(cron=daily), began + 1, began + 2 * DAY)[0] == "03 09:00 CET"
    assert days(point(cron=daily), began, began + 2 * DAY)[-1] == "04 09:00 CET", "the last moment counts"
    assert days(point(cron=daily, since="24h"), began, began + 2 * DAY) == ["03 09:00 CET", "04 09:00 CET"]
    assert days(point(cron=daily, until="24h"), began, began + 2 * DAY) == ["02 09:00 CET", "03 09:00 CET"]
    assert days(point(cron="0 9 31 dec *"), wall(2026, 12, 30), wall(2027, 1, 2)) == ["31 09:00 CET"]


def test_the_hour_that_comes_twice_counts_once() -> None:
    """On 25 October 2026 the clocks go back from 03:00 to 02:00."""
    began = wall(2026, 10, 23, 12, 0)
    assert days(point(cron="30 2 * * *"), began, began + 3 * DAY) == ["24 02:30 CEST", "25 02:30 CEST", "26 02:30 CET"]
    assert days(point(cron="0 9 * * *"), began, began + 3 * DAY) == ["24 09:00 CEST", "25 09:00 CET", "26 09:00 CET"]


def test_the_hour_that_is_skipped_is_not() -> None:
    """On 28 March 2027 the clocks go from 02:00 to 03:00."""
    began = wall(2027, 3, 26, 12, 0)
    assert days(point(cron="30 2 * * *"), began, began + 3 * DAY) == ["27 02:30 CET", "28 03:00 CEST", "29 02:30 CEST"]


def test_every_counts_hours_and_not_days_in_such_a_night() -> None:
    began = wall(2026, 10, 24, 12, 0)
    assert days(point(every="24h"), began, began + 2 * DAY) == ["25 11:00 CET", "26 11:00 CET"]


def test_what_is_due_next() -> None:
    plan = POLICY.releases["sdk"]
    assert due(plan, watch(), MADRID) == {
        "T+0": NOW, "T+24": NOW + 24 * HOUR, "gate": NOW + 48 * HOUR, "T+72": NOW + 72 * HOUR,
    }  # fmt: skip
    later = {"T+0": NOW, "T+24": NOW + 24 * HOUR}
    assert list(due(plan, watch(**later), MADRID)) == ["gate", "T+72"]


def test_what_comes_again_is_due_until_the_window_ends() -> None:
    plan = policy(("{name: T+24, at: 24h,", "{name: T+24, every: 24h,")).releases["sdk"]
    found = [due(plan, watch(**{"T+24": NOW + done * HOUR}), MADRID).get("T+24", 0) - NOW for done in (0, 24, 48, 72)]
    assert found == [24 * HOUR, 48 * HOUR, 72 * HOUR, -NOW]


def test_what_comes_once_is_not_taken_again_when_the_policy_moves_it() -> None:
    plan = policy(("{name: T+24, at: 24h,", "{name: T+24, at: 30h,")).releases["sdk"]
    assert "T+24" not in due(plan, watch(**{"T+24": NOW + 24 * HOUR}), MADRID)


def test_one_that_is_late_stands_for_those_that_passed_meanwhile() -> None:
    one, seen = point(every="6h"), watch()
    assert list(missed(one, seen, NOW + 6 * HOUR, NOW + 6 * HOUR, MADRID)) == []
    assert list(missed(one, seen, NOW + 6 * HOUR, NOW + 12 * HOUR - 1, MADRID)) == []
    late = missed(one, seen, NOW + 6 * HOUR, NOW + 20 * HOUR, MADRID)
    assert [(at - NOW) // HOUR for at in late] == [12, 18]
    assert list(missed(point(at="6h"), seen, NOW + 6 * HOUR, NOW + WEEK, MADRID)) == []
