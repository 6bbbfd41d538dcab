"""`sereno manifest`: print the Slack app manifest, made from the handlers there are."""

import argparse
import json
import sys
from collections.abc import Mapping
from typing import Any

import yaml

from bot.cards.mrkdwn import draw
from bot.cards.plain import plain
from bot.cli.saying import word
from bot.settings import read
from bot.slack_marks import EVENTS
from handlers import registry
from handlers.contract import Slash
from rules.text import Text

ABOUT = Text.of("print the Slack app manifest, made from the handlers there are.")

EXAMPLE = "https://sereno.example.org"
# What each is for: see "Scopes" in https://docs.slack.dev/reference/methods and the pages of https://docs.slack.dev/reference/scopes
SCOPES: Mapping[str, Text] = {
    "bookmarks:read": Text.of("links that a war-room has already"),
    "bookmarks:write": Text.of("links in the head of a war-room"),
    "channels:history": Text.of("look up a message whose answer was lost, or that somebody put on a timeline"),
    "channels:manage": Text.of("make, invite to, name and archive war-rooms"),
    "channels:read": Text.of("the ids of channels"),
    "chat:write": Text.of("cards, threads, answers"),
    "chat:write.public": Text.of("cards in public channels without an invitation"),
    "commands": Text.of("slash commands"),
    "files:write": Text.of("charts of a release"),
    "groups:history": Text.of("look up a lost message in a private channel"),
    "groups:read": Text.of("the ids of private channels"),
    "groups:write": Text.of("the same for private war-rooms"),
    "im:history": Text.of("look up a lost direct message"),
    "im:write": Text.of("direct messages to who is called"),
    "pins:read": Text.of("hear that a message is pinned, for the timeline"),
    "pins:write": Text.of("pin the card of a war-room"),
    "reactions:read": Text.of("hear of a pushpin on a message, for the timeline"),
    "usergroups:read": Text.of("mentions and rights of @groups"),
    "users:read": Text.of("has to go with users:read.email"),
    "users:read.email": Text.of("people that the policy names by e-mail address"),
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """--socket, --json."""
    parser.add_argument("--socket", action="store_true",
                        help=word("for Socket Mode, without addresses; also when SLACK_APP_TOKEN is set"))  # fmt: skip
    parser.add_argument("--json", action="store_true", help=word("as JSON instead of YAML"))


def run(given: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Print it; SERENO_PUBLIC_URL is where Slack reaches the bot."""
    settings = read(environ)
    socket = bool(given.socket or settings.slack_app_token.get_secret_value())
    made = manifest(settings.sereno_public_url or EXAMPLE, socket=socket)
    print(json.dumps(made, indent=2) if given.json else yaml.safe_dump(made, sort_keys=False), end="")
    if socket:
        also = Text.of(
            "Socket Mode also needs an app-level token with the scope connections:write: in the app, Basic "
            "Information, App-Level Tokens. Give it to Sereno as SLACK_APP_TOKEN."
        )
        print(plain(also), file=sys.stderr)
    return 0


def manifest(public_url: str, *, socket: bool = False) -> dict[str, Any]:
    """The app as Slack's "create from a manifest" takes it (https://docs.slack.dev/reference/app-manifest)."""
    address = f"{public_url.rstrip('/')}/slack/events"
    return {
        "display_information": {
            "name": "Sereno",
            "description": "Alerts, once, in the right place.",
            "background_color": "#1f2a44",
        },
        "features": _features(address, socket=socket),
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**({} if socket else {"request_url": address}), "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **({} if socket else {"request_url": address})},
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket,
            "token_rotation_enabled": False,
        },
    }


def _features(address: str, *, socket: bool) -> dict[str, Any]:
    return {
        # Without the Messages tab Slack refuses direct messages; nobody is listening there, so it is read-only.
        "app_home": {
            "home_tab_enabled": False,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": True,
        },
        "shortcuts": [
            {"name": draw(one.name), "type": "message", "callback_id": name, "description": draw(one.about)}
            for name, one in registry.shortcuts().items()
        ],
        "bot_user": {"display_name": "Sereno", "always_online": True},
        "slash_commands": [
            {
                "command": slash.name,
                **({} if socket else {"url": address}),
                "description": draw(slash.about),
                "usage_hint": _hint(slash),
                "should_escape": True,
            }
            for slash in registry.slashes().values()
        ],
    }


def _hint(slash: Slash) -> str:
    words = [one.usage if word == slash.otherwise else word for word, one in slash.commands.items()]
    return " | ".join([*words, "help"])
