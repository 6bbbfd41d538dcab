"""The numbers of a project and the people around it in a period, and how they come of what GitHub lists."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from rules.text import Text

HOUR = 3_600_000
TOP = 3
FAILED = ("failure", "timed_out", "startup_failure")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One number. `value` is None when there is none: then `trouble` says why it could not be had, or `note` why not.

    `at_least`: not everything was looked at, and `note` says what was; `names`: the people who were counted.
    """

    value: float | None = None
    at_least: bool = False
    names: tuple[str, ...] = ()
    note: Text | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """The runs of one workflow in the period."""

    name: str
    runs: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A feature request. `votes`: its thumbs up; `title`: as anybody wrote it."""

    number: int
    title: str
    url: str
    votes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """All numbers of a repository. Stars, forks and what is open: as of `at` (unix ms); all else: of the period.

    `pass_rate`: percent of the runs that said yes or no; `first_response`: hours until somebody else, no bot,
    commented on an issue opened in the period; `resolution`: hours from opening to closing of an issue closed in the
    period; both are medians. `workflows`: most failures first; `top_requests`: most votes first, then the newest.
    """

    repository: str
    at: int
    stars: Measured
    forks: Measured
    open_bugs: Measured
    bugs_opened: Measured
    bugs_closed: Measured
    runs: Measured
    failed_runs: Measured
    pass_rate: Measured
    workflows: tuple[Workflow, ...]
    new_contributors: Measured
    first_reporters: Measured
    first_response: Measured
    resolution: Measured
    open_requests: Measured
    top_requests: tuple[Wish, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From `since` until just before `until`, in unix milliseconds."""

    since: int
    until: int

    def has(self, at: int | None) -> bool:
        """Whether it happened then."""
        return at is not None and self.since <= at < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An issue or a pull request as GitHub lists it. `author`: "" when deleted; `outside`: neither owner nor member."""

    number: int
    title: str
    url: str
    author: str
    by_person: bool
    outside: bool
    labels: tuple[str, ...]
    votes: int
    opened_at: int
    closed_at: int | None
    is_pull: bool
    merged_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment on the issue or pull request of this number. `author`: "" when deleted."""

    issue: int
    author: str
    by_bot: bool
    at: int


def count(number: int, *, looked_at: int, whole: bool) -> Measured:
    """A number of things; unless all of them could be looked at, it is at least that many."""
    note = None if whole else Text.counted(
        "only the newest one was looked at", "only the newest {count} were looked at", count=looked_at
    )  # fmt: skip
    return Measured(value=number, at_least=not whole, note=note)


def newcomers(new: Sequence[str], *, looked_at: int, whole: bool) -> Measured:
    """The people who are new; unless all could be looked at, there are at least that many."""
    note = None if whole else Text.counted(
        "only one person was looked at", "only {count} people were looked at", count=looked_at
    )  # fmt: skip
    return Measured(value=len(new), at_least=not whole, names=tuple(new), note=note)


def labelled(entries: Iterable[Entry], labels: Collection[str]) -> list[Entry]:
    """The issues, no pull requests, with any of the labels, in capitals or not; each once."""
    wanted = {label.casefold() for label in labels}
    found = (one for one in entries if not one.is_pull and wanted & {label.casefold() for label in one.labels})
    return list({one.number: one for one in found}.values())


def spelled(wanted: Sequence[str], known: Iterable[str]) -> list[str]:
    """The known labels that are wanted, as they are written."""
    folded = {label.casefold() for label in wanted}
    return [label for label in known if label.casefold() in folded]


def top(requests: Iterable[Entry]) -> tuple[Wish, ...]:
    """The most wanted, then the newest."""
    ranked = sorted(requests, key=lambda one: (-one.votes, -one.opened_at, -one.number))[:TOP]
    return tuple(Wish(number=one.number, title=one.title, url=one.url, votes=one.votes) for one in ranked)


def by_workflow(runs: Iterable[tuple[str, str]]) -> tuple[Workflow, ...]:
    """Of (workflow, conclusion): each workflow, most failures first."""
    rows = list(runs)
    all_of = Counter(name for name, _ in rows)
    failed = Counter(name for name, conclusion in rows if conclusion in FAILED)
    found = (Workflow(name=name, runs=number, failed=failed[name]) for name, number in all_of.items())
    return tuple(sorted(found, key=lambda one: (-one.failed, -one.runs, one.name)))


def pass_rate(conclusions: Sequence[str]) -> Measured:
    """Percent of those that said yes or no; neither of the cancelled nor of those still on their way."""
    good, bad = conclusions.count("success"), sum(one in FAILED for one in conclusions)
    if not good + bad:
        return Measured(note=Text.of("no run has passed or failed"))
    return Measured(value=100 * good / (good + bad))


def authors(entries: Iterable[Entry]) -> list[str]:
    """The people who opened these, each once, those from outside first: they are the likeliest to be new."""
    people = sorted((one for one in entries if one.by_person), key=lambda one: not one.outside)
    return list(dict.fromkeys(one.author for one in people))


def first_response(opened: Sequence[Entry], comments: Sequence[Comment], period: Period, *, whole: bool) -> Measured:
    """Median hours until somebody but the author, and no bot, commented in the period; `whole`: all comments are there.

    Comments stand oldest first.
    """
    first: dict[int, int] = {}
    by = {one.number: one for one in opened}
    for comment in comments:
        issue = by.get(comment.issue)
        if issue and period.has(comment.at) and not comment.by_bot and comment.author != issue.author:
            first.setdefault(comment.issue, comment.at)
    note = Text.counted(
        "{answered} of one issue was answered", "{answered} of {count} issues were answered",
        count=len(opened), answered=len(first),
    ) if whole else Text.counted(
        "only the first comment was looked at", "only the first {count} comments were looked at", count=len(comments)
    )  # fmt: skip
    lasted = [(at - by[number].opened_at) / HOUR for number, at in first.items()]
    return Measured(value=median(lasted) if lasted else None, note=note)


def resolution(closed: Iterable[Entry]) -> Measured:
    """Median hours from opening to closing."""
    lasted = [(one.closed_at - one.opened_at) / HOUR for one in closed if one.closed_at is not None]
    if not lasted:
        return Measured(note=Text.of("no issue was closed"))
    note = Text.counted("of one issue closed", "of {count} issues closed", count=len(lasted))
    return Measured(value=median(lasted), note=note)
