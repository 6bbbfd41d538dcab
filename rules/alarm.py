"""An incident that Sereno opens by itself: something that it listens for has fallen silent."""

from collections.abc import Mapping
from dataclasses import dataclass, field

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


def opened(alarm: Alarm, title: str, summary: str, now: int) -> Signal:
    """The report that it is so, with its texts as they are drawn. `now`: unix milliseconds."""
    return Signal(
        key=alarm.key,
        source=SOURCE,
        kind=Kind.REPORT,
        event=EVENT,
        at=now,
        title=title,
        summary=summary,
        labels=alarm.labels,
        members=(Member(id=alarm.key, firing=True, labels=alarm.labels, what=title, since=alarm.since),),
        links=(Link(name="runbook", url=alarm.runbook),) if alarm.runbook else (),
    )


def ended(key: str, now: int) -> Signal:
    """The report that it is over, whatever it was."""
    return Signal(key=key, source=SOURCE, kind=Kind.REPORT, event=EVENT, at=now, complete=True)
