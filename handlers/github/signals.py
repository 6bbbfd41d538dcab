"""How a GitHub event becomes a Signal: a report of one thing that fires or is over, or a tally."""

from collections.abc import Callable, Mapping

from rules.signal import Kind, Link, Member, Signal

SOURCE = "github"
Body = Mapping[str, object]
Reader = Callable[[Body], list[Signal]]


def report(
    *,
    event: str,
    key: str,
    firing: bool,
    title: str,
    labels: Mapping[str, str],
    at: int,
    since: int = 0,
    until: int = 0,
    summary: str = "",
    links: tuple[Link, ...] = (),
    people: tuple[str, ...] = (),
) -> Signal:
    """One thing, one member. `at` orders the reports of a key; times in unix milliseconds, 0 is unknown."""
    member = Member(id=key, firing=firing, labels=labels, since=since, until=0 if firing else until)
    return Signal(
        key=key,
        source=SOURCE,
        kind=Kind.REPORT,
        event=event,
        at=at,
        title=title,
        summary=summary,
        labels=labels,
        members=(member,),
        links=links,
        people=people,
    )


def tally(
    *,
    event: str,
    key: str,
    labels: Mapping[str, str],
    at: int = 0,
    title: str = "",
    summary: str = "",
    links: tuple[Link, ...] = (),
) -> Signal:
    """Something to count. `at`: unix milliseconds, 0 is unknown."""
    return Signal(
        key=key,
        source=SOURCE,
        kind=Kind.TALLY,
        event=event,
        at=at,
        title=title,
        summary=summary,
        labels=labels,
        links=links,
    )


def facts(**labels: str) -> dict[str, str]:
    """The labels that say something: to a matcher a missing label and an empty one are the same."""
    return {name: value for name, value in labels.items() if value}


def links(**urls: str) -> tuple[Link, ...]:
    """The addresses that are there, by our word for what they are."""
    return tuple(Link(name=name, url=url) for name, url in urls.items() if url)


def titled(name: str, place: str) -> str:
    """What it is and where, without a word that would want a translation."""
    return f"{name} ({place})" if place else name


def yes(flag: bool) -> str:
    """How a label says yes or no."""
    return "true" if flag else "false"
