"""Releases: counted here; a watch of a release is opened by who reads these tallies."""

from handlers.github.shapes import Acted, Happening, Line, Millis, Named, Part, Person, Prose, Url
from handlers.github.signals import Body, Reader, facts, links, tally, yes
from rules.signal import Signal

ACTIONS = frozenset({"published", "prereleased", "released", "edited", "deleted"})


class Release(Part):
    """The release as it was when the event happened."""

    tag_name: Named
    name: Line = ""
    body: Prose = ""
    prerelease: bool = False
    draft: bool = False
    author: Person = Person()
    html_url: Url = ""
    created_at: Millis = 0
    published_at: Millis = 0


class ReleaseEvent(Happening):
    """`release`."""

    release: Release


def read(body: Body) -> list[Signal]:
    """What a `release` event says; raises ValidationError."""
    if Acted.model_validate(body).action not in ACTIONS:
        return []
    happening = ReleaseEvent.model_validate(body)
    release, repository = happening.release, happening.repository.full_name
    labels = facts(
        event="release",
        action=happening.action,
        repository=repository,
        tag=release.tag_name,
        name=release.name,
        prerelease=yes(release.prerelease),
        draft=yes(release.draft),
        author=release.author.login,
        author_type=release.author.type,
    )
    signal = tally(
        event="release",
        key=f"github:release:{repository}:{release.tag_name}",
        labels=labels,
        at=release.published_at or release.created_at,
        title=release.name or release.tag_name,
        summary=release.body,
        links=links(release=release.html_url),
    )
    return [signal]


EVENTS: dict[str, Reader] = {"release": read}
