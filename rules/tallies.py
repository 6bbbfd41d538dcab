"""What a change of an incident adds to the counts of its day: opened, over, pings, who took it and how soon."""

import math
from collections.abc import Iterable

from rules.decision import Record
from rules.incident import Incident, State
from rules.policy import Policy
from rules.reason import Reason

OWN = "="  # what the fields begin with that are counted here; those of signals begin with their source
OPEN, ROSE, OVER, PING, ALERT = "open", "rose", "over", "ping", "alert"
OPENED, PINGS, PEOPLE, TAKEN, SELF, FLIPS, TOOK = "opened", "pings", "people", "taken", "self", "flips", "took"
SOON_MS = 300_000  # what is over by itself this soon needed nobody
NAME_MAX, CUT = 80, "…"
EVERYBODY = ("channel", "here")


def counted(old: Record | None, new: Record) -> dict[str, int]:
    """How much each count grows by this change. The fields: `=open|P0` and `=alert|<route>|<alert>|<what>`."""
    if not isinstance(new, Incident):
        return {}
    before = old if isinstance(old, Incident) and old.id == new.id else None
    fields = dict(_of_severity(before, new))
    for what, count in _of_alert(before, new):
        route, name = (_written(part) for part in named(new))
        fields[f"{OWN}{ALERT}|{route}|{name}|{what}"] = count
    return fields


def alert(incident: Incident) -> str:
    """What an incident is called in the counts: its alert's name, its event, or its source, with that label."""
    for label in ("alertname", "event"):
        if value := incident.labels.get(label):
            return f"{label}={value}"
    return f"source={incident.source}"


def named(incident: Incident) -> tuple[str, str]:
    """The route and the alert under which it is counted; a name that is too long ends in CUT."""
    return _cut(incident.route), _cut(alert(incident))


def read(part: str) -> str:
    """A name as it was before it became part of a field."""
    return part.replace("%7C", "|").replace("%25", "%")


def reach(policy: Policy, names: Iterable[str]) -> int:
    """How many people a ping interrupts, as far as the policy knows: a whole channel is all of its people."""
    called = set(names)
    people = {name.removeprefix("@") for name in called if name not in EVERYBODY}
    if called.isdisjoint(EVERYBODY):
        return len(people)
    return max(len(people | policy.people.keys()), 1)  # who is named as well is one of them


def bucket(ms: int) -> int:
    """The number of a class of times; each class ends 1.4 times later than the one before."""
    return int(2 * math.log2(max(ms, 0) / 1000 + 1))


def middle(index: int) -> int:
    """The milliseconds that stand for a class of times."""
    return int((2 ** ((index + 0.5) / 2) - 1) * 1000)


def _of_severity(old: Incident | None, new: Incident) -> Iterable[tuple[str, int]]:
    if _opens(old, new):
        yield f"{OWN}{OPEN}|{new.peak}", 1  # one that came back less bad ends as what it was, too
    elif old and new.is_open and old.peak != new.peak:
        yield f"{OWN}{ROSE}|{new.peak}", 1
    if old and old.is_open and not new.is_open:
        yield f"{OWN}{OVER}|{new.peak}", 1
    if _pinged(old, new):
        yield f"{OWN}{PING}|{new.severity}", 1


def _of_alert(old: Incident | None, new: Incident) -> Iterable[tuple[str, int]]:
    if _opens(old, new):
        yield OPENED, 1
        if old is not None:
            yield FLIPS, 1
    if old is None:
        return
    if _pinged(old, new):
        yield PINGS, 1
    if old.observed.sending and (people := old.observed.sending.reached) and _went_out(old, new):
        yield PEOPLE, people
    if old.state is not State.OPEN or new.state is State.OPEN:
        return
    if new.is_open or new.reason == Reason.RESOLVED_BY_HAND:  # who ends it at once had it as well
        yield TAKEN, 1
        yield f"{TOOK}{bucket((new.taken_at if new.is_open else new.resolved_at) - new.attention.asked_at)}", 1
    elif new.resolved_at - min(new.attention.asked_at, new.since) <= SOON_MS:  # it asked anew when it got worse
        yield SELF, 1


def _opens(old: Incident | None, new: Incident) -> bool:
    return new.is_open and (old is None or not old.is_open)


def _pinged(old: Incident | None, new: Incident) -> bool:
    """Whether a message that pings the channel is seen in Slack now."""
    return bool(old and old.observed.sending and old.observed.sending.pings) and _went_out(old, new)


def _went_out(old: Incident | None, new: Incident) -> bool:
    if old is None or new.observed.sending is not None:
        return False
    was, seen = old.observed, new.observed
    return (seen.cards, seen.replied, seen.directed) != (was.cards, was.replied, was.directed)


def _cut(name: str) -> str:
    return name if len(name) <= NAME_MAX else name[: NAME_MAX - 1] + CUT


def _written(name: str) -> str:
    """A name as a part of a field, where `|` stands between the parts."""
    return name.replace("%", "%25").replace("|", "%7C")
