"""Names to Slack ids: channels, people and user groups, asked ahead of time, never on an alert's way."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.cards.mrkdwn import inert
from rules.policy import Policy
from rules.team import USER_ID
from rules.user_groups import groups_of

# Who is in a group decides rights; channels are many and rarely new.
REFRESH_S, AGAIN_S, CHANNELS_EVERY = 600.0, 15.0, 6
ATTEMPT_S = 30.0
PASSING = {
    "ratelimited", "fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_added_to_org",
}  # fmt: skip
NOBODY = {"users_not_found", "user_not_found", "user_not_visible"}
log = structlog.get_logger()


class Part(StrEnum):
    """What is asked by itself, so that one refusal does not stop the others."""

    TEAM = "team"
    GROUPS = "groups"
    PEOPLE = "people"
    CHANNELS = "channels"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A user group of Slack and who is in it."""

    id: str
    members: frozenset[str]


class Directory:
    """What Slack calls our channels, people and groups. A name that is not known (yet) is used as it is."""

    def __init__(self, web: AsyncWebClient, *, policy: Callable[[], Policy]) -> None:
        self._web, self._policy = web, policy
        self._channels: dict[str, str] = {}
        self._groups: dict[str, Group] = {}
        self._heard_of_groups, self._no_groups = False, ""
        self._ids: dict[str, str] = {}  # by e-mail address
        self._failed: dict[str, str] = {}
        self._due, self._tried = set(Part), set[Part]()
        self._stale = asyncio.Event()
        self._asks: Mapping[Part, Callable[[], Awaitable[None]]] = {
            Part.TEAM: self._ask_team,
            Part.GROUPS: self._ask_groups,
            Part.PEOPLE: self._ask_people,
            Part.CHANNELS: self._ask_channels,
        }
        self.team, self.enterprise, self.me = "", "", ""
        self._colleagues: dict[str, bool] = {}
        self.loaded = asyncio.Event()

    @property
    def is_ready(self) -> bool:
        """Whether we know our workspace, and have asked, if in vain, who its groups and people are."""
        return bool(self.team) and {Part.GROUPS, Part.PEOPLE} <= self._tried

    def channel(self, place: str) -> str:
        """The id of a #channel, or the name when the id is not known."""
        return self._channels.get(place.removeprefix("#"), place)

    def learn(self, place: str, channel: str) -> None:
        """Slack answered for a #channel with this id."""
        if channel:
            self._channels[place.removeprefix("#")] = channel

    def user(self, name: str) -> str:
        """The Slack id of a person of the policy, with or without "@"; "" when it is not known."""
        member = self._policy().people.get(name.removeprefix("@"))
        if member is None:
            return ""
        return member.slack if USER_ID.fullmatch(member.slack) else self._ids.get(_address(member.slack), "")

    def known_as(self, user_id: str) -> frozenset[str]:
        """The names by which the policy may mean this person: of the people map, and "@handle" of each group."""
        people = {name for name in self._policy().people if user_id and self.user(name) == user_id}
        return frozenset(people | {f"@{handle}" for handle, group in self._groups.items() if user_id in group.members})

    def ids(self, name: str) -> frozenset[str]:
        """Slack's ids of those whom a name means: a person, "user:<id>", all of a user group; none when unknown."""
        if name.startswith("user:"):
            return frozenset({name.removeprefix("user:")})
        if found := self.user(name):
            return frozenset({found})
        group = self._groups.get(name.removeprefix("@").lower())
        return group.members if group else frozenset()

    def full_name(self, user_id: str) -> str:
        """What the policy calls a person, by Slack's id; "" for somebody whom it does not name."""
        names = (
            member.name for name, member in self._policy().people.items() if user_id and self.user(name) == user_id
        )
        return next(names, "")

    async def is_stranger(self, user_id: str, team: str) -> bool:
        """Whether somebody is of another workspace than ours; in an organisation, of none of its workspaces.

        `team`: the workspace or organisation that Slack says the person is of, "" when it does not say.
        """
        if not team or team in (self.team, self.enterprise):
            return False
        if not self.enterprise:
            return True
        if user_id not in self._colleagues:
            self._colleagues[user_id] = await self._is_colleague(user_id)
        return not self._colleagues[user_id]

    async def _is_colleague(self, user_id: str) -> bool:
        try:
            reply = await self._web.users_info(user=user_id)
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("person_unknown", user=user_id, error=str(error)[:200], next="refused as of another workspace")
            return False
        of = (reply.get("user") or {}).get("enterprise_user") or {}
        return str(of.get("enterprise_id") or "") == self.enterprise

    def named(self, id_: str) -> str:
        """The policy's word for an id of Slack: "@ana", "#alerts", "@on-call"; "" for an id that is not known."""
        people = (f"@{name}" for name in self._policy().people if self.user(name) == id_)
        channels = (f"#{name}" for name, found in self._channels.items() if found == id_)
        groups = (f"@{handle}" for handle, group in self._groups.items() if group.id == id_)
        return next((word for words in (people, channels, groups) for word in words), "") if id_ else ""

    def knows(self, name: str) -> bool:
        """Whether Slack would notify somebody by this name of the policy."""
        return self.spell(name).startswith("<")

    def spell(self, name: str) -> str:
        """Slack's markup for a mention of the policy: channel, here, or an @name; unknown names stay plain text."""
        if name in ("channel", "here"):
            return f"<!{name}>"
        if name.startswith("user:") and USER_ID.fullmatch(name.removeprefix("user:")):
            return f"<@{name.removeprefix('user:')}>"
        key = name.removeprefix("@")
        if key in self._policy().people:
            found = self.user(key)
            return f"<@{found}>" if found else inert(name, 80)
        group = self._groups.get(key.lower())
        return f"<!subteam^{group.id}>" if group else inert(name, 80)

    def unresolved(self) -> dict[str, str]:
        """The people and "@group"s that the policy names and Slack does not have, and why; empty until it was asked."""
        policy = self._policy()
        people = {
            name: self._failed[_address(member.slack)]
            for name, member in policy.people.items()
            if _address(member.slack) in self._failed
        }
        lost = {name for name in groups_of(policy) if name.removeprefix("@").lower() not in self._groups}
        groups = dict.fromkeys(sorted(lost), self._no_groups or "no user group has this handle")
        return people | (groups if self._heard_of_groups else {})

    def stale(self) -> None:
        """The policy has changed, or the wait is over: `keep` asks now for people and groups, also for those missed."""
        self._failed.clear()
        self._stale.set()

    async def refresh(self) -> None:
        """Ask Slack for everything. Raises what the Slack client raises; what was known stays known then."""
        self._failed.clear()
        self._due = set(Part)
        for part in Part:
            await self._ask(part)

    async def keep(self, every: float = REFRESH_S) -> None:
        """Refresh for ever: people and groups each `every` seconds, channels each sixth time."""
        rounds, waited = 0, 0.0
        while True:
            pause = every if await self._round() else min(AGAIN_S, every)
            self.loaded.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._stale.wait()
            waited += pause
            if self._stale.is_set() or waited >= every:
                self._due |= {Part.GROUPS, Part.PEOPLE}
            if waited >= every:
                rounds, waited = rounds + 1, 0.0
                if rounds % CHANNELS_EVERY == 0:
                    self._failed.clear()
                    self._due.add(Part.CHANNELS)
            self._stale.clear()

    async def _round(self) -> bool:
        """Ask for what is due; whether all of it was answered."""
        for part in [one for one in Part if one in self._due]:
            try:
                async with asyncio.timeout(ATTEMPT_S):
                    await self._ask(part)
            except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                hint = "names are used as they are; trying again"
                log.warning("directory_failed", part=part.value, error=str(error)[:200], hint=hint)
        return not self._due

    async def _ask(self, part: Part) -> None:
        try:
            await self._asks[part]()
            self._due.discard(part)
        finally:
            self._tried.add(part)

    async def _ask_team(self) -> None:
        reply = await self._web.auth_test()
        self.team, self.enterprise = str(reply.get("team_id") or ""), str(reply.get("enterprise_id") or "")
        self.me = str(reply.get("user_id") or "")

    async def _ask_channels(self) -> None:
        cursor = ""
        while True:
            page = await self._web.conversations_list(limit=1000, cursor=cursor, types="public_channel,private_channel")
            rows: list[dict[str, Any]] = page.get("channels") or []
            self._channels |= {row["name"]: row["id"] for row in rows if row.get("name") and not row.get("is_archived")}
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    async def _ask_groups(self) -> None:
        try:
            reply = await self._web.usergroups_list(include_users=True)
        except SlackApiError as error:  # not on every plan, and a scope of its own; channels do not depend on it
            word = _lasting(error)
            if word != self._no_groups:
                log.warning("no_user_groups", error=word, hint="@names stay plain text and give nobody a right")
            self._groups = {name: replace(group, members=frozenset()) for name, group in self._groups.items()}
            self._heard_of_groups, self._no_groups = True, word
            return
        named = {name.removeprefix("@").lower() for name in groups_of(self._policy())}
        rows = [row for row in reply.get("usergroups") or [] if row.get("handle") and row.get("id")]
        self._groups = {row["handle"].lower(): await self._group(row, named) for row in rows}
        self._heard_of_groups, self._no_groups = True, ""

    async def _group(self, row: dict[str, Any], named: set[str]) -> Group:
        """A group with its members; those that Slack left out are asked for when the policy names the group."""
        members = row.get("users")
        if members is None and row["handle"].lower() in named:
            try:
                members = (await self._web.usergroups_users_list(usergroup=row["id"])).get("users")
            except SlackApiError as error:
                log.warning("no_members", group=row["handle"], error=_lasting(error), hint="it gives nobody a right")
        return Group(id=row["id"], members=frozenset(members or ()))

    async def _ask_people(self) -> None:
        """Look up who is not known yet; an answer of "no such user" is kept until the channels are asked again."""
        wanted = {_address(one.slack) for one in self._policy().people.values() if not USER_ID.fullmatch(one.slack)}
        refused = ""
        for address in sorted(wanted - {"", *self._ids, *self._failed}):
            if refused:
                self._failed[address] = refused
            elif word := await self._look_up(address):
                self._failed[address] = word
                refused = "" if word in NOBODY else word
        if refused:
            log.warning("no_people", error=refused, hint="the bot needs users:read.email, or write Slack ids")

    async def _look_up(self, address: str) -> str:
        """Ask for one account; Slack's word when it is not to be had."""
        try:
            reply = await self._web.users_lookupByEmail(email=address)
        except SlackApiError as error:
            return _lasting(error)
        found = str((reply.get("user") or {}).get("id") or "")
        if found:
            self._ids[address] = found
        return "" if found else "users_not_found"


def _address(slack: str) -> str:
    return slack.strip().lower()


def _lasting(error: SlackApiError) -> str:
    """Slack's word for a refusal that asking again will not change; raises the error when it may."""
    status = getattr(error.response, "status_code", 0)
    data = getattr(error.response, "data", None)
    word = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status == 429 or status >= 500 or not word or word in PASSING:
        raise error
    return word
