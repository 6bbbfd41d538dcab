"""The sentences of a timeline: what changed, in one line each."""

from rules.incident import Incident
from rules.merging import Delta
from rules.text import Span, Text

NAMES_SHOWN = 5


def joined(incident: Incident, delta: Delta) -> Text:
    """Members that were not firing before."""
    ids = delta.joined + delta.refired
    names = _names(incident, ids)
    return Text.counted("{count} more firing: {names}", "{count} more firing: {names}", count=len(ids), names=names)


def ended(incident: Incident, delta: Delta) -> Text:
    """Members that are over while others fire."""
    ids = delta.ended + delta.dropped
    names = _names(incident, ids)
    return Text.counted("{count} resolved: {names}", "{count} resolved: {names}", count=len(ids), names=names)


def reopened(incident: Incident, delta: Delta, now: int) -> Text:
    """It fires again after it was resolved. `incident` still has the time of that resolve."""
    ids = delta.joined + delta.refired
    quiet = Span(ms=now - incident.resolved_at)
    return Text.of("Fires again, {span} after it was resolved: {names}", span=quiet, names=_names(incident, ids))


def worse(incident: Incident, old: Incident) -> Text:
    """The severity rose."""
    return Text.of("Worse: {new} now, was {old}.", new=incident.severity, old=old.peak)


def flapping(flips: int, within: int, hold: int) -> Text:
    """Said once, when an incident has come back too often."""
    return Text.of(
        "It came back {count} times within {within}: flapping. I go quiet; a resolve counts once it has lasted {hold}.",
        count=flips, within=Span(ms=within), hold=Span(ms=hold),
    )  # fmt: skip


def _names(incident: Incident, ids: tuple[str, ...]) -> str:
    names = [incident.members[id_].what or incident.title for id_ in ids[:NAMES_SHOWN]]
    more = f" (+{len(ids) - NAMES_SHOWN})" if len(ids) > NAMES_SHOWN else ""
    return ", ".join(names) + more
