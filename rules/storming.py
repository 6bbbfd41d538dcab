"""When a channel gets too many new incidents at once: one board, and cards again when it has passed."""

from dataclasses import replace

from rules import keys
from rules.decision import Decision
from rules.incident import Incident
from rules.observed import Entry
from rules.policy import Policy
from rules.reason import Reason
from rules.signal import Signal
from rules.storm import Caught, Storm, key_of
from rules.text import Span, Text

CALM = "calm"
ARRIVED, NEWS = "arrived", "news"  # the events of a signal to a board: a new incident, or what became of a caught one


def gather(signal: Signal, storm: Storm | None, policy: Policy, now: int) -> Decision:
    """Put the news of one incident on the board of its channel (`signal.labels["place"]`), opening it if need be."""
    key, news = signal.labels["incident"], _news(signal, now)
    if storm is None or not storm.is_open:
        caught = storm.caught if storm else {}
        if storm and key in caught and caught[key].id == news.id:
            return _follow(storm, key, news)
        if signal.event != ARRIVED:
            return Decision(reason=Reason.NO_RECORD, record=storm)  # news of an incident that no storm caught
        waiting = {name: old for name, old in caught.items() if not old.unrolled}
        opened = _begin(signal.labels["place"], {**waiting, key: news}, policy, now)
        return _done(Reason.STORM_BEGAN, opened)
    if key in storm.caught:
        return _follow(storm, key, news)
    if signal.event != ARRIVED:
        return Decision(reason=Reason.NO_RECORD, record=storm)
    worst = min(storm.severity, news.severity, key=policy.rank)
    grown = replace(
        storm,
        caught={**storm.caught, key: news},
        grown_at=now,
        severity=worst,
        rank=policy.rank(worst),
        timers={CALM: now + policy.storm.quiet_for},
        revision=storm.revision + 1,
    )
    return _done(Reason.STORM_GREW, grown)


def calm(signal: Signal, storm: Storm, now: int) -> Decision:
    """The time without a new incident is over."""
    due = storm.timers.get(signal.event)
    if due is None or due > now or not storm.is_open:
        return Decision(reason=Reason.TIMER_STALE, record=storm)
    left = sum(1 for caught in storm.caught.values() if caught.is_open and not caught.carded)
    text = Text.counted(
        "The storm has passed: {count} incident in {span}. {left}",
        "The storm has passed: {count} incidents in {span}. {left}",
        count=len(storm.caught),
        span=Span(ms=storm.grown_at - storm.opened_at),
        left=Text.counted(
            "{count} still open gets a card of its own now.",
            "{count} still open get cards of their own now.",
            count=left,
        ),
    )
    entry = Entry(seq=storm.seq + 1, at=now, text=text)
    passed = replace(
        storm,
        passed_at=now,
        timers={},
        revision=storm.revision + 1,
        seq=entry.seq,
        timeline=(*storm.timeline, entry),
    )
    return _done(Reason.STORM_PASSED, passed)


def unroll(incident: Incident) -> Decision:
    """The storm that held the incident's card back has passed."""
    if not incident.storm:
        return Decision(reason=Reason.ALREADY, record=incident, severity=incident.severity)
    free = replace(incident, storm="", unrolled=True, reason=Reason.UNROLLED)
    return Decision(reason=Reason.UNROLLED, record=free, changed=True, severity=incident.severity, route=incident.route)


def caught_by(incident: Incident) -> Incident:
    """The incident as it waits on the board instead of having a card."""
    fresh = replace(incident.observed, storm_told=0)  # the board of this channel has not heard of it
    return replace(incident, storm=key_of(incident.place), observed=fresh)


def _news(signal: Signal, now: int) -> Caught:
    labels = signal.labels
    return Caught(
        id=labels["id"],
        title=signal.title,
        severity=labels["severity"],
        is_open=labels["state"] != "resolved",
        at=now,
        carded=labels["carded"] == "yes",
    )


def _begin(place: str, caught: dict[str, Caught], policy: Policy, now: int) -> Storm:
    worst = min((news.severity for news in caught.values()), key=policy.rank)
    return Storm(
        key=key_of(place),
        id=keys.short(key_of(place), now),
        place=place,
        opened_at=now,
        grown_at=now,
        severity=worst,
        rank=policy.rank(worst),
        caught=caught,
        timers={CALM: now + policy.storm.quiet_for},
    )


def _follow(storm: Storm, key: str, news: Caught) -> Decision:
    old = storm.caught[key]
    fresh = replace(news, at=old.at, unrolled=old.unrolled)
    if fresh == old:
        return Decision(reason=Reason.REPEAT, record=storm)
    grown = replace(storm, caught={**storm.caught, key: fresh}, revision=storm.revision + 1)
    return _done(Reason.STORM_GREW, grown)


def _done(reason: Reason, storm: Storm) -> Decision:
    return Decision(reason=reason, record=replace(storm, reason=reason), changed=True, severity=storm.severity)
