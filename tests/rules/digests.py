"""A week to write a digest of, without I/O: incidents, counts, a release, the numbers of a repository."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from rules.community import Measured, Numbers, Wish, Workflow
from rules.digest_plan import Digest
from rules.digests import schedule, writing
from rules.digests.facts import Facts, Gathered, Period
from rules.incident import Attention, Held, Incident, State
from rules.policy import Policy
from rules.policy_file import load
from rules.report import Report, key_of
from rules.signal import Kind
from tests.rules.releases import HEAD, PLANS, plain
from tests.rules.situations import DAY

ZONE = ZoneInfo("Europe/Madrid")
TEXT = (
    HEAD.replace("{P0: {label: [critical], channel: alerts}, P1: {}, P2: {}}",
                 "{P0: {label: [critical], channel: alerts}, P1: {}, P2: {card: counted}}") + PLANS
)  # fmt: skip
REPOSITORY = "acme/sdk"
CALM = Measured(value=0)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1000)


DUE = at("2027-01-18 09:00")
TUESDAY = at("2027-01-12 11:00")


@cache
def policy(more: str = "{}", text: str = TEXT) -> Policy:
    """The policy with a digest `weekly` of these settings."""
    return load(f"{text}team: Platform\ndigest:\n  weekly: {more}\n", "p.yaml")


def period(due: int = DUE) -> Period:
    """The week before that Monday."""
    [found] = schedule.owed(Digest(), ZONE, due - DAY, due)
    return found


def facts(**more: Any) -> Facts:
    """Of a week in which nothing happened, but for what is named."""
    return Facts(digest="weekly", **({"period": period()} | more))


def counted(fields: Mapping[str, int], before: Mapping[str, int] | None = None) -> dict[str, Mapping[str, int]]:
    """The counts of the Tuesday, and of the Tuesday before."""
    return {"2027-01-12": fields, "2027-01-05": before or {}}


def incident(
    name: str = "DiskFull", *, began: int = TUESDAY, lasted: int = 0, severity: str = "P0", **more: Any
) -> Incident:
    """One that began then; over after `lasted`, if that is not 0."""
    given: dict[str, Any] = {
        "key": f"alertmanager:{name}:{began}", "id": "K7F3Q2", "source": "alertmanager", "title": name,
        "labels": {"alertname": name}, "severity": severity, "peak": severity, "opened_at": began, "began_at": began,
        "place": "#alerts", "members": {"a": Held(firing=not lasted, severity=severity)},
        "state": State.RESOLVED if lasted else State.OPEN, "resolved_at": began + lasted if lasted else 0,
        "attention": Attention(asked_at=began),
    }  # fmt: skip
    return Incident(**(given | more))


def numbers(repository: str = REPOSITORY, **more: Any) -> Numbers:
    """Of a repository in which nothing happened, but for what is named."""
    given: dict[str, Any] = {
        "stars": CALM, "forks": CALM, "open_bugs": CALM, "bugs_opened": CALM, "bugs_closed": CALM, "runs": CALM,
        "failed_runs": CALM, "pass_rate": Measured(), "new_contributors": CALM, "first_reporters": CALM,
        "first_response": Measured(), "resolution": Measured(), "open_requests": CALM, "workflows": (),
        "top_requests": (),
    }  # fmt: skip
    return Numbers(repository=repository, at=DUE, **(given | more))


def away(repository: str = REPOSITORY, why: str = "rate limited") -> Numbers:
    """Of one that could not be asked for anything."""
    gone = Measured(trouble=why)
    names = [name for name in Numbers.__slots__ if isinstance(getattr(numbers(), name), Measured)]
    return replace(numbers(repository), **dict.fromkeys(names, gone))


def workflow(name: str = "ci", runs: int = 20, failed: int = 2) -> Workflow:
    return Workflow(name=name, runs=runs, failed=failed)


def wish(number: int = 7, title: str = "Dark mode", votes: int = 3) -> Wish:
    return Wish(number=number, title=title, url="https://x.example.org", votes=votes)


def gathered(found: Facts) -> Gathered:
    key = key_of("weekly", found.period.day)
    return Gathered(key=key, source="sereno", kind=Kind.DIGEST, event="digest", facts=found)


def drawn(found: Facts, which: Policy | None = None, now: int = DUE) -> Report:
    which = which or policy()
    return writing.drawn(key_of("weekly", found.period.day), found, which.digest["weekly"], which, now)


def sections(report: Report) -> dict[str, list[str]]:
    """The lines under each heading."""
    return {plain(part.heading): [plain(line) for line in part.lines] for part in report.parts}


def lead(report: Report) -> list[str]:
    return [plain(line) for line in report.lead]
