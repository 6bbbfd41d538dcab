"""Whether our clock and another one agree."""

from email.utils import parsedate_to_datetime

from bot.doctor.finding import Finding, ok, warning, wrong

WARNING_S, WRONG_S = 30, 300
SET_IT = "set this machine's clock: let it follow NTP, such as `timedatectl set-ntp true`"


def agreement(whose: str, date: str, asked: int, answered: int, cost: str) -> Finding:
    """`date`: the header of an answer; times in unix milliseconds; `cost`: what goes wrong when they differ."""
    what = f"clock, {whose}"
    try:
        theirs = parsedate_to_datetime(date).timestamp() + 0.5  # the header has whole seconds only
    except ValueError:
        return warning(what, "its answer says no time, so the clocks cannot be compared")
    ahead = (asked + answered) / 2000 - theirs
    if abs(ahead) <= WARNING_S:
        return ok(what, f"ours and theirs are within {WARNING_S} s")
    found = f"ours is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} theirs"
    if abs(ahead) <= WRONG_S:
        return warning(what, found, SET_IT)
    return wrong(what, f"{found}: {cost}", SET_IT)
