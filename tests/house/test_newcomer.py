"""The newcomer's tasks: what handlers/README.md and rules/README.md show works as it stands."""

import json
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rules import examples, policy_file
from rules.policy import Policy
from rules.reason import Reason
from tests.house import documents
from tests.house.running import plain_env, running
from tests.house.tree import ROOT

PAGE = ROOT / "handlers" / "README.md"
FILES = [
    ("python", "handlers/webhooks/uptime.py"),
    ("json", "tests/payloads/uptime/check__down.json"),
    ("python", "handlers/commands/sereno/worst.py"),
    ("python", "handlers/buttons/shrug.py"),
    ("python", "handlers/forms/handover.py"),
    ("python", "handlers/buttons/handover.py"),
]
RULES = ROOT / "rules" / "README.md"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the three rooms with the examples' files in it."""
    folder = tmp_path_factory.mktemp("house")
    for room in ("bot", "handlers", "rules"):
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    for kind, name in FILES:
        [body] = documents.blocks(PAGE, kind, name)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(body)
    return folder


@pytest.fixture(scope="module")
def url(house: Path) -> Iterator[str]:
    """Where a bot that runs from the copy listens."""
    with running(house, plain_env()) as address:
        yield address


def test_a_new_source_is_shown_in_slack(house: Path, url: str) -> None:
    body = (house / "tests/payloads/uptime/check__down.json").read_bytes()
    assert _post(f"{url}/hooks/uptime", body) == {"status": "accepted", "why": "opened"}
    for _ in range(200):
        state = urllib.request.urlopen(f"{url}/playground/ui/state").read().decode()
        if "shop does not answer" in state:
            break
        time.sleep(0.05)
    else:
        raise AssertionError("no card")
    up = json.dumps({"name": "shop", "up": True}).encode()
    assert _post(f"{url}/hooks/uptime", up) == {"status": "accepted", "why": "resolved"}
    assert 'source="uptime"' in urllib.request.urlopen(f"{url}/metrics").read().decode()


def test_a_new_source_refuses_what_it_cannot_read(url: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        _post(f"{url}/hooks/uptime", b"[]")
    assert refused.value.code == 400
    refused.value.close()


def test_explain_knows_a_new_source(house: Path) -> None:
    asked = [sys.executable, "-m", "bot", "explain", "--source", "uptime", "tests/payloads/uptime/check__down.json"]
    told = subprocess.run(asked, cwd=house, env=plain_env(), capture_output=True, text=True, check=True).stdout
    assert "severity  P0" in told


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        ("sorted(registry.slashes()['/sereno'].commands)", "worst"),
        ("sorted(registry.buttons())", "shrug"),
        ("sorted(registry.forms())", "handover"),
        ("asyncio.run(registry.slashes()['/sereno'].commands['worst'].run([], None, Desk()))", "Nothing is open"),
        ("asyncio.run(registry.buttons()['shrug'].press('x', None, Desk()))", "I know nothing open"),
        ("asyncio.run(registry.buttons()['handover'].press('x', None, Desk())).title", "Hand over"),
        ("asyncio.run(registry.forms()['handover'].changed('x', {'whom': 'ana'}, None, Desk()))", "value='ana'"),
        ("asyncio.run(registry.forms()['handover'].sent('x', {'whom': 'x'}, None, Desk()))['whom']", "I do not know"),
        ("asyncio.run(registry.forms()['handover'].sent('x', {'whom': '@db'}, None, Desk()))", "I know nothing open"),
    ],
)
def test_new_commands_buttons_and_forms_are_found_and_answer(house: Path, ask: str, answer: str) -> None:
    policy = "Policy(channels={'fallback': '#x'}, severities={'P1': {}})"
    desk = (
        "class Desk:\n async def open_records(self): return []\n async def find(self, key): return None\n"
        f" def policy(self): return {policy}\n def now(self): return 1\n def knows(self, name): return name == '@db'\n"
    )
    program = f"import asyncio\nfrom handlers import registry\nfrom rules.policy import Policy\n{desk}print({ask})"
    told = subprocess.run([sys.executable, "-c", program], cwd=house, env=plain_env(), capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    assert answer in told.stdout


@pytest.mark.parametrize("number", range(len(documents.blocks(RULES, "yaml"))))
def test_the_policy_examples_are_good(number: int) -> None:
    snippet = documents.blocks(RULES, "yaml")[number]
    text = snippet if snippet.startswith("team:") else _within_default(snippet)
    policy = policy_file.load(text, "rules/README.md")
    assert examples.faults(policy, text, "rules/README.md") == []


def test_the_policy_reference_names_every_key() -> None:
    named = set(documents.first_cells(RULES, "## The policy, key by key"))
    assert named == set(_keys(Policy.model_json_schema(by_alias=True)))


def test_the_lifecycle_table_names_every_reason() -> None:
    assert documents.first_cells(RULES, "## Reasons") == [reason.value for reason in Reason]


def _keys(schema: dict[str, Any]) -> Iterator[str]:
    inner = {
        "severities.*.": "Severity", "severities.*.escalate[].": "Escalation",
        "people.*.": "Member", "oncall.*.": "Rotation", "oncall.*.overrides[].": "Override", "rights.": "Rights",
        "working_hours.": "WorkingHours", "mutes[].": "Mute", "routes[].": "Route", "quiet_hours.": "QuietHours",
        "flapping.": "Flapping", "storm.": "Storm", "routes[].examples[].": "Example",
        "routes[].examples[].expect.": "Expectation", "slos.*.": "Objective", "slos.*.burn[].": "BurnWindow",
        "releases.*.": "Plan", "releases.*.checks.*.": "Check", "releases.*.checkpoints[].": "Checkpoint",
        "releases.*.checkpoints[].gate.": "Gate", "releases.*.criteria.": "Criteria",
        "releases.*.yellow.": "Action", "releases.*.red.": "Action", "mail.": "Mail", "digest.*.": "Digest",
        "heartbeats.*.": "Heartbeat", "silent_sources.": "Sources", "canary.": "Canary", "scopes.*.": "Scope",
        "war_room.": "WarRoom", "war_room.bookmarks[].": "Bookmark", "war_room.publish.": "Publish",
        "releases.*.rollback_dispatch.": "Dispatch", "releases.*.running.": "Running",
    }  # fmt: skip
    assert set(inner.values()) == set(schema["$defs"]) - _without_keys(schema), "a new part of the policy: name it here"
    yield from (name for name in schema["properties"])
    for prefix, shape in inner.items():
        yield from (prefix + name for name in schema["$defs"][shape]["properties"])


def _without_keys(schema: dict[str, Any]) -> set[str]:
    return {name for name, shape in schema["$defs"].items() if "properties" not in shape}


def _within_default(snippet: str) -> str:
    """The default policy with the snippet's keys instead of its own."""
    text = (ROOT / "rules" / "policies" / "default.yaml").read_text(encoding="utf-8")
    for key in re.findall(r"^(\w+):", snippet, re.MULTILINE):
        text = re.sub(rf"^{key}:.*?(?=^\w|\Z)", "", text, flags=re.MULTILINE | re.DOTALL)
    return f"{text}\n{snippet}"


def _post(url: str, body: bytes) -> dict[str, str]:
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return dict(json.loads(answer.read()))
