"""Names to Slack ids, over real HTTP: against the playground, and against a Slack that can be changed and refuse."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clients.directory import Directory
from bot.playground.faults import Fault
from bot.playground.people import ANA, BRUNO, CHLOE, TEAM
from rules.policy import Policy
from rules.policy_file import load
from tests.conftest import SlackDouble, serve, wait_until

BASE = """
channels: {fallback: "#general"}
severities: {P1: {mention: "@On-Call"}}
"""
PEOPLE = """
people:
  ana: {name: Ana Ruiz, slack: Ana@example.com}
  bruno: {name: Bruno Costa, slack: U0000BRUNO}
  zoe: {name: Zoe, slack: zoe@example.com}
  paper: {name: Nobody in Slack}
oncall: {platform: {people: [ana, bruno]}, web: {group: "@web-team"}}
rights: {silence: ["@platform", "@release-managers", "@gone", "@ana", everyone]}
"""


@dataclass
class Book:
    """The policy in force, which a test may change."""

    policy: Policy = field(default_factory=lambda: load(BASE + PEOPLE, "test.yaml"))

    def __call__(self) -> Policy:
        return self.policy

    def write(self, more: str) -> None:
        self.policy = load(BASE + more, "test.yaml")


@asynccontextmanager
async def asking(url: str, book: Book, token: str = "xoxb-test") -> AsyncIterator[Directory]:
    async with aiohttp.ClientSession() as session:
        yield Directory(AsyncWebClient(token=token, base_url=url, session=session, retry_handlers=[]), policy=book)


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
async def directory(slack: SlackDouble, book: Book) -> AsyncIterator[Directory]:
    async with asking(slack.url, book, slack.ws.token) as made:
        yield made


@asynccontextmanager
async def keeping(directory: Directory, every: float = 600.0) -> AsyncIterator[None]:
    task = asyncio.create_task(directory.keep(every))
    try:
        await asyncio.wait_for(directory.loaded.wait(), 10)
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def asked(slack: SlackDouble, method: str) -> int:
    return sum(1 for call in slack.ws.calls if call.method == method)


# Against the playground


async def test_before_anything_is_known_names_stay_as_they_are(directory: Directory) -> None:
    assert directory.channel("#alerts") == "#alerts"
    assert [directory.spell(name) for name in ("channel", "here", "@ana", "@on-call")] == [
        "<!channel>", "<!here>", "@ana", "@on-call",
    ]  # fmt: skip
    assert (directory.user("ana"), directory.user("bruno")) == ("", BRUNO)
    assert directory.known_as(ANA) == frozenset()
    assert directory.unresolved() == {}
    assert (directory.team, directory.enterprise) == ("", "")


async def test_people_by_id_and_by_address(directory: Directory) -> None:
    await directory.refresh()
    assert [directory.user(name) for name in ("ana", "@ana", "bruno", "@bruno")] == [ANA, ANA, BRUNO, BRUNO]
    assert [directory.user(name) for name in ("zoe", "paper", "nobody", "@on-call", "")] == [""] * 5
    assert directory.spell("@ana") == directory.spell("ana") == f"<@{ANA}>"
    assert directory.spell("@zoe") == "@zoe"


async def test_groups_and_channels_as_ever(directory: Directory, slack: SlackDouble) -> None:
    await directory.refresh()
    assert directory.spell("@on-call") == directory.spell("@On-Call") == "<!subteam^S0000ONCALL>"
    assert directory.spell("@web-team") == "@web-team"
    assert directory.spell("<!channel>") == "&lt;!channel&gt;"
    assert directory.channel("#alerts") == slack.ws.channel("alerts").id
    assert directory.channel("#new") == "#new"
    directory.learn("#new", "C1")
    directory.learn("#new", "")
    assert directory.channel("#new") == "C1"


async def test_what_a_person_is_known_as(directory: Directory) -> None:
    await directory.refresh()
    assert directory.known_as(ANA) == {"ana", "@on-call"}
    assert directory.known_as(BRUNO) == {"bruno", "@on-call"}
    assert directory.known_as(CHLOE) == {"@release-managers"}
    assert directory.known_as("U000STRANGE") == directory.known_as("") == frozenset()


async def test_two_names_of_one_person(directory: Directory, book: Book) -> None:
    book.write(f"people: {{ana: {{name: Ana, slack: {ANA}}}, lead: {{name: Lead, slack: ana@example.com}}}}")
    await directory.refresh()
    assert directory.known_as(ANA) == {"ana", "lead", "@on-call"}


async def test_a_person_goes_before_a_group_of_the_same_name(directory: Directory, book: Book) -> None:
    book.write("people: {on-call: {name: The One, slack: chloe@example.com}}")
    await directory.refresh()
    assert directory.spell("@on-call") == f"<@{CHLOE}>"


async def test_what_slack_does_not_have(directory: Directory) -> None:
    await directory.refresh()
    lost = "no user group has this handle"
    assert directory.unresolved() == {"zoe": "users_not_found", "@gone": lost, "@web-team": lost}


async def test_the_workspace(directory: Directory) -> None:
    await directory.refresh()
    assert (directory.team, directory.enterprise) == (TEAM, "")


async def test_a_person_is_looked_up_once(directory: Directory, slack: SlackDouble) -> None:
    async with keeping(directory, every=0.02):
        await wait_until(lambda: asked(slack, "usergroups.list") >= 14)
        rounds, channels = asked(slack, "usergroups.list"), asked(slack, "conversations.list")
        assert rounds // 6 <= channels <= rounds // 6 + 1, "the first time, and each sixth time after"
        ana = 1
        assert channels <= asked(slack, "users.lookupByEmail") - ana <= channels + 1, "zoe may have come by then"
        assert asked(slack, "auth.test") == 1


async def test_after_a_reload_the_new_people_are_asked_for_soon(
    directory: Directory, slack: SlackDouble, book: Book
) -> None:
    async with keeping(directory):
        book.write("people: {ana: {name: Ana, slack: ana@example.com}, ch: {name: Chloe, slack: chloe@example.com}}")
        assert directory.user("ana") == ANA, "what is known needs no asking"
        assert directory.user("ch") == ""
        directory.stale()
        await wait_until(lambda: directory.user("ch") == CHLOE)
        assert asked(slack, "users.lookupByEmail") == 3
        assert asked(slack, "conversations.list") == 1
        assert directory.unresolved() == {}


async def test_a_part_that_fails_does_not_stop_the_others(directory: Directory, slack: SlackDouble) -> None:
    slack.faults.add(Fault(method="conversations.list", kind="error", error="missing_scope"))
    slack.faults.add(Fault(method="auth.test", kind="server_error", times=2))
    async with keeping(directory, every=0.02):
        assert directory.known_as(ANA) == {"ana", "@on-call"}
        await wait_until(lambda: directory.team == TEAM)
        seen = asked(slack, "usergroups.list")
        await wait_until(lambda: asked(slack, "usergroups.list") >= seen + 3, what="membership is still refreshed")
        assert directory.channel("#alerts") == "#alerts"
        slack.faults.clear()
        await wait_until(lambda: directory.channel("#alerts") != "#alerts")


async def test_refresh_raises_and_what_was_known_stays_known(directory: Directory, slack: SlackDouble) -> None:
    await directory.refresh()
    slack.faults.add(Fault(method="*", kind="server_error"))
    with pytest.raises(SlackApiError):
        await directory.refresh()
    assert directory.spell("@on-call") == "<!subteam^S0000ONCALL>"
    assert directory.known_as(ANA) == {"ana", "@on-call"}


async def test_without_the_scope_for_groups_nobody_has_a_right_by_one(directory: Directory, slack: SlackDouble) -> None:
    await directory.refresh()
    slack.faults.add(Fault(method="usergroups.list", kind="error", error="missing_scope"))
    await directory.refresh()
    assert directory.known_as(ANA) == {"ana"}
    assert directory.spell("@on-call") == "<!subteam^S0000ONCALL>"
    assert directory.unresolved()["@gone"] == "missing_scope"


async def test_without_the_scope_for_addresses_it_asks_once(directory: Directory, slack: SlackDouble) -> None:
    slack.faults.add(Fault(method="users.lookupByEmail", kind="error", error="missing_scope"))
    await directory.refresh()
    assert asked(slack, "users.lookupByEmail") == 1
    named = {name: why for name, why in directory.unresolved().items() if not name.startswith("@")}
    assert named == {"ana": "missing_scope", "zoe": "missing_scope"}
    slack.faults.clear()
    await directory.refresh()
    assert directory.user("ana") == ANA


async def test_a_busy_slack_does_not_mean_that_somebody_is_not_there(directory: Directory, slack: SlackDouble) -> None:
    slack.faults.add(Fault(method="users.lookupByEmail", kind="ratelimited", times=1))
    async with keeping(directory, every=0.02):
        await wait_until(lambda: directory.user("ana") == ANA)
        await wait_until(lambda: directory.unresolved().get("zoe") == "users_not_found")


# Against a Slack that changes


@dataclass
class Changing:
    """Speaks as much of Slack's API as the directory asks for; `groups`: who is in them, by handle."""

    groups: dict[str, list[str]]
    shows_users: bool = True
    enterprise: str = ""
    refused: dict[str, str] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    url: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        method, form = request.match_info["method"], await request.post()
        told = {**request.query, **form}
        self.calls[method] += 1
        if word := self.refused.get(method):
            return web.json_response({"ok": False, "error": word})
        return web.json_response({"ok": True, **self._said(method, told)})

    def _said(self, method: str, told: dict[str, Any]) -> dict[str, Any]:
        match method:
            case "auth.test":
                return {"team_id": "T1", "enterprise_id": self.enterprise or None}
            case "usergroups.list":
                rows = [{"id": f"S{handle}", "handle": handle, "name": handle} for handle in self.groups]
                shown = self.shows_users and str(told.get("include_users")).lower() in ("1", "true")
                return {"usergroups": [row | ({"users": self.groups[row["handle"]]} if shown else {}) for row in rows]}
            case "usergroups.users.list":
                return {"users": self.groups[told["usergroup"][1:]]}
            case _:
                return {"channels": []}


