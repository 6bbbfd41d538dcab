"""The shape of an SLO in the policy: what is promised, how it is measured, and when its error budget burns too fast."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, model_validator

from rules import durations, matching
from rules.matching import Matcher
from rules.policy_fields import Duration, Match, Shape
from rules.policy_names import among
from rules.text import Text
from rules.unfit import Unfit

DAY = 86_400_000
NAME = re.compile(r"[A-Za-z0-9_-]+")
WINDOW = re.compile(r"\$window\b")


def allowed(objective: float) -> Decimal:
    """The share of bad events that an objective in percent allows: 0.001 for 99.9, without the noise of floats."""
    return (100 - Decimal(repr(objective))) / 100


def _promised(value: object) -> object:
    if isinstance(value, str | bool):
        raise Unfit(
            Text.of("{value} is not a number; write the percent without the sign, such as 99.9", value=repr(value))
        )
    return value


def _percent(value: float) -> float:
    if 0 < value < 1:
        share, percent = f"{value:g}", f"{value * 100:g}"
        raise Unfit(Text.of("{share} is a share; write it in percent, such as {percent}", share=share, percent=percent))
    if not 0 < value < 100:
        raise Unfit(
            Text.of(
                "{value}: write percent between 0 and 100, such as 99.9; 100 leaves no budget for errors",
                value=f"{value:g}",
            )
        )
    return value


def _query(value: str) -> str:
    if value and not WINDOW.search(value):
        raise Unfit(
            Text.of("has no $window; write it where the length of time stands, as in rate(errors_total[$window])")
        )
    return value.strip()


def _at_least_a_day(value: int) -> int:
    if value < DAY:
        shown = repr(durations.show(value))
        raise Unfit(Text.of("{length} is too short for a budget; write 1d or more, such as 30d", length=shown))
    return value


Percent = Annotated[
    float,
    BeforeValidator(_promised),
    AfterValidator(_percent),
    Field(json_schema_extra={"minimum": 1, "exclusiveMaximum": 100}),
]
PromQL = Annotated[str, AfterValidator(_query)]


class BurnWindow(Shape):
    """The budget burns too fast when errors come `factor` times as fast as it allows, in both windows."""

    short: Duration = Field(description="it still happens: the alert ends soon after the errors do")
    long: Duration = Field(description="it is worth an alert: enough of the budget is gone")
    factor: float = Field(gt=0, allow_inf_nan=False, description="1 uses up the budget just in the SLO's window")
    severity: str

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not 0 < self.short < self.long:
            raise Unfit(Text.of("`short` must be shorter than `long`, and longer than nothing, such as 5m and 1h"))
        return self


# https://sre.google/workbook/alerting-on-slos/, "Multiwindow, Multi-Burn-Rate Alerts": of the budget of 30 days these
# use up 2 % in an hour, 5 % in 6 hours, 10 % in a day, 10 % in 3 days.
BURNS = (
    BurnWindow.model_validate({"short": "5m", "long": "1h", "factor": 14.4, "severity": "P0"}),
    BurnWindow.model_validate({"short": "30m", "long": "6h", "factor": 6, "severity": "P0"}),
    BurnWindow.model_validate({"short": "2h", "long": "1d", "factor": 3, "severity": "P1"}),
    BurnWindow.model_validate({"short": "6h", "long": "3d", "factor": 1, "severity": "P1"}),
)


def _reachable(burn: BurnWindow, objective: float) -> bool:
    return Decimal(repr(burn.factor)) * allowed(objective) < 1


class Objective(Shape):
    """One SLO: a share of what is good, over a window that moves on. Measured by queries, or by incidents."""

    words: str = Field(min_length=1, description="what is promised, for people")
    objective: Percent = Field(description="percent of what must be good")
    window: Annotated[Duration, AfterValidator(_at_least_a_day)] = Field(30 * DAY)
    good: PromQL = Field("", description="PromQL: how much was good; $window is replaced by each window asked for")
    total: PromQL = Field("", description="PromQL: how much there was")
    alerts: Match = Field(
        "", description="instead of good and total: the time in which such an incident is open is bad"
    )
    service: str = Field("", description="a label for its alerts")
    owner: str = Field("", description="a label for its alerts; who looks after it")
    approaching: float = Field(75, gt=0, lt=100, description="percent of the budget used at which it is said")
    burn: list[BurnWindow] = Field(
        default_factory=lambda: list(BURNS),
        description="when the budget burns too fast; the four of the Google SRE workbook, when not named",
    )
    when_spent: str = Field("", description="what holds when the budget is spent, in words")
    _matchers: tuple[Matcher, ...] = PrivateAttr(())

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if bool(self.alerts) == bool(self.good or self.total):
            raise Unfit(Text.of("name either `good` and `total`, or `alerts`"))
        if bool(self.good) != bool(self.total):
            raise Unfit(Text.of("`good` and `total` go together: of all there was, how much was good"))
        self._matchers = matching.parse(self.alerts) if self.alerts else ()
        if "burn" not in self.model_fields_set:  # of the usual ones, those that make sense here
            self.burn[:] = [burn for burn in BURNS if burn.long <= self.window and _reachable(burn, self.objective)]
        seen = set()
        for index, burn in enumerate(self.burn):
            self._check_burn(f"burn.{index}", burn)
            if (name := (burn.short, burn.long, burn.severity)) in seen:
                raise Unfit(Text.of("has the windows and the severity of an earlier one"), f"burn.{index}")
            seen.add(name)
        return self

    def _check_burn(self, where: str, burn: BurnWindow) -> None:
        if burn.long > self.window:
            window = durations.show(self.window)
            raise Unfit(Text.of("is longer than the `window` of the SLO, {window}", window=window), f"{where}.long")
        if not _reachable(burn, self.objective):
            most = f"{float(1 / allowed(self.objective)):g}"
            less = Text.of("can never be exceeded with this objective; write less than {most}", most=most)
            raise Unfit(less, f"{where}.factor")

    @property
    def matchers(self) -> tuple[Matcher, ...]:
        """The compiled comparisons of `alerts`; none when it is measured by queries."""
        return self._matchers


def check_slos(slos: Mapping[str, Objective], severities: Iterable[str]) -> None:
    """Raises ValueError for the first name or severity that cannot stand in `slos`: where, and what may stand there."""
    known = list(severities)
    for name, slo in slos.items():
        if not NAME.fullmatch(name):
            named = Text.of("{name} cannot be the name of an SLO; use letters, digits, - and _", name=repr(name))
            raise Unfit(named, "slos")
        for index, burn in enumerate(slo.burn):
            if "burn" not in slo.model_fields_set and burn.severity not in known:
                raise Unfit(
                    Text.of(
                        "alerts of {severity} when nothing else is said, which is not one of the severities {known}; "
                        "write `burn` with one of them",
                        severity=burn.severity,
                        known=", ".join(known),
                    ),
                    f"slos.{name}",
                )
            among(f"slos.{name}.burn.{index}.severity", burn.severity, known, Text.of("the severities"))
