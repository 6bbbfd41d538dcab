"""Gathers the numbers of a project for a digest from GitHub: what cannot be had takes no other number along."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

from bot.clients.asking import Rejected, Unreachable
from bot.clients.github import RUNS_MAX, GitHub, Run
from bot.clients.github_community import Project
from bot.clients.github_rest import Listed
from bot.clock import Clock
from rules import community as rules
from rules.community import Entry, Measured, Numbers, Period, labelled
from rules.text import Text

WHOLE_S = 30.0
AT_ONCE = 4
PEOPLE_MAX = 20  # of each kind: each costs a call
KEPT = 20  # calls that are left to the checks of releases
T = TypeVar("T")


class Trouble(Exception):
    """Why there is no answer, in words."""


class Community:
    """The numbers of a project and of the people around it."""

    def __init__(self, github: GitHub, clock: Clock, *, whole_s: float = WHOLE_S) -> None:
        self._github, self._clock, self._whole_s = github, clock, whole_s

    async def numbers(
        self, repository: str, since: int, until: int, *, bugs: Sequence[str], requests: Sequence[str]
    ) -> Numbers:
        """The numbers of `owner/name` in [since, until), unix ms; never raises, takes at most `whole_s`.

        `bugs`, `requests`: labels, any of which makes an issue one; capitals do not matter. A number that GitHub does
        not give in time is None with its `trouble`. A new contributor is a person with a pull request merged in the
        period and none merged before it; a first reporter one with an issue opened in the period and none before it.
        At most `PEOPLE_MAX` of each are asked about, fewer when GitHub's limit is near: the number is "at least" then.

        Calls: 5, one for each of the labels, and one for each person asked about; another for each further 100 rows of
        a list, of which 1,000 are read. Measured: a quiet week, 4 labels, 4 people: 13; at most 5 + 4 + 40 with lists
        of one page. What has not changed since it was last asked for is a 304, which is free with a token.
        """
        asked = _Asked(self._github, repository, Period(since=since, until=until), self._whole_s)
        return await asked.numbers(self._clock.now(), bugs, requests)


class _Asked:
    """The numbers, asked for once; of an answer that is not there, the reason goes on in its place."""

    def __init__(self, github: GitHub, repository: str, period: Period, whole_s: float) -> None:
        self._github, self._project, self._period, self._whole_s = github, Project(github, repository), period, whole_s
        self._deadline = asyncio.get_running_loop().time() + whole_s
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def numbers(self, at: int, bugs: Sequence[str], requests: Sequence[str]) -> Numbers:
        project = self._project
        async with asyncio.TaskGroup() as group:
            totalling = group.create_task(self._told(project.totals))
            listing = group.create_task(self._told(project.labels))
            changing = group.create_task(self._told(partial(project.changed, self._period.since)))
            running = group.create_task(self._told(self._runs))
            open_bugs = group.create_task(_caught(self._open(listing, bugs)))
            wishing = group.create_task(_caught(self._open(listing, requests)))
            answered = group.create_task(_caught(self._first_response(changing)))
            contributors = group.create_task(_caught(self._new_contributors(changing)))
            reporters = group.create_task(_caught(self._first_reporters(changing)))
        totals, labels, changed = totalling.result(), listing.result(), changing.result()
        runs, wishes = running.result(), wishing.result()
        return Numbers(
            repository=project.repository,
            at=at,
            stars=_measured(lambda: _total(_had(totals).stars)),
            forks=_measured(lambda: _total(_had(totals).forks)),
            open_bugs=_measured(lambda: _counted(_had(open_bugs.result()))),
            bugs_opened=_measured(lambda: self._bugs_opened(_had(changed), self._spelled(labels, bugs))),
            bugs_closed=_measured(lambda: self._bugs_closed(_had(changed), self._spelled(labels, bugs))),
            runs=_measured(lambda: _counted(_had(runs))),
            failed_runs=_measured(lambda: _failed(_had(runs))),
            pass_rate=_measured(lambda: rules.pass_rate([run.conclusion for run in _had(runs).rows])),
            workflows=() if isinstance(runs, Trouble) else _workflows(runs),
            new_contributors=_measured(lambda: _had(contributors.result())),
            first_reporters=_measured(lambda: _had(reporters.result())),
            first_response=_measured(lambda: _had(answered.result())),
            resolution=_measured(lambda: rules.resolution(self._closed(_had(changed)))),
            open_requests=_measured(lambda: _counted(_had(wishes))),
            top_requests=() if isinstance(wishes, Trouble) else rules.top(wishes.rows),
        )

    # --- what is asked ---

    async def _told(self, ask: Callable[[], Awaitable[T]]) -> T | Trouble:
        try:
            async with asyncio.timeout_at(self._deadline), self._gate:
                return await ask()
        except TimeoutError:
            return Trouble(f"timeout: not all numbers were in within {self._whole_s:g} s")
        except Unreachable as error:
            return Trouble(str(error))
        except Rejected as error:
            return Trouble(f"GitHub said no: {error}")

    async def _runs(self) -> Listed[Run]:
        since, until = self._period.since, self._period.until
        runs = await self._github.runs(self._project.repository, branch="", since=since, until=until)
        return Listed(rows=tuple(runs), whole=len(runs) < RUNS_MAX)

    async def _open(self, listing: Awaitable[Listed[str] | Trouble], wanted: Sequence[str]) -> Listed[Entry]:
        """What is open and has any of the labels: GitHub lists only what has all of those that it is asked for."""
        labels = self._spelled(await listing, wanted)
        found = await asyncio.gather(*(self._told(partial(self._project.open, label)) for label in labels))
        lists = [_had(one) for one in found]
        rows = labelled((row for one in lists for row in one.rows if row.closed_at is None), labels)
        return Listed(rows=tuple(rows), whole=all(one.whole for one in lists))

    async def _first_response(self, changing: Awaitable[Listed[Entry] | Trouble]) -> Measured:
        opened = self._opened(_had(await changing))
        if not opened:
            return Measured(note=Text.of("no issue was opened"))
        comments = _had(await self._told(partial(self._project.comments, self._period.since)))
        return rules.first_response(opened, comments.rows, self._period, whole=comments.whole)

    async def _new_contributors(self, changing: Awaitable[Listed[Entry] | Trouble]) -> Measured:
        changed, since = _had(await changing), self._period.since
        merged = [one for one in changed.rows if self._period.has(one.merged_at)]
        return await self._new(merged, changed.whole, lambda one: one.merged_at is not None and one.merged_at < since)

    async def _first_reporters(self, changing: Awaitable[Listed[Entry] | Trouble]) -> Measured:
        changed = _had(await changing)
        return await self._new(self._opened(changed), self._has_all_opened(changed), lambda one: not one.is_pull)

    async def _new(self, theirs: Sequence[Entry], whole: bool, did: Callable[[Entry], bool]) -> Measured:
        """Those of the authors who had not done it before the period."""
        people = rules.authors(theirs)
        asked = people[: self._affordable()]
        if people and not asked:
            raise Trouble(f"rate limited: the last {self._github.left} calls are left to the checks of releases")
        began = partial(self._project.began_before, before=self._period.since, did=did)
        found = await asyncio.gather(*(self._told(partial(began, login)) for login in asked))
        new = [login for login, had in zip(asked, found, strict=True) if not _had(had)]
        return rules.newcomers(new, looked_at=len(asked), whole=whole and len(asked) == len(people))

    def _affordable(self) -> int:
        """How many people may be asked about now; both kinds ask at the same time."""
        left = self._github.left
        return PEOPLE_MAX if left is None else max(0, min(PEOPLE_MAX, (left - KEPT) // 2))

    # --- what comes of it ---

    def _spelled(self, labels: Listed[str] | Trouble, wanted: Sequence[str]) -> list[str]:
        """The labels as the repository writes them; as they were asked for when it did not tell all of them."""
        if not wanted:
            raise Trouble("the policy names no label for it")
        if isinstance(labels, Trouble) or not labels.whole:
            return list(wanted)
        if found := rules.spelled(wanted, labels.rows):
            return found
        raise Trouble(f"{self._project.repository} has no label {' or '.join(wanted)}")

    def _opened(self, changed: Listed[Entry]) -> list[Entry]:
        return [one for one in changed.rows if not one.is_pull and self._period.has(one.opened_at)]

    def _closed(self, changed: Listed[Entry]) -> list[Entry]:
        return [one for one in changed.rows if not one.is_pull and self._period.has(one.closed_at)]

    def _has_all_opened(self, changed: Listed[Entry]) -> bool:
        """A list that was cut has all that were opened in the period, too, when it reaches beyond its beginning."""
        return changed.whole or any(one.opened_at < self._period.since for one in changed.rows)

    def _bugs_opened(self, changed: Listed[Entry], labels: Sequence[str]) -> Measured:
        found, whole = labelled(self._opened(changed), labels), self._has_all_opened(changed)
        return rules.count(len(found), looked_at=len(changed.rows), whole=whole)

    def _bugs_closed(self, changed: Listed[Entry], labels: Sequence[str]) -> Measured:
        found = labelled(self._closed(changed), labels)
        return rules.count(len(found), looked_at=len(changed.rows), whole=changed.whole)


async def _caught(work: Awaitable[T]) -> T | Trouble:
    try:
        return await work
    except Trouble as trouble:
        return trouble


def _had(told: T | Trouble) -> T:
    if isinstance(told, Trouble):
        raise told
    return told


def _measured(number: Callable[[], Measured]) -> Measured:
    try:
        return number()
    except Trouble as trouble:
        return Measured(trouble=str(trouble))


def _total(number: int | None) -> Measured:
    return Measured(value=number, trouble="unreadable: GitHub did not say" if number is None else "")


def _counted(found: Listed[Entry] | Listed[Run]) -> Measured:
    return rules.count(len(found.rows), looked_at=len(found.rows), whole=found.whole)


def _failed(runs: Listed[Run]) -> Measured:
    failed = sum(one.failed for one in _workflows(runs))
    return rules.count(failed, looked_at=len(runs.rows), whole=runs.whole)


def _workflows(runs: Listed[Run]) -> tuple[rules.Workflow, ...]:
    return rules.by_workflow((run.workflow, run.conclusion) for run in runs.rows)
