"""The numbers of a project, from a GitHub that pages, forgets, limits, refuses and hangs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import unquote_plus

import aiohttp
import pytest

from bot.clients.github import GitHub
from bot.community import PEOPLE_MAX, Community
from rules.community import Measured, Numbers, Wish, Workflow
from rules.text import Text
from tests.conftest import TurningClock
from tests.e2e.github import HANGS, LIMITED, Project, project

HOUR = 3_600_000
DAY = 24 * HOUR
UNTIL = 1_795_237_200_000  # 2026-11-21 05:00 UTC; it is asked a day later
SINCE = UNTIL - 7 * DAY
IN, BEFORE, AFTER = SINCE + DAY, SINCE - 30 * DAY, UNTIL + HOUR
REQUESTS = ("enhancement", "feature", "feature request")
OF_CHANGES = {"bugs_opened", "bugs_closed", "new_contributors", "first_reporters", "first_response", "resolution"}
OF_RUNS = {"runs", "failed_runs", "pass_rate"}
OF_OPEN = {"open_bugs", "open_requests"}
ALL = {one.name for one in fields(Numbers) if one.type in (Measured, "Measured")}


@dataclass
class Here:
    """A project at GitHub, and who asks for its numbers."""

    github: Project
    community: Community
    clock: TurningClock

    async def numbers(self, *, bugs: tuple[str, ...] = ("bug",), requests: tuple[str, ...] = REQUESTS) -> Numbers:
        return await self.community.numbers("acme/sdk", SINCE, UNTIL, bugs=bugs, requests=requests)


@asynccontextmanager
async def here(*, whole_s: float = 30.0, timeout_s: float = 5.0, **more: Any) -> AsyncIterator[Here]:
    clock = TurningClock()
    async with project(clock, **more) as github, aiohttp.ClientSession() as http:
        client = GitHub(http, github.url, {}, lambda call, result: None, clock, timeout_s=timeout_s)
        yield Here(github, Community(client, clock, whole_s=whole_s), clock)


def a_week(github: Project) -> None:
    """Three open bugs on two pages with a pull request among them, two failed runs of twenty, and the people."""
    github.size = 2
    github.opened(BEFORE, "marta", merged=BEFORE + DAY, outside=False)
    github.opened(BEFORE, "old", "bug")
    github.opened(BEFORE, "marta", "bug", pull=True)
    github.opened(BEFORE + HOUR, "old", "bug")
    one = github.opened(IN, "ana", "bug")
    two = github.opened(IN, "old", "bug", closed=IN + 4 * HOUR)
    github.opened(IN, "ben", merged=IN + HOUR)
    github.opened(BEFORE, "marta", merged=IN, outside=False)
    github.opened(BEFORE, "cem", "bug", closed=IN + 6 * HOUR)
    github.opened(BEFORE, "cem", "feature", up=5, title="<!channel> *dark* mode & `x`")
    for number, at, who, kind in (
        (one, 1, "ci[bot]", "Bot"), (one, 2, "ana", "User"), (one, 3, "marta", "User"), (two, 1, None, "User"),
    ):  # fmt: skip
        github.said(number, IN + at * HOUR, who, kind)
    for number in range(20):
        github.ran(IN, "failure" if number == 3 else "timed_out" if number == 7 else "success")


def values(numbers: Numbers) -> dict[str, float | None]:
    return {name: getattr(numbers, name).value for name in ALL}


def troubles(numbers: Numbers) -> dict[str, str]:
    found = {name: getattr(numbers, name) for name in ALL}
    assert all(one.value is None for one in found.values() if one.trouble), "never a number that could not be had"
    return {name: one.trouble for name, one in found.items() if one.trouble}


EXACTLY = {
    "stars": 1234, "forks": 56, "open_bugs": 3, "bugs_opened": 2, "bugs_closed": 2, "runs": 20, "failed_runs": 2,
    "pass_rate": 90, "new_contributors": 1, "first_reporters": 1, "first_response": 2, "open_requests": 1,
    "resolution": (4 + 31 * 24 + 6) / 2,
}  # fmt: skip


# --- what comes of it ---


async def test_the_numbers_of_a_week_are_exactly_these() -> None:
    async with here() as one:
        a_week(one.github)
        found = await one.numbers()
    assert values(found) == EXACTLY
    assert troubles(found) == {}
    assert not any(getattr(found, name).at_least for name in ALL)
    assert (found.repository, found.workflows) == ("acme/sdk", (Workflow(name="CI", runs=20, failed=2),))
    assert (found.new_contributors.names, found.first_reporters.names) == (("ben",), ("ana",))
    wish = Wish(number=10, title="<!channel> *dark* mode & `x`", url="https://github.com/acme/sdk/issues/10", votes=5)
    assert found.top_requests == (wish,), "a title stays what it is: it is made safe where it is drawn"


async def test_how_many_calls_it_takes() -> None:
    async with here() as one:
        a_week(one.github)
        one.github.size = 100
        await one.numbers()
    newest = "sort=created&direction=desc&per_page=100"
    oldest = "state=all&sort=created&direction=asc&per_page=100"
    week = "2026-11-14T05:00:00Z"
    lists = [
        "",
        "/labels?per_page=100",
        f"/issues?state=all&since={week}&{newest}",
        f"/actions/runs?created={week}..2026-11-21T05:00:00Z&exclude_pull_requests=true&per_page=100",
        f"/issues/comments?since={week}&sort=created&direction=asc&per_page=100",
    ]
    lists += [f"/issues?state=open&labels={label}&{newest}" for label in ("bug", *REQUESTS)]
    people = [f"/issues?creator={login}&{oldest}" for login in ("ana", "ben", "marta", "old")]
    asked = [unquote_plus(path) for path in one.github.paths]
    assert sorted(asked) == sorted(lists + people), "5, one for each label, and one for each person"
    assert len(asked) == 13


async def test_the_period_ends_where_it_ends_and_begins_where_it_begins() -> None:
    async with here() as one:
        for at in (SINCE - 1000, SINCE, UNTIL - 1000, UNTIL, AFTER):
            one.github.opened(at, f"u{at}", "bug", closed=at)
            one.github.opened(at, f"p{at}", merged=at)
            one.github.ran(at, "failure")
        found = await one.numbers()
    counted = ("bugs_opened", "bugs_closed", "runs", "failed_runs", "new_contributors", "first_reporters")
    assert [values(found)[name] for name in counted] == [2] * 6


async def test_the_most_wanted_come_first_and_then_the_newest() -> None:
    async with here() as one:
        for at, up, label in ((1, 2, "feature"), (2, 7, "enhancement"), (3, 2, "Feature Request"), (4, 1, "feature")):
            one.github.opened(BEFORE + at, "ana", label, up=up)
        one.github.opened(BEFORE, "ana", "feature", up=9, closed=IN)
        one.github.opened(BEFORE, "ana", "feature", up=9, pull=True)
        one.github.labels[3] = "Feature Request"
        found = await one.numbers()
    assert [(wish.number, wish.votes) for wish in found.top_requests] == [(2, 7), (3, 2), (1, 2)]
    assert found.open_requests == Measured(value=4)


@pytest.mark.parametrize(("written", "asked"), [("Bug", "bug"), ("bug", "BUG"), ("Type: Bug", "type: bug")])
async def test_labels_in_capitals_or_not_are_the_same(written: str, asked: str) -> None:
    async with here(labels=["docs", written]) as one:
        one.github.opened(IN, "ana", written)
        found = await one.numbers(bugs=(asked,))
    assert (found.open_bugs, found.bugs_opened) == (Measured(value=1), Measured(value=1))


async def test_an_issue_with_two_of_the_labels_is_one() -> None:
    async with here() as one:
        one.github.opened(IN, "ana", "bug", "docs")
        found = await one.numbers(bugs=("bug", "docs"))
    assert (found.open_bugs.value, found.bugs_opened.value) == (1, 1)


async def test_a_repository_without_the_label_has_no_number_of_bugs_not_zero() -> None:
    async with here(labels=["C-bug"]) as one:
        found = await one.numbers(requests=())
    told = dict.fromkeys(("open_bugs", "bugs_opened", "bugs_closed"), "acme/sdk has no label bug")
    assert troubles(found) == told | {"open_requests": "the policy names no label for it"}


async def test_labels_that_cannot_be_listed_are_asked_for_as_they_are_written() -> None:
    async with here() as one:
        a_week(one.github)
        one.github.fails["/labels"] = 502
        found = await one.numbers()
    assert values(found) == EXACTLY


async def test_deleted_users_and_bots_are_nobody_new() -> None:
    async with here() as one:
        one.github.opened(IN, None, "bug")
        one.github.opened(IN, None, merged=IN)
        one.github.opened(IN, "renovate[bot]", merged=IN, kind="Bot")
        found = await one.numbers()
    assert (found.new_contributors, found.first_reporters) == (Measured(value=0), Measured(value=0))
    assert found.bugs_opened.value == 1


async def test_nothing_at_all_is_zero_where_it_was_looked_at_and_no_rate() -> None:
    async with here() as one:
        found = await one.numbers()
    assert troubles(found) == {}
    assert (found.open_bugs, found.runs, found.new_contributors) == (Measured(value=0),) * 3
    assert (found.pass_rate.value, found.first_response.value, found.resolution.value) == (None, None, None)
    assert found.pass_rate.note == Text.of("no run has passed or failed")


async def test_runs_that_were_cancelled_or_go_on_count_for_no_rate() -> None:
    async with here() as one:
        for conclusion in ("success", "cancelled", None, "startup_failure"):
            one.github.ran(IN, conclusion, workflow="CI" if conclusion else "Nightly")
        found = await one.numbers()
    assert (found.runs.value, found.failed_runs.value, found.pass_rate.value) == (4, 1, 50)
    assert found.workflows == (Workflow(name="CI", runs=3, failed=1), Workflow(name="Nightly", runs=1, failed=0))


# --- what is too much ---


async def test_of_many_people_only_some_are_asked_about_and_it_says_so() -> None:
    async with here() as one:
        for number in range(PEOPLE_MAX + 5):
            one.github.opened(IN + number * 1000, f"user{number}", "bug")
        found = (await one.numbers()).first_reporters
    assert (found.value, found.at_least, len(found.names)) == (PEOPLE_MAX, True, PEOPLE_MAX)
    assert found.note
    assert (found.note.plural, found.note.values) == ("only {count} people were looked at", {"count": PEOPLE_MAX})


async def test_a_list_that_is_longer_than_ten_pages_gives_at_least_that_many() -> None:
    async with here(size=2) as one:
        for number in range(50):
            one.github.opened(BEFORE + number * 1000, "ana", "bug", closed=IN if number < 25 else None)
        one.github.opened(IN, "ana", "bug")
        found = await one.numbers()
    note = Text.counted("only the newest one was looked at", "only the newest {count} were looked at", count=20)
    cut = Measured(value=20, at_least=True, note=note)
    assert (found.bugs_closed, found.open_bugs) == (replace(cut, value=19), cut), "an open one is among the changed"
    assert (found.bugs_opened, found.first_reporters) == (Measured(value=1), Measured(value=0)), (
        "it reaches back enough"
    )


async def test_answers_beyond_the_first_thousand_comments_are_not_known() -> None:
    async with here(size=1) as one:
        number = one.github.opened(IN, "ana")
        for minute in range(11):
            one.github.said(number, IN + minute * 1000, "ana" if minute else "ben")
        found = (await one.numbers()).first_response
    note = Text.counted(
        "only the first comment was looked at", "only the first {count} comments were looked at", count=10
    )
    assert found == Measured(value=0, note=note)


@pytest.mark.parametrize(("left", "people"), [(4000, 3), (24, 2), (20, 0)])
async def test_the_last_calls_of_the_hour_are_left_to_others(left: int, people: int) -> None:
    async with here(left=left) as one:
        for name in ("ana", "ben", "cem"):
            one.github.opened(IN, name, "bug")
        found = (await one.numbers()).first_reporters
    assert sum("creator=" in path for path in one.github.paths) == people
    assert (found.value, found.at_least) == (people or None, people == 2)
    assert found.trouble.startswith("rate limited: the last 20 calls") is (people == 0)


# --- what goes wrong ---


@pytest.mark.parametrize(
    ("status", "word"),
    [(404, "GitHub said no: Not Found"), (502, "http_502: no"), (401, "GitHub said no: no"), (HANGS, "timeout: ")],
)
@pytest.mark.parametrize(
    ("path", "lost"),
    [("/actions/runs", OF_RUNS), ("since=", OF_CHANGES), ("state=open", OF_OPEN), ("/comments", {"first_response"}),
     ("creator=", {"new_contributors", "first_reporters"})],
)  # fmt: skip
async def test_one_that_fails_is_not_there_and_all_others_are(
    status: int, word: str, path: str, lost: set[str]
) -> None:
    async with here(timeout_s=2.0 if status == HANGS else 20.0) as one:
        a_week(one.github)
        one.github.size = 100
        one.github.fails[path] = status
        found = await one.numbers()
    assert set(troubles(found)) == lost
    assert all(told.startswith(word) for told in troubles(found).values())
    assert {name: value for name, value in values(found).items() if name not in lost} == {
        name: value for name, value in EXACTLY.items() if name not in lost
    }


@pytest.mark.parametrize("status", [404, 502, 500, LIMITED, 429, 301, HANGS])
async def test_when_all_fails_all_is_incomplete_and_nothing_raises(status: int) -> None:
    async with here(timeout_s=0.2) as one:
        one.github.fails["/"] = status
        found = await one.numbers()
    assert set(troubles(found)) == ALL
    assert (found.workflows, found.top_requests) == ((), ())


async def test_a_repository_that_is_not_there_is_said_to_be_so() -> None:
    async with here() as one:
        one.github.name = "acme/other"
        found = await one.numbers()
        bad = await one.community.numbers("no repository", SINCE, UNTIL, bugs=["bug"], requests=["feature"])
        never = await one.community.numbers("acme/other", -(10**18), UNTIL, bugs=["bug"], requests=["feature"])
    assert found.stars.trouble == "GitHub said no: no repository acme/sdk, or none that GITHUB_TOKEN may see"
    assert set(troubles(bad)) == ALL
    assert "write it as owner/name" in bad.stars.trouble
    assert set(troubles(never)) == OF_CHANGES | OF_RUNS


async def test_after_github_says_that_it_was_too_much_it_is_left_alone() -> None:
    async with here() as one:
        a_week(one.github)
        one.github.fails["/labels"] = LIMITED
        found = await one.numbers()
        asked = len(one.github.asked)
        again = await one.numbers()
        assert asked < 13, "only what was under way already"
        assert troubles(found)["open_bugs"].startswith("rate limited until ")
        assert set(troubles(again)) == ALL
        assert len(one.github.asked) == asked
        one.github.fails.clear()
        one.clock.turn(hours=1.1)
        assert values(await one.numbers()) == EXACTLY


async def test_what_is_not_in_by_the_end_is_incomplete_and_the_rest_is_there() -> None:
    async with here(whole_s=2.0) as one:
        a_week(one.github)
        one.github.fails["/actions/runs"] = HANGS
        found = await one.numbers()
    word = "timeout: not all numbers were in within 2 s"
    assert troubles(found) == dict.fromkeys(OF_RUNS, word)


async def test_nobody_answers_at_that_address() -> None:
    async with aiohttp.ClientSession() as http:
        client = GitHub(http, "http://127.0.0.1:9", {}, lambda call, result: None, TurningClock())
        found = await Community(client, TurningClock()).numbers("a/b", SINCE, UNTIL, bugs=["bug"], requests=["f"])
    assert all(told.startswith("not connected: ") for told in troubles(found).values())
    assert set(troubles(found)) == ALL


async def test_the_second_time_is_answered_without_sending_it_all_again() -> None:
    async with here() as one:
        a_week(one.github)
        first = await one.numbers()
        begun = len(one.github.asked)
        one.github.stars += 1
        second = await one.numbers()
    again = one.github.asked[begun:]
    assert all("If-None-Match" in request.headers for request in again)
    assert sorted(set(one.github.statuses[begun:])) == [200, 304]
    assert one.github.statuses[begun:].count(200) == 1
    assert values(second) == values(first) | {"stars": 1235}
