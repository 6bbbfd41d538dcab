"""A watched release without I/O, for tests of its rules: a plan, what is published, read and done; time passes."""

from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from bot.cards.tongue import numeral
from rules.decide import decide
from rules.decision import Decision
from rules.policy import Policy
from rules.policy_file import load
from rules.reading import Level, Reading
from rules.releasing import BASELINE, PLAN, RELEASE, addressed
from rules.signal import Actor, Kind, Related, Signal
from rules.text import Joined, Moment, Number, Span, Text
from rules.watch import Watch, key_of
from tests.rules.situations import HOUR, MIN, NOW, S, person, timer

STEP = 10 * MIN  # how often a release is read here
HEAD = """
timezone: Europe/Madrid
channels: {alerts: "#alerts", fallback: "#general"}
severities: {P0: {label: [critical], channel: alerts}, P1: {}, P2: {}}
people: {ana: {name: Ana}, bruno: {name: Bruno}, chloe: {name: Chloe}}
rights: {watch: [bruno], decide: [bruno, chloe]}
"""
PLANS = """
releases:
  sdk:
    words: Python SDK
    match: source="github", event="release", prerelease="false", tag=~"v.*"
    channel: "#releases"
    owner: "@ana"
    window: 72h
    checks:
      errors: {words: Errors, unit: "%", prometheus: e, sample: n, minimum: 50, yellow: "> 1 for 20m", red: "> 5"}
      latency: {words: Latency, prometheus: l, yellow: "> +30%", red: "> +100%"}
      wheel: {words: Wheel, unit: yes/no, registry: pypi/sdk, value: wheel, red: "< 1", who: "@bruno"}
      smoke: {words: Smoke test, tick: Run it., failed: red}
      nps: {words: NPS, enter: the survey's number, target: ">= 40", yellow: "< 30"}
    checkpoints:
      - {name: T+0, at: 0h, checks: [wheel, smoke], who: ["@chloe", none], text: Artefacts of $version.}
      - {name: T+24, at: 24h, text: Compared with $baseline.}
      - {name: gate, at: 48h, checks: [wheel, smoke], gate: {passed: Go on., failed: Stop here.}}
      - {name: T+72, at: 72h, asks: ["Keep $version?"]}
    criteria: {must: [wheel, errors, smoke], should: [latency], nice: [nps >= 50]}
    yellow: {severity: P1, do: [Open an incident.], follow_up: 4h}
    red: {severity: P0, do: [Go back to $baseline.]}
    incidents: team="sdk"
"""
POLICY = load(HEAD + PLANS, "test.yaml")
VERSION = "v1.1.1"
CALM: dict[str, float | None] = {"errors": 0.4, "latency": 1.0, "wheel": 1.0}
ANA, BRUNO, CHLOE = (person(name, name) for name in ("ana", "bruno", "chloe"))
NOBODY = person("dora", "dora")


@cache
def policy(*changes: tuple[str, str]) -> Policy:
    """The policy with other words in it."""
    text = HEAD + PLANS
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return load(text, "test.yaml")


def published(tag: str = VERSION, action: str = "published", *, at: int = 0, **labels: str) -> Signal:
    """GitHub's word of a release, as its source makes it."""
    given = {"event": "release", "action": action, "tag": tag, "prerelease": "false", "draft": "false"}
    return Signal(key="github:release", source="github", kind=Kind.TALLY, event="release", at=at, labels=given | labels)


def started(who: Actor | None = BRUNO, tag: str = VERSION, baseline: str = "", plan: str = "sdk") -> Signal:
    """Somebody has a release watched."""
    labels = {PLAN: plan, RELEASE: tag, BASELINE: baseline}
    return Signal(key=key_of(plan, tag), source="slack", kind=Kind.RELEASE, event="start", actor=who, labels=labels)


def plain(value: object) -> str:
    """A text as words: times and spans by their numbers."""
    match value:
        case Text():
            template = value.plural if value.is_plural else value.template
            return template.format_map({name: plain(one) for name, one in value.values.items()})
        case Joined():
            return value.by.join(plain(one) for one in value.texts)
        case Moment():
            return f"<{value.at}>"
        case Span():
            return f"{value.ms / HOUR:g}h"
        case Number():
            return numeral(value)
    return str(value)


