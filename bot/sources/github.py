"""Checks of GitHub: the pass rate of workflows, runs that changed their mind, issues, answers, files of the release."""

from collections import defaultdict
from statistics import median

from bot.clients.github import GitHub, Issue, Rejected, Run, Unreachable
from bot.sources.asked import Asked, NotSet
from bot.sources.heard import Heard
from rules.community import FAILED, HOUR
from rules.reading import Reading
from rules.text import Text

SOURCE = "GitHub"
ASKED_ABOUT = 10  # issues whose first answer is looked for: each costs a call or two


async def read(github: GitHub, heard: Heard, asked: Asked) -> Reading:
    """Raises NotSet, Unreachable, Rejected, Unavailable."""
    if not asked.plan.repository:
        raise NotSet(Text.of("write the `repository` of {plan} into the policy", plan=f"releases.{asked.watch.plan}"))
    value, cases, note = await _ask(github, heard, asked)
    trouble = "" if value is not None else Text.of("GitHub has none to tell it from")
    return Reading(
        at=asked.now,
        source=SOURCE,
        value=value,
        sample=cases,
        baseline=asked.check.baseline,
        note=note,
        trouble=trouble,
    )


async def _ask(github: GitHub, heard: Heard, asked: Asked) -> tuple[float | None, float | None, str]:
    """The value, how many cases it is about, and what else is to be said."""
    check, repository = asked.check, asked.plan.repository
    if check.github == "flaky":
        return await _flaky_of(github, heard, asked)
    if check.github == "pass-rate":
        return _pass_rate(await _runs(github, asked))
    if check.github == "asset":
        release = await github.release(repository, asked.watch.release)
        names = [name for name in release.assets if name.endswith(check.asset)]
        return float(bool(names)), None, ", ".join(names)
    if check.github == "open-issues":
        found = await github.issues(repository, labels=check.labels, since=0, state="open")
        return float(len(found)), None, _numbers(found)
    responses = ASKED_ABOUT if check.github == "first-response" else 0
    changed = await github.issues(repository, labels=check.labels, since=asked.since, responses=responses)
    return _issues(check.github or "", changed, asked.since)


def _issues(what: str, changed: list[Issue], since: int) -> tuple[float | None, float | None, str]:
    opened = [one for one in changed if one.opened_at >= since]
    if what == "issues":
        return float(len(opened)), None, _numbers(opened)
    if what == "resolution":
        lasted = [one.closed_at - one.opened_at for one in changed if one.closed_at and one.closed_at >= since]
    else:
        lasted = [one.first_response_at - one.opened_at for one in opened if one.first_response_at]
    return (median(lasted) / HOUR if lasted else None), float(len(lasted)), ""


def _pass_rate(runs: list[Run]) -> tuple[float | None, float | None, str]:
    judged = _judged(runs)
    rate = 100 * sum(_is_good(run) for run in judged) / len(judged) if judged else None
    return rate, float(len(judged)), ""


async def _runs(github: GitHub, asked: Asked) -> list[Run]:
    check = asked.check
    return await github.runs(asked.plan.repository, branch=check.branch, since=asked.since, workflow=check.workflow)


async def _flaky_of(github: GitHub, heard: Heard, asked: Asked) -> tuple[float | None, float | None, str]:
    """From both sides: GitHub keeps only the last attempt of a run, and a webhook may not have come.

    While GitHub does not answer, what the webhooks told counts only when it is bad: it may not be all.
    """
    check, names = asked.check, {asked.check.workflow or ""}
    try:
        runs = await _runs(github, asked)
        names |= {run.workflow for run in runs}  # a file's name and its workflow's are the same to the reader
        trouble: Unreachable | Rejected | None = None
    except (Unreachable, Rejected) as error:
        runs, trouble = [], error
    told = await heard.runs(asked.plan.repository, branch=check.branch, since=asked.since)
    told = [run for run in told if check.workflow is None or run.workflow in names]
    value, cases, note = _flaky([*runs, *told])
    if trouble and not value:
        raise trouble
    return value, float(len(_judged(runs)) or cases or 0), note


def _flaky(runs: list[Run]) -> tuple[float | None, float | None, str]:
    """Workflows that said both yes and no of the same commit: in two runs, or in a run that was tried again."""
    judged = _judged(runs)
    said: defaultdict[tuple[str, str], set[bool]] = defaultdict(set)
    for run in judged:
        again = {False} if run.attempt > 1 else set[bool]()  # why else was it tried again
        said[(run.workflow, run.sha)] |= {_is_good(run)} | again
    flaky = sorted(f"{workflow} at {sha[:7]}" for (workflow, sha), verdicts in said.items() if len(verdicts) > 1)
    return (float(len(flaky)) if judged else None), float(len(judged)), ", ".join(flaky[:3])


def _judged(runs: list[Run]) -> list[Run]:
    """Those that said yes or no: neither cancelled nor skipped, nor still on their way."""
    return [run for run in runs if _is_good(run) or run.conclusion in FAILED]


def _is_good(run: Run) -> bool:
    return run.conclusion == "success"


def _numbers(issues: list[Issue]) -> str:
    return ", ".join(f"#{one.number}" for one in issues[:5])
