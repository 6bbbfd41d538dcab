"""The section on the project and the people around it."""

from collections.abc import Iterator

from rules.community import Measured, Numbers
from rules.digests.facts import Facts
from rules.digests.measuring import gained, measured
from rules.text import Text


def community(facts: Facts) -> Iterator[Text]:
    """Of each repository: stars and forks gained, new people, what is asked for most, how its workflows did."""
    for repository, numbers in facts.community.items():
        yield Text.of("*{repository}*", repository=repository)
        yield _total(Text.of("Stars"), numbers.stars, facts.previous.get(f"{repository}/stars"))
        yield _total(Text.of("Forks"), numbers.forks, facts.previous.get(f"{repository}/forks"))
        yield measured(Text.of("New contributors"), numbers.new_contributors)
        yield measured(Text.of("First-time reporters"), numbers.first_reporters)
        yield measured(Text.of("Bugs opened"), numbers.bugs_opened)
        yield measured(Text.of("Bugs closed"), numbers.bugs_closed)
        yield measured(Text.of("Hours to the first answer, median"), numbers.first_response)
        yield measured(Text.of("Hours to close an issue, median"), numbers.resolution)
        yield from _runs(numbers)
        yield from _wishes(numbers)


def _total(what: Text, found: Measured, before: float | None) -> Text:
    change = gained(found.value, before) if found.value is not None else None
    line = measured(what, found)
    return Text.of("{line} ({change})", line=line, change=change) if change else line


def _runs(numbers: Numbers) -> Iterator[Text]:
    yield measured(Text.of("Failed workflow runs"), numbers.failed_runs)
    for one in numbers.workflows[:3]:
        if one.failed:
            yield Text.of("• {name}: {failed} of {runs} failed", name=one.name, failed=one.failed, runs=one.runs)


def _wishes(numbers: Numbers) -> Iterator[Text]:
    if numbers.open_requests.value is None and numbers.open_requests.trouble:
        yield measured(Text.of("Feature requests"), numbers.open_requests)
    for place, wish in enumerate(numbers.top_requests, 1):
        yield Text.counted(
            "Wanted most, {place}: #{number} {title}, {count} vote",
            "Wanted most, {place}: #{number} {title}, {count} votes",
            count=wish.votes, place=place, number=wish.number, title=wish.title,
        )  # fmt: skip
