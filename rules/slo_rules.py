"""Prometheus' own rules for the SLOs of a policy: error ratios recorded, and alerts when a budget burns or runs out.

The alerts are the "Multiwindow, Multi-Burn-Rate Alerts" of https://sre.google/workbook/alerting-on-slos/. Each SLO has
two groups: windows of a day and more are costly to ask for and change slowly, so they are asked for each 2 minutes.
(Not more rarely: what is older than 5 minutes is gone for who reads it.)
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from rules.policy import Policy
from rules.slo import queries, span, windows
from rules.slo_plan import DAY, BurnWindow, Objective, allowed

RATIO = "slo:errors:ratio_rate"  # and the window: slo:errors:ratio_rate5m
SPENT = "slo:error_budget_spent:ratio"
SHARE = "{{ $value | humanizePercentage }}"
MINUTE = 60_000
LASTING = 15 * MINUTE  # a budget moves slowly; at its edge an alert would come and go
Rule = dict[str, Any]


def made(policy: Policy) -> dict[str, Any]:
    """The rule file for all SLOs that are measured by queries; no groups when there are none."""
    asked = [(name, slo) for name, slo in policy.slos.items() if slo.total]
    return {"groups": [group for name, slo in asked for group in _groups(name, slo, policy)]}


def _groups(name: str, slo: Objective, policy: Policy) -> Iterator[dict[str, Any]]:
    recorded = {window: _recorded(name, slo, window) for window in windows(slo)}
    slow = [rule for window, rule in recorded.items() if window >= DAY]
    fast = [rule for window, rule in recorded.items() if window < DAY]
    alerts = [*(_burn_alert(name, slo, burn) for burn in slo.burn), *_budget_alerts(name, slo, policy)]
    yield {"name": f"slo-{name}-long", "interval": "2m", "rules": [*slow, _spent(name, slo)]}
    yield {"name": f"slo-{name}", "rules": [*fast, *alerts]}


def _recorded(name: str, slo: Objective, window: int) -> Rule:
    good, total = queries(slo)[window]
    expr = f"1 - ({good}) / ({total} > 0)"  # without traffic there is no sample, and no alert
    return {"record": f"{RATIO}{span(window)}", "expr": expr, "labels": _labels(name, slo)}


def _spent(name: str, slo: Objective) -> Rule:
    return {
        "record": SPENT,
        "expr": f"{_ratio(name, slo.window)} / {_number(allowed(slo.objective))}",
        "labels": _labels(name, slo),
    }


def _burn_alert(name: str, slo: Objective, burn: BurnWindow) -> Rule:
    limit = f"({_number(burn.factor)} * {_number(allowed(slo.objective))})"
    return {
        "alert": "ErrorBudgetBurns",
        "expr": f"{_ratio(name, burn.long)} > {limit} and {_ratio(name, burn.short)} > {limit}",
        # The windows smooth already, so this is short: it only leaves out a single odd evaluation.
        "for": span(max(burn.short // 10 // MINUTE, 1) * MINUTE),
        "labels": {
            **_labels(name, slo),
            "severity": _plain(burn.severity),
            "short": span(burn.short),
            "long": span(burn.long),
        },
        "annotations": {
            "summary": f"{_plain(slo.words)}: the error budget burns at over {_number(burn.factor)}× its pace",
            "description": f"In the last {span(burn.long)} {SHARE} was bad; {_promise(slo)} allows "
            f"{_number(allowed(slo.objective) * 100)}%. It goes on: the last {span(burn.short)} are no better. "
            f"At this pace the whole budget of {span(slo.window)} is gone within {_gone(slo, burn)}.",
            "action": "Find out what changed when it began, and undo it: a release, a setting, something that this "
            "depends on. It ends by itself soon after the errors end.",
        },
    }


def _budget_alerts(name: str, slo: Objective, policy: Policy) -> Iterator[Rule]:
    """When the budget is used up to the SLO's `approaching`, and when all of it is; as severe as the mildest burn."""
    severity = max((burn.severity for burn in slo.burn), key=policy.rank, default=policy.default_severity)
    spent = f'{SPENT}{{slo="{name}"}}'
    first = _number(Decimal(repr(slo.approaching)) / 100)
    used = f"{SHARE} of the error budget of {span(slo.window)} is used"
    labels = {**_labels(name, slo), "severity": _plain(severity)}
    yield {
        "alert": "ErrorBudgetRunsOut",
        "expr": f"{spent} >= {first} < 1",
        "for": span(LASTING),
        "labels": labels,
        "annotations": {
            "summary": f"{_plain(slo.words)}: the error budget runs out",
            "description": f"{used}; {_promise(slo)}.",
            "action": "Look at what used it, and put off what may use more of it.",
        },
    }
    yield {
        "alert": "ErrorBudgetSpent",
        "expr": f"{spent} >= 1",
        "for": span(LASTING),
        "labels": dict(labels),
        "annotations": {
            "summary": f"{_plain(slo.words)}: the error budget is spent",
            "description": f"{used}; {_promise(slo)}, which is not kept.",
            "action": _plain(slo.when_spent) or "Put stability first until some of the budget is back.",
        },
    }


def _labels(name: str, slo: Objective) -> dict[str, str]:
    given = {"slo": name, "service": _plain(slo.service), "owner": _plain(slo.owner)}
    return {label: value for label, value in given.items() if value}


def _ratio(name: str, window: int) -> str:
    return f'{RATIO}{span(window)}{{slo="{name}"}}'


def _promise(slo: Objective) -> str:
    return f"an objective of {_number(slo.objective)}% over {span(slo.window)}"


def _gone(slo: Objective, burn: BurnWindow) -> str:
    """How long a whole budget lasts at the pace of a burn, to the minute."""
    return span(max(int(slo.window / burn.factor) // MINUTE, 1) * MINUTE)


def _number(value: float | Decimal) -> str:
    """A number as people and Prometheus write it: 14.4, 6, 0.001."""
    return format(Decimal(str(value)).normalize(), "f")


def _plain(text: str) -> str:
    """Words of the policy as they are: Prometheus expands templates in labels and annotations."""
    return text.replace("{{", '{{ "{{" }}')
