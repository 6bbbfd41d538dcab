"""`sereno manifest`: print the Slack app manifest, made from the handlers there are."""

import argparse
import json
import sys
from collections.abc import Mapping
from typing import Any

import yaml

from bot.cards.mrkdwn import draw
from bot.settings import read
from handlers import registry
from handlers.contract import Slash

EXAMPLE = "https://sereno.example.org"
# What each is for: see "Scopes" in https://docs.slack.dev/reference/methods and the pages of https://docs.slack.dev/reference/scopes
SCOPES: Mapping[str, str] = {
    "channels:history": "look up a message whose answer was lost",
    "channels:read": "the ids of channels",
    "chat:write": "cards, threads, answers",
    "chat:write.public": "cards in public channels without an invitation",
    "commands": "slash commands",
    "files:write": "charts of a release",
    "groups:history": "look up a lost message in a private channel",
    "groups:read": "the ids of private channels",
    "im:history": "look up a lost direct message",
    "im:write": "direct messages to who is called",
    "usergroups:read": "mentions and rights of @groups",
    "users:read": "has to go with users:read.email",
    "users:read.email": "people that the policy names by e-mail address",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """--socket, --json."""
    parser.add_argument("--socket", action="store_true",
                        help="for Socket Mode, without addresses; also when SLACK_APP_TOKEN is set")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="as JSON instead of YAML")


def run(given: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Print it; SERENO_PUBLIC_URL is where Slack reaches the bot."""
    settings = read(environ)
    socket = bool(given.socket or settings.slack_app_token.get_secret_value())
    made = manifest(settings.sereno_public_url or EXAMPLE, socket=socket)
    print(json.dumps(made, indent=2) if given.json else yaml.safe_dump(made, sort_keys=False), end="")
    if socket:
        print("Socket Mode also needs an app-level token with the scope connections:write: in the app, Basic "
              "Information, App-Level Tokens. Give it to Sereno as SLACK_APP_TOKEN.", file=sys.stderr)  # fmt: skip
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
        "features": {
            # Without the Messages tab Slack refuses direct messages; nobody is listening there, so it is read-only.
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
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
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "interactivity": {"is_enabled": True, **({} if socket else {"request_url": address})},
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket,
            "token_rotation_enabled": False,
        },
    }


def _hint(slash: Slash) -> str:
    words = [one.usage if word == slash.otherwise else word for word, one in slash.commands.items()]
    return " | ".join([*words, "help"])
