"""Heartbeats: which signals are beats of which, and whether one has stopped."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from rules.alarm import Alarm
from rules.heartbeat_plan import Heartbeat
from rules.matching import matches_all
from rules.policy import Policy
from rules.signal import Kind, Signal
from rules.text import Moment, Span, Text, Value

PREFIX = "heartbeat:"


class Pulse(StrEnum):
    """How a heartbeat stands."""

    BEATS = "beats"
    STOPPED = "stopped"
    UNKNOWN = "unknown"  # it has not beaten for long, but was not listened to for long enough either


@dataclass(frozen=True, slots=True, kw_only=True)
class Beats:
    """What is known of a heartbeat. `known`: since when it is listened for; `last`: the last beat, 0 for none.

    Unix milliseconds.
    """

    known: int
    last: int = 0


def key_of(name: str) -> str:
    """The key of the incident of a heartbeat."""
    return f"{PREFIX}{name}"


def beaten(signal: Signal, heartbeats: Mapping[str, Heartbeat]) -> Iterator[str]:
    """The names of the heartbeats that a signal is a beat of: by what fires in it, for an end is no beat."""
    if signal.kind is not Kind.REPORT or not heartbeats:
        return
    firing = [{**member.labels, "source": signal.source} for member in signal.members if member.firing]
    for name, heartbeat in heartbeats.items():
        if any(matches_all(heartbeat.matchers, labels) for labels in firing):
            yield name


def pulse(heartbeat: Heartbeat, beats: Beats, listening: int, now: int) -> Pulse:
    """How it stands. `listening`: since when Sereno has listened without a break (unix milliseconds).

    Before that nobody could hear a beat, so it has `within` again from there; and what was open then stays open.
    """
    if beats.last and now - beats.last <= heartbeat.within:
        return Pulse.BEATS
    silent = now - max(beats.last, beats.known, listening)
    return Pulse.STOPPED if silent > heartbeat.within else Pulse.UNKNOWN


def alarm(name: str, heartbeat: Heartbeat, beats: Beats, policy: Policy) -> Alarm:
    """What is said of a heartbeat that has stopped."""
    severity = heartbeat.severity or next(iter(policy.severities))
    labels = {"alertname": "HeartbeatMissing", "heartbeat": name, "severity": severity, "owner": heartbeat.owner}
    return Alarm(
        key=key_of(name),
        title=Text.of("Heartbeat missing: {name}", name=name),
        summary=_silent(beats, heartbeat),
        labels={label: value for label, value in labels.items() if value},
        since=beats.last or beats.known,
        runbook=heartbeat.runbook or "",
    )


def _silent(beats: Beats, heartbeat: Heartbeat) -> Text:
    values: dict[str, Value] = {"match": heartbeat.match, "within": Span(ms=heartbeat.within)}
    if beats.last:
        return Text.of(
            "Nothing that fits {match} has arrived since {last}; it should at least every {within}. "
            "While it does not, other alerts of this kind may not arrive either.",
            last=Moment(at=beats.last),
            **values,
        )
    return Text.of(
        "Nothing that fits {match} has ever arrived, though I have listened since {known}; it should at least every "
        "{within}. See that it is sent, and how often.",
        known=Moment(at=beats.known),
        **values,
    )