@pytest.fixture
async def changing() -> AsyncIterator[Changing]:
    double = Changing({"on-call": ["U1"], "release-managers": ["U2"], "others": ["U1", "U2"]})
    app = web.Application()
    app.router.add_route("*", "/api/{method}", double.answer)
    async with serve(app) as url:
        double.url = f"{url}/api/"
        yield double


async def test_who_joins_and_who_leaves_a_group(changing: Changing, book: Book) -> None:
    book.write("")
    async with asking(changing.url, book) as directory, keeping(directory, every=0.02):
        assert directory.known_as("U1") == {"@on-call", "@others"}
        changing.groups["on-call"] = ["U2"]
        await wait_until(lambda: directory.known_as("U1") == {"@others"})
        assert directory.known_as("U2") == {"@on-call", "@release-managers", "@others"}
        del changing.groups["others"]
        await wait_until(lambda: directory.spell("@others") == "@others")
        assert changing.calls["usergroups.users.list"] == 0


async def test_members_that_slack_leaves_out_are_asked_for_when_the_policy_names_the_group(
    changing: Changing, book: Book
) -> None:
    changing.shows_users = False
    book.write('rights: {silence: ["@Release-Managers"]}')
    async with asking(changing.url, book) as directory:
        await directory.refresh()
        assert directory.known_as("U1") == {"@on-call"}
        assert directory.known_as("U2") == {"@release-managers"}
        assert changing.calls["usergroups.users.list"] == 2
        assert directory.spell("@others") == "<!subteam^Sothers>"
        changing.refused["usergroups.users.list"] = "missing_scope"
        await directory.refresh()
        assert directory.known_as("U2") == frozenset()


async def test_the_enterprise_of_a_workspace(changing: Changing, book: Book) -> None:
    book.write("")
    changing.enterprise = "E1"
    async with asking(changing.url, book) as directory:
        await directory.refresh()
        assert (directory.team, directory.enterprise) == ("T1", "E1")


async def test_a_person_of_whom_slack_says_nothing_is_not_there(changing: Changing, book: Book) -> None:
    book.write("people: {ana: {name: Ana, slack: ana@example.com}}")
    async with asking(changing.url, book) as directory:
        await directory.refresh()
        assert directory.unresolved() == {"ana": "users_not_found"}
