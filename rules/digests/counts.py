"""The counts of days, read back: signals, what opened and ended, pings, and how each alert did."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rules import tallies

INNER = ("sereno", "slack", "timer")  # what comes from within, or from people, is no signal of the team's systems
ASKED = "compared"  # what Alertmanager answers when it is asked, is none either


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """How one alert did on one route: `label` is the one that names it, `alert` its value.

    `took`: how often it was taken after so long, by the class of times.
    """

    route: str
    label: str
    alert: str
    opened: int = 0
    pings: int = 0
    people: int = 0
    taken: int = 0
    by_itself: int = 0
    flips: int = 0
    took: Mapping[int, int] = field(default_factory=dict)

    @property
    def median_ms(self) -> int | None:
        """About how long it took until somebody had it; None when nobody ever did."""
        order = [index for index in sorted(self.took) for _ in range(self.took[index])]
        return tallies.middle(order[len(order) // 2]) if order else None

    @property
    def name(self) -> str:
        """The alert with its label, as it is counted."""
        return f"{self.label}={self.alert}" if self.label else self.alert


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The counts of some days together. `signals`, `opened`, `over`, `pings`: by severity."""

    signals: Mapping[str, int]
    opened: Mapping[str, int]
    over: Mapping[str, int]
    pings: Mapping[str, int]
    alerts: tuple[Noise, ...]

    @property
    def people(self) -> int:
        """How often anybody was interrupted, as far as the policy knows the people."""
        return sum(one.people for one in self.alerts)


def count(days: Iterable[Mapping[str, int]]) -> Counts:
    """All of these days."""
    sums: Counter[str] = Counter()
    for fields in days:
        sums.update(fields)
    kinds: dict[str, Counter[str]] = {}
    alerts: dict[tuple[str, str], Counter[str]] = {}
    for name, number in sums.items():
        parts = name.split("|")
        if not name.startswith(tallies.OWN):
            if len(parts) == 4 and parts[0] not in INNER and parts[1] != ASKED and parts[2] != "-":
                kinds.setdefault("signals", Counter())[parts[2]] += number
        elif parts[0] == f"{tallies.OWN}{tallies.ALERT}":
            _, route, alert, what = parts
            alerts.setdefault((tallies.read(route), tallies.read(alert)), Counter())[what] += number
        else:
            kinds.setdefault(parts[0], Counter())[parts[1]] += number
    opened = kinds.get(f"{tallies.OWN}{tallies.OPEN}", Counter()) + kinds.get(f"{tallies.OWN}{tallies.ROSE}", Counter())
    return Counts(
        signals=kinds.get("signals", Counter()),
        opened=opened,
        over=kinds.get(f"{tallies.OWN}{tallies.OVER}", Counter()),
        pings=kinds.get(f"{tallies.OWN}{tallies.PING}", Counter()),
        alerts=tuple(_noise(route, alert, found) for (route, alert), found in sorted(alerts.items())),
    )


def _noise(route: str, alert: str, found: Counter[str]) -> Noise:
    took = {int(what[len(tallies.TOOK) :]): number for what, number in found.items() if what.startswith(tallies.TOOK)}
    label, _, name = alert.partition("=") if "=" in alert else ("", "", alert)
    return Noise(
        route=route,
        label=label,
        alert=name,
        opened=found[tallies.OPENED],
        pings=found[tallies.PINGS],
        people=found[tallies.PEOPLE],
        taken=found[tallies.TAKEN],
        by_itself=found[tallies.SELF],
        flips=found[tallies.FLIPS],
        took=took,
    )