@dataclass
class Room:
    """Remembers the watch, reads what `values` says every ten minutes, and rings the timers that are due."""

    policy: Policy = POLICY
    watch: Watch | None = None
    now: int = NOW
    values: dict[str, float | None] = field(default_factory=lambda: dict(CALM))
    baselines: dict[str, float] = field(default_factory=dict)
    samples: dict[str, float] = field(default_factory=lambda: {"errors": 400})
    incidents: tuple[Related, ...] = ()
    is_read: bool = True
    reasons: list[str] = field(default_factory=list)

    def hear(self, signal: Signal, after: int = 0) -> str:
        """The reason for what is decided `after` milliseconds."""
        self.now += after
        decision: Decision = decide(signal, self.watch, self.policy, self.now)
        if decision.changed:
            assert isinstance(decision.record, Watch)
            self.watch = decision.record
        self.reasons.append(decision.reason.value)
        return decision.reason.value

    def publish(self, tag: str = VERSION, **more: Any) -> str:
        return self.hear(addressed(published(tag, **more), self.policy))

    def readings(self) -> dict[str, Reading]:
        trouble = "no answer: http_502"
        return {
            name: Reading(
                at=self.now, source="test", value=value, sample=self.samples.get(name),
                baseline=self.baselines.get(name), trouble="" if value is not None else trouble,
            )
            for name, value in self.values.items()
        }  # fmt: skip

    def read(self, after: int = 0, **values: float | None) -> str:
        """Another round of readings, with other values from here on."""
        self.now += after
        self.values.update(values)
        more: dict[str, Any] = {"at": self.now, "readings": self.readings(), "incidents": self.incidents}
        return self.hear(Signal(key=self.one.key, source="readings", kind=Kind.READ, event="read", **more))

    def act(self, what: str, who: Actor = ANA, **particulars: str) -> str:
        return self.hear(
            Signal(key=self.one.key, source="slack", kind=Kind.ACT, event=what, actor=who, labels=particulars)
        )

    def tick(self, name: str = "smoke", *, good: bool = True, note: str = "", who: Actor = ANA) -> str:
        return self.act("tick", who, check=name, good="yes" if good else "no", note=note)

    def decide(
        self, verdict: str = "keep", reason: str = "all is calm", who: Actor = ANA, *, despite: bool = False
    ) -> str:
        return self.act("decide", who, verdict=verdict, reason=reason, despite="yes" if despite else "")

    def ring(self, name: str) -> str:
        return self.hear(replace(timer(name), key=self.one.key))

    def go(self, hours: float) -> "Room":
        """Let time pass up to so many hours after the release: what is due comes, what can be read is read."""
        end = self.one.began_at + int(hours * HOUR)
        self.ring_all()
        while self.now < end:
            ahead = [at for at in self.one.timers.values() if at > self.now]
            self.now = min([end, self.now + STEP, *ahead])
            if self.is_read:
                self.read()
            self.ring_all()
        return self

    def ring_all(self) -> None:
        """What is due, a moment later each; what waits for a reading gets it."""
        for _ in range(100):
            name = next((name for name, at in self.one.timers.items() if at <= self.now), None)
            if name is None:
                return
            if self.ring(name) == "awaits_reading" and self.is_read:
                self.read(S)
        raise AssertionError(f"timers without end: {self.one.timers}")

    @property
    def one(self) -> Watch:
        assert self.watch is not None
        return self.watch

    @property
    def lines(self) -> list[str]:
        """The thread, in words."""
        return [plain(entry.text) for entry in self.one.timeline]

    def line(self, words: str) -> str:
        """The last line that says so."""
        found = [line for line in self.lines if words in line]
        assert found, f"{words!r} is not in the thread:\n" + "\n".join(self.lines)
        return found[-1]

    def level(self, name: str) -> Level:
        return self.one.judged[name].level

    def breached(self, name: str) -> str:
        return self.one.judged[name].breached


def watched(policy: Policy = POLICY, **more: Any) -> Room:
    """A release that was just published, and read once."""
    room = Room(policy, **more)
    room.publish()
    room.read()
    return room
