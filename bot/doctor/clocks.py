"""Whether our clock and another one agree."""

from email.utils import parsedate_to_datetime

from bot.doctor.finding import Finding, ok, warning, wrong
from rules.text import Text

WARNING_S, WRONG_S = 30, 300
SET_IT = Text.of("set this machine's clock: let it follow NTP, such as `timedatectl set-ntp true`")


def agreement(whose: str, date: str, asked: int, answered: int, cost: Text) -> Finding:
    """`date`: the header of an answer; times in unix milliseconds; `cost`: what goes wrong when they differ."""
    what = f"clock, {whose}"
    try:
        theirs = parsedate_to_datetime(date).timestamp() + 0.5  # the header has whole seconds only
    except ValueError:
        return warning(what, Text.of("its answer says no time, so the clocks cannot be compared"))
    ahead = (asked + answered) / 2000 - theirs
    if abs(ahead) <= WARNING_S:
        return ok(what, Text.of("ours and theirs are within {seconds} s", seconds=WARNING_S))
    found = Text.of("ours is {seconds} s behind theirs", seconds=round(abs(ahead)))
    if ahead > 0:
        found = Text.of("ours is {seconds} s ahead of theirs", seconds=round(abs(ahead)))
    if abs(ahead) <= WRONG_S:
        return warning(what, found, SET_IT)
    return wrong(what, Text.of("{found}: {cost}", found=found, cost=cost), SET_IT)
