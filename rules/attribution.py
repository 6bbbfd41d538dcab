"""Which incidents are a release's: new in it, seen before, or nobody can tell; and what is counted of them."""

from collections.abc import Iterable

from rules.incident import Incident
from rules.matching import Matcher, matches_all
from rules.plan import Check, Plan
from rules.signal import Origin, Related
from rules.watch import Watch

SOURCE = "release-watch"  # the source of incidents that a threshold opened
CHECK, PLAN, VERSION = "check", "plan", "version"  # their labels
KEPT = 60
MINUTE = 60_000


def related(incidents: Iterable[Incident], plan: Plan, watch: Watch) -> tuple[Related, ...]:
    """The incidents in the time of the release, as `kept` has them; of other releases' thresholds none."""
    return kept(_related(one, plan, watch) for one in incidents if _is_in_time(one, watch) and _may_be(one, watch))


def kept(found: Iterable[Related]) -> tuple[Related, ...]:
    """As many as a release remembers: what is open first, then the latest."""
    return tuple(sorted(found, key=lambda one: (bool(one.resolved_at), -one.opened_at, one.key))[:KEPT])


def counted(
    incidents: Iterable[Incident], check: Check, plan: Plan, watch: Watch, now: int
) -> tuple[float | None, int]:
    """The value of a check of incidents (opened in its time, open now, minutes to resolve), and of how many it is."""
    since = now - check.within if check.before_too else max(now - check.within, watch.began_at)
    matchers = check.matchers or plan.related
    fitting = [one for one in incidents if _fits(one, matchers) and one.source != SOURCE]
    match check.incidents:
        case "open":
            found = [one for one in fitting if one.is_open]
            return float(len(found)), len(found)
        case "mttr":
            ended = [one for one in fitting if one.resolved_at >= since and not one.is_open]
            lasted = [one.resolved_at - one.since for one in ended]
            return (sum(lasted) / len(lasted) / MINUTE if lasted else None), len(lasted)
        case _:
            found = [one for one in fitting if one.opened_at >= since]
            return float(len(found)), len(found)


def _is_in_time(one: Incident, watch: Watch) -> bool:
    return one.shown and (one.is_open or max(one.opened_at, one.resolved_at) >= watch.began_at)


def _may_be(one: Incident, watch: Watch) -> bool:
    return one.source != SOURCE or _is_ours(one, watch)


def _is_ours(one: Incident, watch: Watch) -> bool:
    return (one.labels.get(PLAN), one.labels.get(VERSION)) == (watch.plan, watch.release)


def _related(one: Incident, plan: Plan, watch: Watch) -> Related:
    return Related(
        key=one.key,
        id=one.id,
        title=one.title,
        severity=one.peak,
        origin=_origin(one, plan, watch),
        opened_at=one.opened_at,
        resolved_at=one.resolved_at,
        taken=bool(one.taken_by),
        check=one.labels.get(CHECK, "") if one.source == SOURCE else "",
    )


def _origin(one: Incident, plan: Plan, watch: Watch) -> Origin:
    if one.source == SOURCE:
        return Origin.NEW
    if min(one.past[0][0] if one.past else one.opened_at, one.since) < watch.began_at:  # by its source's word, too
        return Origin.BEFORE
    return Origin.NEW if plan.related and _fits(one, plan.related) else Origin.UNKNOWN


def _fits(one: Incident, matchers: tuple[Matcher, ...]) -> bool:
    return matches_all(matchers, {**one.labels, "source": one.source, "severity": one.labels.get("severity", one.peak)})
