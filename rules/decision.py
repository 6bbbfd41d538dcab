"""What a decision is: the record as it should be now, and the reason."""

from dataclasses import dataclass

from rules.bulletin import Bulletin
from rules.deployment import Deployment
from rules.freeze import Freeze
from rules.incident import Incident
from rules.reason import Reason
from rules.report import Report
from rules.rollback import Rollback
from rules.room import Room
from rules.standing import Standing
from rules.storm import Storm
from rules.watch import Watch

Shown = Incident | Storm | Watch | Report | Freeze | Room | Bulletin | Rollback  # what has a card in Slack
Record = Shown | Standing | Deployment


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`record` is None when nothing is to be remembered; `changed` says whether it differs from what was given.

    `severity`, `route`, `tried` are for the journal and the tallies.
    """

    reason: Reason
    record: Record | None = None
    changed: bool = False
    severity: str = ""
    route: str = ""
    tried: tuple[str, ...] = ()
