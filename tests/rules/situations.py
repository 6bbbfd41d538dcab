"""Reports, policies and a desk without I/O, for tests of `decide`."""

from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from rules.decide import decide
from rules.decision import Decision, Record
from rules.incident import Incident
from rules.policy import Policy
from rules.policy_file import load
from rules.signal import Actor, Kind, Member, Signal
from rules.text import Text

S, MIN, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
NOW = 1_800_000_000_000  # Friday, 15 January 2027, 08:00 UTC
KEY = "alertmanager:one"

POLICY_TEXT = """
timezone: Europe/Madrid
channels: {alerts: "#alerts", monitoring: "#monitoring", fallback: "#general"}
severities:
  P0: {label: [critical], channel: alerts, mention: channel, interrupts_quiet_hours: true}
  P1: {label: [warning], channel: monitoring, mention: "@oncall"}
  P2: {label: [info], card: counted}
flapping: {flips: 3, within: 1h, hold: 10m}
rights: {resolve: everyone, escalate: "@on-call", silence: "@on-call", mute: "@on-call", override: "@on-call"}
storm: {incidents: 3, within: 5m, quiet_for: 3m}
reopen_within: 2h
routes:
  - {name: bots, match: author=~".*bot", ignore: true}
  - {name: db, match: team="db", owner: DBA, continue: true}
"""
POLICY = load(POLICY_TEXT, "test.yaml")


@cache
def policy(more: str) -> Policy:
    return load(POLICY_TEXT + more, "test.yaml")


def member(
    id_: str = "a", severity: str = "warning", *, firing: bool = True, since: int = NOW, **labels: str
) -> Member:
    own = {"severity": severity, "instance": id_, **labels}
    until = 0 if firing else since + MIN
    return Member(id=id_, firing=firing, labels=own, what=f"instance={id_}", since=since, until=until)


def over(one: Member, until: int = 0) -> Member:
    return replace(one, firing=False, until=until or one.since + MIN)


def report(*members: Member, **more: Any) -> Signal:
    complete = not any(one.firing for one in members)
    given: dict[str, Any] = {"title": "HighErrorRate", "labels": {"alertname": "HighErrorRate"}, "complete": complete}
    return Signal(key=KEY, source="alertmanager", kind=Kind.REPORT, members=members, **(given | more))


def person(name: str, *known_as: str) -> Actor:
    return Actor(id=f"U0000{name.upper()}", name=name, known_as=frozenset(known_as))


def act(event: str, who: str = "ana", *known_as: str, **particulars: str) -> Signal:
    actor = person(who, *known_as or ("@on-call",))
    return Signal(key=KEY, source="slack", kind=Kind.ACT, event=event, actor=actor, labels=particulars)


def timer(event: str) -> Signal:
    return Signal(key=KEY, source="timer", kind=Kind.TIMER, event=event)


@dataclass
class Desk:
    """Remembers what was decided, as bot/desk.py does: the record changes only when the decision says so."""

    policy: Policy = POLICY
    record: Record | None = None
    now: int = NOW
    said: list[Decision] = field(default_factory=list)

    def hear(self, signal: Signal, after: int = 0) -> str:
        """The reason for what is decided `after` milliseconds."""
        self.now += after
        decision = decide(signal, self.record, self.policy, self.now)
        self.said.append(decision)
        if decision.changed and decision.record is not None:
            self.record = decision.record
        return decision.reason.value

    def ring(self, name: str) -> str:
        """Go to the time of a timer and let it come."""
        self.now = max(self.now, self.incident.timers[name])
        return self.hear(timer(name))

    @property
    def incident(self) -> Incident:
        assert isinstance(self.record, Incident)
        return self.record

    @property
    def lines(self) -> list[str]:
        """The visible timeline, in words."""
        return [words(entry.text) for entry in self.incident.timeline if entry.visible]


def words(text: Any) -> str:
    """A Text as plain words; times and spans by their numbers."""
    if not isinstance(text, Text):
        return str(getattr(text, "ms", getattr(text, "at", text)))
    template = text.plural if text.is_plural else text.template
    return template.format_map({name: words(value) for name, value in text.values.items()})
