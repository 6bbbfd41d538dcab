"""What keeps an incident from interrupting people now: quiet hours or a mute; and until when."""

from datetime import UTC, datetime, timedelta

from rules import windows
from rules.policy import Policy
from rules.team import Mute
from rules.text import Moment, Text

FAR = 32_503_680_000_000  # the year 3000: a silence may be for ever, the calendar ends in 9999
QUIET_HOURS = Text.of("No ping: quiet hours.")


def hush(policy: Policy, severity: str, place: str, route: str, now: int) -> Text | None:
    """Why something of this severity, channel and route may not ping now; None when it may."""
    if mute := _mute(policy, place, route, now):
        what = mute.route or mute.channel
        until = Moment(at=_ms(mute.until))
        if mute.reason:
            return Text.of(
                "No ping: {who} muted {what} until {at}: {why}", who=mute.by, what=what, at=until, why=mute.reason
            )
        return Text.of("No ping: {who} muted {what} until {at}.", who=mute.by, what=what, at=until)
    return QUIET_HOURS if _is_quiet(policy, severity, now) else None


def is_muted(policy: Policy, place: str, route: str, now: int) -> bool:
    """Whether somebody has muted the channel or the route."""
    return _mute(policy, place, route, now) is not None


def not_before(policy: Policy, severity: str, place: str, route: str, at: int) -> int:
    """The first moment from `at` on at which it may ping (unix milliseconds)."""
    for _ in range(32):  # each turn leaves one mute or one night behind
        if at >= FAR:
            return at
        if mute := _mute(policy, place, route, at):
            at = _ms(mute.until)
        elif _is_quiet(policy, severity, at):
            at = windows.quiet_until(policy.quiet_hours, policy.zone, at)
        else:
            return at
    return at


def end_of_day(policy: Policy, at: int) -> int:
    """When the working day ends in which `at` lies; the next one's end when it lies in none."""
    hours = policy.working_hours
    local = datetime.fromtimestamp(at / 1000, UTC).astimezone(policy.zone)
    for days in range(8):
        day = local + timedelta(days=days)
        end = datetime.combine(day.date(), hours.end, policy.zone)
        if windows.weekday(day) in hours.days and _ms(end) > at:
            return _ms(end)
    raise AssertionError("working_hours names a day, so one of eight days has an end")


def _is_quiet(policy: Policy, severity: str, now: int) -> bool:
    if policy.rule(severity).interrupts_quiet_hours:
        return False
    return windows.is_quiet(policy.quiet_hours, policy.zone, now)


def _mute(policy: Policy, place: str, route: str, now: int) -> Mute | None:
    names = route.split(", ")
    found = [m for m in policy.mutes if _ms(m.until) > now and _is_meant(policy, m, place, names)]
    return max(found, key=lambda mute: mute.until, default=None)


def _is_meant(policy: Policy, mute: Mute, place: str, routes: list[str]) -> bool:
    if mute.channel:
        return policy.channels.get(mute.channel, mute.channel) == place
    return bool(mute.route) and mute.route in routes


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
