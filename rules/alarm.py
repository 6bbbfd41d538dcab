"""An incident that Sereno opens by itself: something that it listens for has fallen silent."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rules.incident import Incident
from rules.signal import Kind, Link, Member, Signal
from rules.text import Text

SOURCE = "sereno"
EVENT = "silence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What is wrong. `labels` go by the routes; `since`: unix milliseconds; `runbook`: an address, "" for none."""

    key: str
    title: Text
    summary: Text
    labels: Mapping[str, str] = field(default_factory=dict)
    since: int
    runbook: str = ""


def opened(alarm: Alarm, before: Incident | None, title: str, summary: str, now: int) -> Signal:
    """The report that it is so, with its texts as they are drawn. `before`: what is held under its key; `now`: unix ms.

    It is news whatever its clock says: who reported before may have had another one that goes ahead.
    """
    known = before.members.get(alarm.key) if before else None
    since = max(alarm.since, known.since + 1) if known else alarm.since
    return Signal(
        key=alarm.key,
        source=SOURCE,
        kind=Kind.REPORT,
        event=EVENT,
        at=max(now, before.source_at) if before else now,
        title=title,
        summary=summary,
        labels=alarm.labels,
        members=(Member(id=alarm.key, firing=True, labels=alarm.labels, what=title, since=since),),
        links=(Link(name="runbook", url=alarm.runbook),) if alarm.runbook else (),
    )


def ended(incident: Incident, now: int) -> Signal:
    """The report that all of it is over, by whatever clock it began. `now`: unix milliseconds."""
    firing = {id_: held for id_, held in incident.members.items() if held.firing}
    return Signal(
        key=incident.key,
        source=SOURCE,
        kind=Kind.REPORT,
        event=EVENT,
        at=max(now, incident.source_at),
        members=tuple(Member(id=id_, firing=False, since=held.since, until=now) for id_, held in firing.items()),
        complete=True,
    )
