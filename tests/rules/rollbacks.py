"""A rollback without I/O, for tests of its rules: a plan, who does what, what GitHub answers; time passes."""

from dataclasses import dataclass, field, replace

from rules.decide import decide
from rules.dispatching import ATTEMPT, SENDING, STATUS
from rules.dispatching import WHY as WORD
from rules.observed import Posted
from rules.policy import Policy
from rules.policy_file import load
from rules.projection import next_step
from rules.rollback import Call, Rollback, key_of
from rules.rolling_back import PLAN, RELEASE, ROLLBACK, ROOM, RUNS, SEEN, STEP, TICK, TO, TROUBLE, WHY
from rules.signal import Actor, Kind, Signal
from rules.steps import StartRollback
from tests.rules.releases import HEAD, PLANS, plain
from tests.rules.situations import NOW, person

STEPS = '    rollback: ["pip install sdk==$baseline", "See that $version is gone."]\n'
DISPATCH = (
    "    rollback_dispatch: {event: roll-back, inputs: {from: $version, to: $baseline}}\n    repository: acme/sdk\n"
)
RUNNING = "    running: {json: 'https://x.example/version', path: version}\n"
ANA, BRUNO, CHLOE = (person(name, name) for name in ("ana", "bruno", "chloe"))
NOBODY = person("dora", "dora")


def policy(*more: str) -> Policy:
    """The plan of tests/rules/releases.py, with more lines."""
    return load(HEAD + PLANS.rstrip() + "\n" + "".join(more), "test.yaml")


def shown(one: Rollback) -> Rollback:
    """As if Slack, the watch and the room had all of it."""
    posted = Posted(channel="C1", ts="1.0", place=one.place, revision=one.revision)
    seen = replace(one.observed, posted=posted, cards=1, replied=one.seq)
    return replace(one, observed=seen, decided=True, told=one.seq)


BY_HAND, BY_GITHUB, WHOLE = policy(STEPS), policy(STEPS, DISPATCH), policy(STEPS, DISPATCH, RUNNING)


@dataclass
class Story:
    """One release that may be rolled back. `sent`: the attempts that went to GitHub."""

    policy: Policy = BY_HAND
    now: int = NOW
    record: Rollback | None = None
    said: list[str] = field(default_factory=list)
    sent: list[tuple[str, int]] = field(default_factory=list)

    @property
    def one(self) -> Rollback:
        assert self.record is not None
        return self.record

    @property
    def call(self) -> Call:
        assert self.one.call is not None
        return self.one.call

    def hear(self, kind: Kind, event: str, who: Actor | None = None, **labels: str) -> str:
        key = key_of("sdk", "v1.1.1")
        signal = Signal(key=key, source="x", kind=kind, event=event, actor=who, labels=labels)
        decision = decide(signal, self.record, self.policy, self.now)
        before, after = self.record, decision.record
        assert after is None or isinstance(after, Rollback)
        if decision.changed and after:
            assert after.reason == decision.reason or decision.reason == "timer_stale"
            old = before.seq if before and before.id == after.id else 0
            self.said += [plain(entry.text) for entry in after.timeline if entry.seq > old]
            self.record = replace(after, version=after.version + 1)
        else:
            assert after is before
        return decision.reason

    def act(self, event: str, who: Actor = ANA, **labels: str) -> str:
        return self.hear(Kind.ACT, event, who, **labels)

    def ask(self, who: Actor = ANA, to: str = "v1.1.0", why: str = "it does not start", room: str = "") -> str:
        labels = {PLAN: "sdk", RELEASE: "v1.1.1", TO: to, WHY: why, ROOM: room}
        return self.act(ROLLBACK, who, **labels)

    def tick(self, number: object, who: Actor = ANA) -> str:
        return self.act(TICK, who, **{STEP: str(number)})

    def runs(self, version: str, trouble: str = "") -> str:
        return self.hear(Kind.READ, SEEN, **{RUNS: version, TROUBLE: trouble})

    def ring(self, event: str) -> str:
        return self.hear(Kind.TIMER, event)

    def hears_of(self, event: str, attempt: int = 0, why: str = "", status: int = 0) -> str:
        """What became of a call; as bot/rollbacks.py says it."""
        labels = {ATTEMPT: str(attempt or self.call.attempt), WORD: why, STATUS: str(status)}
        return self.hear(Kind.DEPLOYMENT, event, **labels)

    def send(self, *, whatever: bool = False) -> bool:
        """What a process does with the step StartRollback, or `whatever` the step is: marks, sends if that was done."""
        if not whatever and not isinstance(next_step(shown(self.one)), StartRollback):
            return False
        attempt = self.call.attempt
        if self.hears_of(SENDING) != "rollback_sending":
            return False
        self.sent.append((self.one.id, attempt))
        return True
