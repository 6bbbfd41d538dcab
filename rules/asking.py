"""Who is asked about a watched release, and when: not in quiet hours, not under a mute of its channel."""

from collections.abc import Iterable

from rules import hushing, oncall
from rules.policy import Policy
from rules.watch import Watch

NONE = "none"


def asked(names: Iterable[str], watch: Watch, policy: Policy, now: int) -> tuple[str, ...]:
    """Whom a line about the release may mention now: who is on call for a rotation, each once, nobody at night."""
    if hushing.hush(policy, watch.severity, watch.place, watch.plan, now):
        return ()
    return tuple(name for name in oncall.resolve(policy, names, now) if name != NONE)


def not_before(watch: Watch, policy: Policy, at: int) -> int:
    """The first moment from `at` on (unix milliseconds) at which it may ask somebody."""
    return hushing.not_before(policy, watch.severity, watch.place, watch.plan, at)
