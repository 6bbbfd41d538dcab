"""Who is on call: whose turn a rotation has come to, who stands in, whom the name of a rotation means now."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import takewhile
from zoneinfo import ZoneInfo

from croniter import croniter

from rules.policy import Policy
from rules.team import Override, Rotation

AHEAD = (1, 8, 40)  # years to look for the next hand-off: there may be none before the next 29 February
FAR = 1 << 62  # later than any moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A time on call, in unix milliseconds: from `start` until just before `until`; 0 where it has no such end.

    `person` is a name of `people`; or `group` is the "@name" of a user group. `override`: somebody stands in.
    """

    person: str
    group: str
    start: int
    until: int
    override: bool


def now(policy: Policy, rotation: str, at: int) -> Shift:
    """Who has a rotation of the policy at a moment; `rotation` with or without "@". KeyError when there is none."""
    rules = policy.oncall[rotation.removeprefix("@")]
    index = next((i for i, one in _standing_in(rules) if _from(one) <= at < _to(one)), -1)
    if index < 0:
        person, start, until = _turn(rules, rules.timezone or policy.timezone, at)
    else:
        one = rules.overrides[index]
        person, start, until = one.person, _from(one), _to(one)
    stronger = rules.overrides[index + 1 :]
    start = max([start, *(_to(one) for one in stronger if _to(one) <= at)])
    until = min([until, *(_from(one) for one in stronger if _from(one) > at)])
    return Shift(
        person=person, group="" if person else rules.group, start=start, until=until % FAR, override=index >= 0
    )


def following(policy: Policy, rotation: str, at: int) -> Shift | None:
    """The shift after the one at this moment; None when that one has no end."""
    current = now(policy, rotation, at)
    return now(policy, rotation, current.until) if current.until else None


def resolve(policy: Policy, names: Iterable[str], at: int) -> tuple[str, ...]:
    """The names of a `mention` with each rotation replaced by whom it means at this moment, each once, in order."""
    return tuple(dict.fromkeys(_meant(policy, name, at) for name in names))


def _meant(policy: Policy, name: str, at: int) -> str:
    key = name.removeprefix("@")
    if name in ("channel", "here", "none"):
        return name
    if key in policy.oncall:
        shift = now(policy, key, at)
        return f"@{shift.person}" if shift.person else shift.group
    return f"@{key}" if key in policy.people else name


def _standing_in(rules: Rotation) -> Iterator[tuple[int, Override]]:
    """The overrides with their places in the list, the strongest first: that is the latest listed."""
    return reversed(list(enumerate(rules.overrides)))


def _turn(rules: Rotation, zone: str, at: int) -> tuple[str, int, int]:
    """Whose turn it is by the calendar alone, since when and until when; nobody's, for ever, with a user group."""
    if not rules.people:
        return "", 0, FAR
    origin = _instant(datetime.combine(rules.since + timedelta(days=1), time()), ZoneInfo(zone)) - 1
    year = max(datetime.fromtimestamp(at / 1000, UTC).year, rules.since.year)
    for ahead in AHEAD:
        moments = handoffs(rules.handoff, zone, rules.since.year, year + ahead)
        first = bisect_right(moments, origin)
        place = max(bisect_right(moments, at), first)
        if place < len(moments):
            break
    start = moments[place - 1] if place > first else 0
    until = moments[place] if place < len(moments) else FAR
    return rules.people[(place - first) % len(rules.people)], start, until


@lru_cache(maxsize=128)
def handoffs(cron: str, zone: str, first: int, last: int) -> tuple[int, ...]:
    """The moments that a cron line means in a zone, from one year to another, both included; in unix milliseconds.

    It is read by the clock on the wall, and each of its times counts once: in the hour that comes twice the first
    time, in the hour that is skipped when the clocks jump over it. Hand-offs at the same moment are one.
    """
    minutes, hours = croniter.expand(cron)[0][:2]
    clock = [
        time(hour, minute)
        for hour in (range(24) if hours == ["*"] else hours)
        for minute in (range(60) if minutes == ["*"] else minutes)
    ]
    local = ZoneInfo(zone)
    walls = (datetime.combine(day, one) for day in _days(cron, first, last) for one in clock)
    return tuple(sorted({_instant(wall, local) for wall in walls}))


def _days(cron: str, first: int, last: int) -> Iterator[date]:
    """The days of these years on which a cron line has times."""
    (_, _, *fields), nth = croniter.expand(cron)
    special = nth or "l" in fields[0] or "w" in cron.split()[2].lower()
    start = date(first, 1, 1)
    if special:
        return takewhile(lambda day: day.year <= last, _special_days(cron, start))
    count = (date(last + 1, 1, 1) - start).days
    return (day for ahead in range(count) if _matches(fields, day := start + timedelta(days=ahead)))


def _special_days(cron: str, start: date) -> Iterator[date]:
    """What L, W and # mean is croniter's to say; it takes ten times as long."""
    line = " ".join(["0", "0", *cron.split()[2:]])
    before = datetime.combine(start - timedelta(days=1), time())
    found = croniter(line, before, ret_type=datetime, max_years_between_matches=max(AHEAD))
    return (one.date() for one in found.all_next())


def _matches(fields: list[list[int | str]], day: date) -> bool:
    """Cron's own rule: a day of the month and a day of the week, when both are named, are alternatives."""
    days, months, weekdays = fields
    in_month = days == ["*"] or day.day in days
    in_week = weekdays == ["*"] or day.isoweekday() % 7 in weekdays
    either = "*" not in days and "*" not in weekdays
    return (months == ["*"] or day.month in months) and (in_month or in_week if either else in_month and in_week)


def _instant(wall: datetime, zone: ZoneInfo) -> int:
    """When the clock on the wall shows this for the first time; when it never does, when it jumps over it."""
    found = wall.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == wall:
        return _ms(found)
    before, after = _ms(wall.replace(tzinfo=zone, fold=1)) // 1000, _ms(found) // 1000
    while after - before > 1:
        middle = (before + after) // 2
        jumped = datetime.fromtimestamp(middle, zone).replace(tzinfo=None) >= wall
        before, after = (before, middle) if jumped else (middle, after)
    return after * 1000


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _from(one: Override) -> int:
    return _ms(one.start)


def _to(one: Override) -> int:
    return _ms(one.until)
