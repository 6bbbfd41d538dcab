"""Issues: one that is open is firing, one that is closed, deleted or moved away is over."""

from handlers.github.moments import ordered
from handlers.github.shapes import Acted, Happening, Line, Millis, Name, Part, Person, Prose, Url
from handlers.github.signals import Body, Reader, facts, links, report
from rules.signal import Signal

DESCRIBES = frozenset({"opened", "labeled", "unlabeled", "edited"})
GONE = frozenset({"closed", "deleted", "transferred"})
TURNS = GONE | {"reopened"}


class Issue(Part):
    """The issue as it was when the event happened."""

    number: int
    title: Line = ""
    body: Prose = ""
    user: Person = Person()
    labels: tuple[Name, ...] = ()
    state: Line = ""
    html_url: Url = ""
    created_at: Millis = 0
    updated_at: Millis = 0
    closed_at: Millis = 0


class Changes(Part):
    """What an edit changed; only a new title matters."""

    title: object = None


class IssueEvent(Happening):
    """`issues`."""

    issue: Issue
    changes: Changes = Changes()


def read(body: Body) -> list[Signal]:
    """What an `issues` event says; raises ValidationError."""
    if Acted.model_validate(body).action not in DESCRIBES | TURNS:
        return []
    happening = IssueEvent.model_validate(body)
    if happening.action == "edited" and not happening.changes.title:
        return []
    return [_report(happening)]


EVENTS: dict[str, Reader] = {"issues": read}


def _report(happening: IssueEvent) -> Signal:
    issue, action = happening.issue, happening.action
    firing = action not in GONE and issue.state != "closed"
    return report(
        event="issues",
        key=f"github:issues:{happening.repository.full_name}#{issue.number}",
        firing=firing,
        title=issue.title,
        summary=issue.body,
        labels=_labels(happening),
        at=ordered(issue.updated_at, step=1 if action in TURNS else 0),
        since=_since(issue, action),
        until=issue.closed_at or issue.updated_at,
        links=links(issue=issue.html_url),
        people=issue.user.names,
    )


def _since(issue: Issue, action: str) -> int:
    """When it began to be open: only these two actions know; 0 from the others, so that none of them looks stale."""
    return {"opened": issue.created_at, "reopened": issue.updated_at}.get(action, 0)


def _labels(happening: IssueEvent) -> dict[str, str]:
    issue = happening.issue
    named = facts(
        event="issues",
        action=happening.action,
        repository=happening.repository.full_name,
        number=str(issue.number),
        author=issue.user.login,
        author_type=issue.user.type,
        state=issue.state,
    )
    names = [label.name.replace(",", " ") for label in issue.labels if label.name]
    return {**named, "labels": f",{','.join(names)}," if names else ""}
