"""What the checks of `sereno doctor` have to go by."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.doctor.finding import Finding
from bot.settings import Settings
from rules.policy import Policy
from rules.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """Slack's answer to `auth.test`; times in unix milliseconds, names of headers in lower case."""

    body: Mapping[str, object]
    headers: Mapping[str, str]
    asked: int
    answered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One set-up. `given`: names in the environment; `web` and `greeting` are None when the playground is used.

    `scopes`: those of the manifest and what each is for. `greeting`: awaited by all that need Slack to answer at all.
    """

    settings: Settings
    given: frozenset[str]
    policy: Policy
    text: str
    path: Path
    data: Path
    scopes: Mapping[str, Text]
    clock: Clock
    http: aiohttp.ClientSession
    web: AsyncWebClient | None
    greeting: asyncio.Task[Greeting | Finding] | None


Check = Callable[[Case], Awaitable[list[Finding]]]
