"""The manifest of the Slack app: its scopes are what the code needs, and Socket Mode needs no address."""

import re
from argparse import Namespace
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from bot.cli import manifest
from handlers import registry
from tests.house.tree import ROOT, python

# The "Scopes" of each method (docs.slack.dev/reference/methods), for the kinds of conversation that we use it on
NEEDED: Mapping[str, set[str]] = {
    "apps_connections_open": set(),  # connections:write of the app-level token
    "auth_test": set(),
    "chat_delete": {"chat:write"},
    "chat_getPermalink": set(),
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write", "chat:write.public"},
    "chat_update": {"chat:write"},
    "bookmarks_add": {"bookmarks:write"},
    "bookmarks_list": {"bookmarks:read"},
    "conversations_archive": {"channels:manage", "groups:write"},
    "conversations_create": {"channels:manage", "groups:write"},
    "conversations_history": {"channels:history", "groups:history", "im:history"},
    "conversations_invite": {"channels:manage", "groups:write"},
    "conversations_list": {"channels:read", "groups:read"},
    "conversations_open": {"im:write"},
    "conversations_replies": {"channels:history", "groups:history", "im:history"},
    "conversations_setPurpose": {"channels:manage", "groups:write"},
    "conversations_setTopic": {"channels:manage", "groups:write"},
    "files_completeUploadExternal": {"files:write"},
    "files_getUploadURLExternal": {"files:write"},
    "pins_add": {"pins:write"},
    "usergroups_list": {"usergroups:read"},
    "users_info": {"users:read"},
    "usergroups_users_list": {"usergroups:read"},
    "users_lookupByEmail": {"users:read.email", "users:read"},  # the one must be asked for with the other
    "views_open": set(),
    "views_update": set(),
}
CALL = re.compile(
    r"\.((?:apps|auth|bookmarks|chat|conversations|files|reactions|pins|team|usergroups|users|views)_[a-zA-Z_]+)\b"
)


def _printed(capsys: pytest.CaptureFixture[str], *, socket: bool = False, **environ: str) -> tuple[Any, str]:
    assert manifest.run(Namespace(socket=socket, json=False), environ) == 0
    said = capsys.readouterr()
    return yaml.safe_load(said.out), said.err


def test_the_scopes_are_those_of_the_methods_that_are_called() -> None:
    files = [path for path in python("bot") if "playground" not in path.parts]
    called = {name for path in files for name in CALL.findall(path.read_text(encoding="utf-8"))}
    assert called <= set(NEEDED), "look up what the new method needs and add it here and in bot/cli/manifest.py"
    heard = {"pins:read", "reactions:read"}  # of the events (docs.slack.dev/reference/events)
    asked = set().union(*(NEEDED[name] for name in called)) | {"commands"} | heard
    assert set(manifest.SCOPES) == asked


def test_http_has_its_addresses(capsys: pytest.CaptureFixture[str]) -> None:
    made, err = _printed(capsys, SERENO_PUBLIC_URL="https://bot.example.org/")
    commands = made["features"]["slash_commands"]
    addresses = {made["settings"]["interactivity"]["request_url"], *(command["url"] for command in commands)}
    assert addresses == {"https://bot.example.org/slack/events"}
    assert made["settings"]["socket_mode_enabled"] is False
    assert all(command["should_escape"] is True for command in commands)
    assert err == ""


def test_every_slash_command_is_there_as_slack_takes_it(capsys: pytest.CaptureFixture[str]) -> None:
    made, _ = _printed(capsys)
    found = {command["command"]: command["description"] for command in made["features"]["slash_commands"]}
    assert found["/sereno"] == "What is open, and why"
    assert found["/release-status"] == "How a release is doing"
    assert set(found) == set(registry.slashes())
    assert all(re.fullmatch(r"/[a-z0-9][a-z0-9-]{0,30}", name) for name in found)


def test_the_hint_names_every_sub_command(capsys: pytest.CaptureFixture[str]) -> None:
    made, _ = _printed(capsys)
    hints = {command["command"]: command["usage_hint"].split(" | ") for command in made["features"]["slash_commands"]}
    assert hints["/sereno"] == [*registry.slashes()["/sereno"].commands, "help"]
    assert {"[VERSION]", "help"} <= set(hints["/release-status"])
    assert "status" not in hints["/release-status"], "its word may be left out"


@pytest.mark.parametrize(("socket", "environ"), [(True, {}), (False, {"SLACK_APP_TOKEN": "xapp-1-quite-secret"})])
def test_socket_mode_has_no_address_and_says_which_token_it_needs(
    capsys: pytest.CaptureFixture[str], socket: bool, environ: dict[str, str]
) -> None:
    made, err = _printed(capsys, socket=socket, **environ)
    assert made["settings"]["socket_mode_enabled"] is True
    assert made["settings"]["interactivity"] == {"is_enabled": True}
    assert [command for command in made["features"]["slash_commands"] if "url" in command] == []
    assert "https://" not in yaml.safe_dump(made)
    assert "connections:write" in err
    assert "secret" not in err + yaml.safe_dump(made)


def test_the_file_in_deploy_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    made, _ = _printed(capsys)
    kept = (ROOT / "deploy" / "slack-manifest.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(kept) == made, "sereno manifest > deploy/slack-manifest.yaml"
