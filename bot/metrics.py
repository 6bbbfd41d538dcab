"""Counts and times for Prometheus."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from rules.decision import Decision
from rules.signal import Signal


class Metrics:
    """One registry for one bot, so that tests can run several in a process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._signals = Counter(
            "sereno_signals_total", "Signals by source and by why they were decided so.", ["source", "reason"],
            registry=self.registry,
        )  # fmt: skip
        self._hooks = Counter(
            "sereno_hooks_total", "Webhook requests by source and answer.", ["source", "answer"],
            registry=self.registry,
        )  # fmt: skip
        self._slack = Counter(
            "sereno_slack_calls_total", "Calls of Slack's API by method and result.", ["method", "result"],
            registry=self.registry,
        )  # fmt: skip
        self._alertmanager = Counter(
            "sereno_alertmanager_calls_total", "Calls of Alertmanager's API by call and result.", ["call", "result"],
            registry=self.registry,
        )  # fmt: skip
        self._sources = Counter(
            "sereno_source_calls_total", "Calls of what release watches read, by source, call and result.",
            ["source", "call", "result"], registry=self.registry,
        )  # fmt: skip
        self._taking = Histogram(
            "sereno_hook_seconds", "From the whole body to the durable commit.", ["source"],
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5), registry=self.registry,
        )  # fmt: skip
        self._deciding = Histogram(
            "sereno_decide_seconds", "How long one decision takes, without any input or output.",
            buckets=(0.00001, 0.00002, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.01, 0.1), registry=self.registry,
        )  # fmt: skip
        self.waiting = Gauge("sereno_waiting_records", "Records that Slack does not show yet.", registry=self.registry)
        self.age = Gauge("sereno_queue_age_seconds", "How long the oldest of them has waited.", registry=self.registry)
        self.letters = Gauge("sereno_waiting_letters", "Records that wait to be mailed.", registry=self.registry)
        self.open = Gauge("sereno_lanes_held", "Lanes that this process works on.", registry=self.registry)
        self.heartbeats, self._flown, self._flying = _silences(self.registry)

    def decided(self, signal: Signal, decision: Decision, seconds: float) -> None:
        """A signal was decided, in so many seconds, and committed."""
        self._signals.labels(signal.source, decision.reason).inc()
        self._deciding.observe(seconds)

    def answered(self, source: str, answer: str) -> None:
        """A webhook was answered: accepted, duplicate, ignored, unsupported, unparseable, unsigned, too_large, ..."""
        self._hooks.labels(source, answer).inc()

    def took(self, source: str, seconds: float) -> None:
        """How long a webhook took from its body to the commit."""
        self._taking.labels(source).observe(seconds)

    def called(self, method: str, result: str) -> None:
        """Slack was called."""
        self._slack.labels(method, result).inc()

    def asked(self, call: str, result: str) -> None:
        """Alertmanager was asked."""
        self._alertmanager.labels(call, result).inc()

    def read(self, source: str) -> Callable[[str, str], None]:
        """What a client of one source is to tell of each call."""
        return lambda call, result: self._sources.labels(source, call, result).inc()

    def flown(self, result: str, seconds: float | None = None) -> None:
        """A round of the canary is over: ok after so many seconds, failed, limited by Slack, waiting."""
        self._flown.labels(result).inc()
        if seconds is not None:
            self._flying.observe(seconds)

    def page(self) -> bytes:
        """Prometheus' text format."""
        return generate_latest(self.registry)


def _silences(registry: CollectorRegistry) -> tuple[Gauge, Counter, Histogram]:
    """What tells that something has stopped: heartbeats, and the canary."""
    rounds = Counter("sereno_canary_rounds_total", "Rounds of the canary by result.", ["result"], registry=registry)
    for result in ("ok", "failed", "limited", "waiting"):
        rounds.labels(result)
    return (
        Gauge(
            "sereno_heartbeat_age_seconds", "How long ago each heartbeat last beat.", ["heartbeat"], registry=registry
        ),
        rounds,
        Histogram(
            "sereno_canary_seconds",
            "How long Slack takes to post, edit and delete a message.",
            buckets=(0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 30),
            registry=registry,
        ),
    )
