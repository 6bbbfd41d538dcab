"""`sereno manifest`: print the Slack app manifest, made from the handlers there are."""

import argparse
import json
from collections.abc import Mapping
from typing import Any

import yaml

from bot.settings import read

SCOPES = [
    "channels:history", "channels:read", "chat:write", "chat:write.public", "commands",
    "groups:history", "groups:read", "usergroups:read",
]  # fmt: skip


def arguments(parser: argparse.ArgumentParser) -> None:
    """--json."""
    parser.add_argument("--json", action="store_true", help="as JSON instead of YAML")


def run(given: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Print it; SERENO_PUBLIC_URL is where Slack reaches the bot."""
    made = manifest(read(environ).sereno_public_url or "https://sereno.example.org")
    print(json.dumps(made, indent=2) if given.json else yaml.safe_dump(made, sort_keys=False), end="")
    return 0


def manifest(public_url: str) -> dict[str, Any]:
    """The app as Slack's "create from a manifest" takes it (https://docs.slack.dev/reference/app-manifest)."""
    address = f"{public_url.rstrip('/')}/slack/events"
    return {
        "display_information": {
            "name": "Sereno",
            "description": "Alerts, once, in the right place.",
            "background_color": "#1f2a44",
        },
        "features": {
            "bot_user": {"display_name": "Sereno", "always_online": True},
            "slash_commands": [
                {
                    "command": "/sereno",
                    "url": address,
                    "description": "What is open, and why",
                    "usage_hint": "help",
                    "should_escape": True,
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": SCOPES}},
        "settings": {
            "interactivity": {"is_enabled": True, "request_url": address},
            "org_deploy_enabled": False,
            "socket_mode_enabled": False,
            "token_rotation_enabled": False,
        },
    }
