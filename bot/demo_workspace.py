"""Stands the playground in for Slack when there is no token."""

import hmac
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from aiohttp import web

from bot.cards.mrkdwn import draw
from bot.clock import Clock
from bot.doctor.channels import places
from bot.playground.app import add_playground
from bot.playground.faults import Faults
from bot.playground.workspace import Workspace
from bot.slack_marks import EVENTS
from handlers import registry
from handlers.contract import Auth, Source
from rules.policy import Policy

TOKEN = "xoxb-playground"  # noqa: S105 - the playground's own, it opens nothing else
SAMPLES = Path(__file__).parent / "playground" / "samples"


def add(
    app: web.Application,
    *,
    data: Path,
    policy: Policy,
    clock: Clock,
    secret: str,
    bot_url: Callable[[], str],
    hook_headers: Callable[[str, bytes], dict[str, str]],
) -> Workspace:
    """Mount a workspace that has the policy's channels and keeps its messages in `data`."""
    first = [policy.channel(severity.channel) for severity in policy.severities.values()]
    first += [policy.channel(route.channel) for route in policy.routes if route.channel]
    names = dict.fromkeys(place.removeprefix("#") for place in [*first, *places(policy)])
    workspace = Workspace(
        clock=lambda: clock.now() / 1000,
        saved=data / "workspace.jsonl",
        channels=tuple(names),
        token=TOKEN,
        signing_secret=secret,
        events=EVENTS,
        shortcuts={name: draw(one.name) for name, one in registry.shortcuts().items()},
    )
    add_playground(
        app, workspace, faults=Faults(), bot_url=bot_url, samples=SAMPLES, hook_headers=hook_headers,
        language=policy.language,
    )  # fmt: skip
    return workspace


def signed(source: Source, secrets: list[str], body: bytes) -> dict[str, str]:
    """The headers with which a sender of this source proves who it is."""
    if not secrets:
        return {}
    if source.auth is Auth.BEARER:
        return {"Authorization": f"Bearer {secrets[0]}"}
    return {"X-Hub-Signature-256": "sha256=" + hmac.new(secrets[0].encode(), body, sha256).hexdigest()}
