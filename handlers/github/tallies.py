"""What only a digest counts: stars, forks, watchers, comments, pull requests, reviews, discussions."""

from functools import partial

from handlers.github.shapes import Line, Millis, Part, Person, Repository
from handlers.github.signals import Body, Reader, facts, tally, yes
from rules.signal import Signal

COUNTED = {
    "star": frozenset({"created", "deleted"}),
    "fork": frozenset({""}),
    "watch": frozenset({"started"}),
    "issue_comment": frozenset({"created"}),
    "pull_request": frozenset({"opened", "closed", "reopened"}),
    "pull_request_review": frozenset({"submitted"}),
    "discussion": frozenset({"created", "answered"}),
}


class Piece(Part):
    """A comment, review, issue, pull request or discussion."""

    number: int | None = None
    user: Person = Person()
    merged: bool | None = None
    created_at: Millis = 0
    updated_at: Millis = 0
    submitted_at: Millis = 0

    @property
    def at(self) -> int:
        """When it came to be as it is."""
        return self.submitted_at or self.updated_at or self.created_at


class Tallied(Part):
    """All of these events at once: each has some of the parts."""

    action: Line = ""
    repository: Repository | None = None
    sender: Person = Person()
    starred_at: Millis = 0
    forkee: Piece = Piece()
    comment: Piece = Piece()
    review: Piece = Piece()
    issue: Piece = Piece()
    pull_request: Piece = Piece()
    discussion: Piece = Piece()


def read(event: str, body: Body) -> list[Signal]:
    """What one of the COUNTED events says; raises ValidationError."""
    happening = Tallied.model_validate(body)
    if happening.action not in COUNTED[event]:
        return []
    repository = happening.repository.full_name if happening.repository else ""
    said, about = _pieces(event, happening)
    author = _author(said, happening.sender)
    number = "" if about.number is None else str(about.number)
    closed = event == "pull_request" and happening.action == "closed"
    labels = facts(
        event=event,
        action=happening.action,
        repository=repository,
        number=number,
        author=author.login,
        author_type=author.type,
        merged=yes(bool(about.merged)) if closed else "",
    )
    key = f"github:{event}:{repository}" + (f"#{number}" if number else "")
    return [tally(event=event, key=key, labels=labels, at=said.at or happening.starred_at)]


EVENTS: dict[str, Reader] = {event: partial(read, event) for event in COUNTED}


def _pieces(event: str, happening: Tallied) -> tuple[Piece, Piece]:
    """What was said or made, and what it is about."""
    match event:
        case "issue_comment":
            return happening.comment, happening.issue
        case "pull_request_review":
            return happening.review, happening.pull_request
        case "pull_request":
            return happening.pull_request, happening.pull_request
        case "discussion":
            return happening.discussion, happening.discussion
        case "fork":
            return happening.forkee, Piece()
        case _:
            return Piece(), Piece()


def _author(said: Piece, sender: Person) -> Person:
    return said.user if said.user.login else sender
