"""A check of a watched release as an incident: it goes beyond its threshold, gets worse, comes back."""

from rules.attribution import CHECK, PLAN, SOURCE, VERSION
from rules.plan import Plan
from rules.reading import Judged
from rules.signal import Kind, Member, Signal
from rules.watch import Watch


def key_of(watch: Watch, check: str) -> str:
    """The key of the incident of a check of one release."""
    return f"check:{watch.plan}:{watch.release}:{check}"


def report(watch: Watch, plan: Plan | None, check: str, level: str, summary: str, now: int) -> Signal:
    """What the incident of a check is to know. `level`: "yellow", "red", or "" when it is good again or left alone."""
    judged = watch.judged.get(check, Judged())
    known = plan.checks.get(check) if plan else None
    words = known.words if known else check
    labels = {PLAN: watch.plan, VERSION: watch.release, CHECK: check}
    if plan and level:
        labels["severity"] = plan.action(level).severity
    if plan and plan.repository:
        labels["repository"] = plan.repository
    key = key_of(watch, check)
    ended = judged.since if judged.clear else watch.ended_at or now
    member = Member(
        id=key, firing=bool(level), labels=labels, what=words, since=judged.beyond_since, until=0 if level else ended
    )
    return Signal(
        key=key,
        source=SOURCE,
        kind=Kind.REPORT,
        event="check",
        at=now,
        title=f"{watch.release}: {words}",
        summary=summary,
        labels=labels,
        members=(member,),
        links=watch.links,
    )
