"""The doctor: a healthy set-up is 0, and each ailment has its line, its level and its advice."""

import asyncio
import json
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web
from redis.asyncio import Redis

from bot import policy_box
from bot.cli import doctor
from bot.cli.manifest import SCOPES
from bot.doctor.addresses import shown
from bot.doctor.case import Case
from bot.doctor.clocks import agreement
from bot.doctor.finding import Finding, ok, theirs
from bot.doctor.rounds import examine
from bot.ears import Ears
from bot.playground.faults import Fault
from bot.playground.people import BOT_USER, PEOPLE
from bot.policy_box import DEFAULT
from bot.settings import read
from rules.text import Text
from rules.unfit import english
from tests.bot.shell import sereno
from tests.conftest import SlackDouble, TurningClock, serve
from tests.system.alertmanagers import BINARY, alertmanagers
from tests.system.processes import Valkey

SECRET = "hush-hush-hush"


@dataclass
class Said:
    """What it found, by what was looked at; of two with the same name the worse."""

    code: int
    out: str
    rows: list[dict[str, str]]

    def __getitem__(self, what: str) -> tuple[str, str, str]:
        order = ("wrong", "warning", "ok")
        found = [row for row in self.rows if row["what"] == what]
        assert found, f"nothing of {what!r} in {[row['what'] for row in self.rows]}"
        row = min(found, key=lambda one: order.index(one["level"]))
        return row["level"], row["found"], row["todo"]


@dataclass
class Practice:
    """The doctor with a Slack and a Redis that are well, until a test makes them ill."""

    slack: SlackDouble
    environ: dict[str, str]
    capsys: pytest.CaptureFixture[str]
    folder: Path

    async def look(self, policy: Path = DEFAULT, **environ: str) -> Said:
        """In another thread, for it has a loop of its own; "" takes a setting away."""
        given = Namespace(policy=policy, data=self.folder, json=True)
        code = await asyncio.to_thread(doctor.run, given, {**self.environ, **environ})
        out = self.capsys.readouterr().out
        assert SECRET not in out
        assert "Traceback" not in out
        return Said(code, out, json.loads(out)["findings"])

    def policy(self, **more: Any) -> Path:
        """The default policy with other parts."""
        made = yaml.safe_load(DEFAULT.read_text(encoding="utf-8")) | more
        path = self.folder / "policy.yaml"
        path.write_text(yaml.safe_dump(made, sort_keys=False), encoding="utf-8")
        return path


@pytest.fixture
async def practice(slack: SlackDouble, valkey_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Practice:
    environ = {
        "SLACK_BOT_TOKEN": slack.ws.token,
        "SLACK_API_URL": slack.url,
        "SLACK_SIGNING_SECRET": SECRET,
        "SERENO_HOOK_SECRET__ALERTMANAGER": SECRET,
        "SERENO_HOOK_SECRET__GITHUB": f"{SECRET},{SECRET}2",
        "SERENO_REDIS_URL": valkey_url,
    }
    return Practice(slack, environ, capsys, tmp_path)


async def test_all_is_well(practice: Practice) -> None:
    said = await practice.look(SLACK_APP_TOKEN=practice.slack.ws.app_token)
    assert {row["level"] for row in said.rows} == {"ok"}
    assert said.code == 0
    assert said["Slack"][1] == "workspace Playground, as @sereno"
    assert said["Socket Mode"][0] == "ok"
    assert said["channel #general"][1] == "public, and the bot is in it"
    assert said["hook github"][1].startswith("has 2 secrets")
    assert said["Redis, on disk"][1] == "appendonly is on, appendfsync is always"
    assert "routes: 6, none is shadowed; examples: 6, all pass" in said["policy"][1]
    assert "SLACK_BOT_TOKEN" in said["settings"][1]


async def test_for_people_it_is_a_sign_a_word_and_advice(practice: Practice) -> None:
    practice.slack.ws.archive("alerts")
    said = await sereno("doctor", **practice.environ)
    assert said.code == 1
    [line] = [line for line in said.out.splitlines() if "channel #alerts" in line]
    assert line.startswith("✗ wrong    channel #alerts")
    assert line.endswith("→ unarchive it, or change the policy")
    assert said.out.splitlines()[-1].startswith("1 wrong, 0 warnings, ")
    assert said.err == "", "no progress when it is not a terminal, and no log"


async def test_without_slack_it_says_what_is_not_checked(tmp_path: Path) -> None:
    said = await sereno("doctor", "--data", tmp_path, "--json")
    assert said.code == 0, said.out
    found = {row["what"]: row for row in said.json["findings"]}
    assert found["SLACK_BOT_TOKEN"]["found"] == "not set: the playground is used"
    assert found["Slack"]["found"].startswith("not checked")
    assert found["channels"]["found"].startswith("not checked")
    assert found["Redis"]["level"] == "warning"
    assert found["Redis"]["todo"].startswith("`sereno run` starts it")
    assert "silences" in found["Alertmanager"]["found"]


async def test_what_it_cannot_work_with_is_2(practice: Practice, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("tema: x\n")
    for words in (("--policy", bad), ("--policy", tmp_path / "none.yaml")):
        said = await sereno("doctor", *words, **practice.environ)
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith("sereno: ")
        assert str(tmp_path) in said.err
    said = await sereno("doctor", **{**practice.environ, "SERENO_LOG": "xml"})
    assert said.code == 2


# Settings


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("SLACK_BOT_TOKEN", f"xoxp-{SECRET}", "is a user token, not a bot token"),
        ("SLACK_BOT_TOKEN", f"xapp-{SECRET}", "is an app-level token, not a bot token"),
        ("SLACK_BOT_TOKEN", f"xoxe.xoxb-{SECRET}", "is a token that ends after 12 hours"),
        ("SLACK_BOT_TOKEN", f"xoxb-{SECRET}\nx", "has a space, a line end"),
        ("SLACK_APP_TOKEN", f"xoxb-{SECRET}", "is a bot token, not an app-level token"),
        ("SLACK_SIGNING_SECRET", "", "not set: each button and slash command is refused"),
        ("SLACK_SIGNING_SECRET", f"xoxb-{SECRET}", "does not look like a signing secret"),
    ],
)
async def test_a_token_that_cannot_be_one(practice: Practice, name: str, value: str, found: str) -> None:
    said = await practice.look(**{name: value})
    level, what, todo = said[name]
    assert (said.code, level) == (1, "wrong")
    assert what.startswith(found)
    assert todo.startswith("copy ")


async def test_socket_mode_without_a_bot_token(practice: Practice) -> None:
    said = await practice.look(SLACK_BOT_TOKEN="", SLACK_APP_TOKEN=f"xapp-{SECRET}")
    assert said["SLACK_BOT_TOKEN"][:2] == ("wrong", "not set: the playground is used, whatever else of Slack is set")


async def test_settings_that_nobody_reads(practice: Practice) -> None:
    said = await practice.look(SERENO_REDIS_URI="redis://x", SERENO_HOOK_SECRET__GITUB=SECRET, SLACK_WEBHOOK="x")
    assert said["settings"] == (
        "warning", "SERENO_REDIS_URI is set, and there is no such setting", "did you mean SERENO_REDIS_URL?",
    )  # fmt: skip
    assert said["hook gitub"][0] == "warning"
    assert "alertmanager, github" in said["hook gitub"][2]
    assert "SLACK_WEBHOOK" not in said.out, "others may use that prefix too"
    assert said.code == 0


async def test_hooks_without_secrets(practice: Practice) -> None:
    said = await practice.look(SERENO_HOOK_SECRET__GITHUB="")
    assert said["hook github"][0] == "ok", "one of them may be closed on purpose"
    said = await practice.look(SERENO_HOOK_SECRET__GITHUB="", SERENO_HOOK_SECRET__ALERTMANAGER="")
    assert said["hooks"][0] == "warning"
    assert "SERENO_HOOK_SECRET__GITHUB" in said["hooks"][2]


async def test_examples_that_fail_and_shadowed_routes(practice: Practice) -> None:
    routes = yaml.safe_load(DEFAULT.read_text(encoding="utf-8"))["routes"]
    said = await practice.look(practice.policy(routes=[*routes, {**routes[0], "name": "again", "examples": []}]))
    assert said["policy"][0] == "wrong"
    assert "can never be reached" in said["policy"][1]
    assert "sereno check" in said["policy"][2]


# Slack


async def test_channels_that_take_nothing(practice: Practice) -> None:
    ws = practice.slack.ws
    ws.make_channel("closed", creator=PEOPLE[0], members=[*PEOPLE], private=True)
    ws.make_channel("inside", creator=PEOPLE[0], members=[*PEOPLE, BOT_USER], private=True)
    ws.make_channel("outside", creator=PEOPLE[0], members=[*PEOPLE])
    ws.archive("monitoring")
    names = {"fallback": "#nowhere", "alerts": "#closed", "monitoring": "#monitoring", "a": "#inside", "b": "#outside"}
    said = await practice.look(practice.policy(channels=names, routes=[]))
    assert said.code == 1
    assert said["channel #nowhere"][0] == said["channel #closed"][0] == "wrong"
    assert "(named by role fallback, severity P2)" in said["channel #nowhere"][1]
    assert "/invite @sereno" in said["channel #closed"][2]
    assert "(named by role alerts, severity P0, scope production)" in said["channel #closed"][1]
    assert said["channel #monitoring"][1].startswith("is archived")
    assert said["channel #inside"][:2] == ("ok", "private, and the bot is in it")
    level, found, todo = said["channel #outside"]
    assert (level, todo) == ("warning", "write /invite @sereno there")
    assert "it can post (chat:write.public)" in found
    ws.scopes.discard("chat:write.public")
    assert (await practice.look(practice.policy(channels=names, routes=[])))["channel #outside"][0] == "wrong"


async def test_scopes_that_are_missing(practice: Practice) -> None:
    practice.slack.ws.scopes -= {"groups:history", "im:write", "commands"}
    found = [row for row in (await practice.look()).rows if row["what"] == "scopes"]
    assert [row["level"] for row in found] == ["wrong", "warning"]
    assert found[0]["found"] == "the token lacks commands (slash commands)"
    assert "groups:history" in found[1]["found"]
    assert "im:write" in found[1]["found"], "this policy writes to nobody"
    assert all("`sereno manifest`" in row["todo"] and "Reinstall" in row["todo"] for row in found)
    practice.slack.ws.scopes = set(SCOPES)
    assert (await practice.look())["scopes"][0] == "ok"


async def test_a_channel_of_the_canary_or_of_a_digest_that_does_not_exist(practice: Practice) -> None:
    said = await practice.look(
        practice.policy(canary={"channel": "#canaries"}, digest={"weekly": {"channel": "#news"}})
    )
    for place, named in (("#canaries", "the canary"), ("#news", "digest weekly")):
        level, found, todo = said[f"channel {place}"]
        assert level == "wrong"
        assert found == f"there is no such channel, or it is private and the bot is not in it (named by {named})"
        assert todo.startswith("make it; ")
    assert said.code == 1


async def test_channels_that_may_not_be_listed(practice: Practice) -> None:
    practice.slack.ws.scopes.discard("groups:read")
    said = await practice.look()
    assert said["channels"][:2] == ("wrong", "the token lacks the scope groups:read")
    assert "Reinstall" in said["channels"][2]


@pytest.mark.parametrize(
    ("fault", "level", "found"),
    [
        (Fault(method="auth.test", kind="error", error="token_revoked"), "wrong", "refuses the token: token_revoked"),
        (Fault(method="auth.test", kind="error", error="team_access_not_granted"), "wrong", "team_access_not_granted"),
        (Fault(method="auth.test", kind="ratelimited"), "warning", "asks for patience"),
        (Fault(method="auth.test", kind="server_error"), "wrong", "HTTP 500"),
        (Fault(method="auth.test", kind="drop_before"), "wrong", "cannot be reached"),
    ],
)
async def test_a_slack_that_does_not_answer_well(practice: Practice, fault: Fault, level: str, found: str) -> None:
    practice.slack.faults.add(fault)
    said = await practice.look()
    assert said["Slack"][0] == level
    assert found in said["Slack"][1]
    assert said["Slack"][2]
    assert said["channels"][:2] == said["people, groups"][:2]
    assert said["channels"][0] == "warning", "one ailment, one line that is wrong"


async def test_a_slack_that_is_not_there(practice: Practice) -> None:
    said = await practice.look(SLACK_API_URL="http://127.0.0.1:9/api/")
    assert said["Slack"][1] == "http://127.0.0.1:9/api/ cannot be reached: Connection refused"
    said = await practice.look(SLACK_API_URL=f"http://me:{SECRET}@127.0.0.1:9/api/?token={SECRET}")
    assert said["Slack"][0] == "wrong"


async def test_an_app_token_that_opens_nothing(practice: Practice) -> None:
    said = await practice.look(SLACK_APP_TOKEN=f"xapp-{SECRET}")
    assert said["Socket Mode"][:2] == ("wrong", "Slack refuses the token: invalid_auth")
    practice.slack.faults.add(Fault(method="apps.connections.open", kind="error", error="missing_scope"))
    said = await practice.look(SLACK_APP_TOKEN=practice.slack.ws.app_token)
    assert "connections:write" in said["Socket Mode"][2]


async def test_people_and_groups_that_slack_does_not_know(practice: Practice) -> None:
    people = {
        "ana": {"name": "Ana", "slack": "ana@example.com"},
        "bob": {"name": "Bob", "slack": "bob@example.com"},
        "eve": {"name": "Eve"},
    }
    path = practice.policy(people=people, rights={"mute": ["@nobodies"]})
    said = await practice.look(path)
    assert said.code == 1
    assert said["person bob"][0] == said["group @nobodies"][0] == "wrong"
    assert "no account has this address" in said["person bob"][1]
    assert said["person eve"][0] == "warning"
    assert str(path) in said["person eve"][2]
    assert "person ana" not in said.out
    practice.slack.ws.scopes.discard("users:read.email")
    assert "write a Slack id" in (await practice.look(path))["person bob"][2]


async def test_a_channel_list_that_breaks_does_not_hide_the_people(practice: Practice) -> None:
    practice.slack.faults.add(Fault(method="conversations.list", kind="server_error"))
    said = await practice.look(practice.policy(people={"bob": {"name": "Bob", "slack": "bob@example.com"}}))
    assert said["person bob"][0] == "wrong"
    assert said["channels"][0] == said["people, groups"][0] == "wrong"


@pytest.mark.parametrize(("seconds", "level"), [(5, "ok"), (-60, "warning"), (400, "wrong"), (-400, "wrong")])
async def test_a_clock_that_goes_wrong(practice: Practice, seconds: int, level: str) -> None:
    clock, policy = TurningClock(), policy_box.load(DEFAULT)
    clock.turn(seconds=seconds)
    text = DEFAULT.read_text(encoding="utf-8")
    found = await doctor.look(read(practice.environ), frozenset(), policy, text, DEFAULT, practice.folder, clock)
    [one] = [one for one in found if one.what == "clock, Slack"]
    assert one.level == level
    assert (seconds == 5) or ("behind" if seconds < 0 else "ahead of") in one.found
    assert (level == "ok") or "NTP" in one.todo
    assert agreement("X", "no date", 0, 0, "").level == "warning"


# Redis


@asynccontextmanager
async def private_redis(folder: Path, **config: str) -> AsyncIterator[tuple[Valkey, Redis]]:
    """A Valkey of its own, with other settings."""
    valkey = Valkey(folder)
    await valkey.start()
    try:
        async with Redis.from_url(valkey.url) as client:
            for name, value in config.items():
                await client.config_set(name.replace("_", "-"), value)
            yield valkey, client
    finally:
        valkey.kill()


@pytest.mark.parametrize(
    ("config", "what", "level", "found", "todo"),
    [
        ({"appendonly": "no"}, "Redis, on disk", "wrong", "appendonly is off", "appendonly yes"),
        ({"appendfsync": "everysec"}, "Redis, on disk", "warning", "appendfsync is everysec", "appendfsync always"),
        ({"maxmemory": "500mb"}, "Redis, memory", "ok", "of 500.00M, noeviction", ""),
        ({"maxmemory": "500mb", "maxmemory_policy": "allkeys-lru"}, "Redis, memory", "wrong", "throws away", "noevi"),
        ({"maxmemory": "1mb"}, "Redis, memory", "warning", "answered 503", "give it more"),
    ],
)
async def test_a_redis_that_forgets(
    practice: Practice, tmp_path: Path, config: dict[str, str], what: str, level: str, found: str, todo: str
) -> None:
    async with private_redis(tmp_path, **config) as (valkey, _):
        said = await practice.look(SERENO_REDIS_URL=valkey.url)
    assert said[what][0] == level
    assert found in said[what][1]
    assert todo in said[what][2]
    assert said["Redis"][1].startswith("Valkey 9")
    assert said.code == (level == "wrong")


async def test_a_redis_that_refuses(practice: Practice, tmp_path: Path) -> None:
    async with private_redis(tmp_path) as (valkey, client):
        await client.acl_setuser("managed", enabled=True, passwords=[f"+{SECRET}"], keys=["*"], categories=["+@all"],
                                 commands=["-config"])  # fmt: skip
        await client.acl_setuser("blind", enabled=True, passwords=[f"+{SECRET}"], commands=["+ping"])
        at = f"127.0.0.1:{valkey.port}/0"
        said = await practice.look(SERENO_REDIS_URL=f"redis://managed:{SECRET}@{at}")
        assert said["Redis, on disk"][0] == "warning"
        assert "CONFIG is refused" in said["Redis, on disk"][1]
        assert said["Redis"][1].endswith(f", redis://{at}")
        said = await practice.look(SERENO_REDIS_URL=f"redis://managed:{SECRET}2@{at}")
        assert said["Redis"][:2] == ("wrong", f"redis://{at} refuses the user or password")
        said = await practice.look(SERENO_REDIS_URL=f"redis://blind:{SECRET}@{at}")
        assert "refuses INFO" in said["Redis"][1]
        await client.replicaof("127.0.0.1", "9")
        assert "is a replica" in (await practice.look(SERENO_REDIS_URL=valkey.url))["Redis"][1]
    said = await practice.look(SERENO_REDIS_URL=f"redis://managed:{SECRET}@{at}")
    assert said["Redis"][:2] == ("wrong", f"redis://{at} does not answer: Connection refused")


@pytest.mark.parametrize("url", [f"redis://me:{SECRET}/0", f"redis://me:a/{SECRET}@127.0.0.1:9/0"])
async def test_an_address_that_is_none_is_not_repeated(practice: Practice, url: str) -> None:
    assert (await practice.look(SERENO_REDIS_URL=url))["Redis"][0] == "wrong"
    assert SECRET not in english(Text.of("{url}", url=shown(url)))


# Alertmanager


@pytest.mark.skipif(not BINARY, reason="prometheus-alertmanager is not installed")
async def test_a_real_alertmanager(practice: Practice, tmp_path: Path) -> None:
    async with alertmanagers(tmp_path, "http://127.0.0.1:9", 1) as [daemon]:
        said = await practice.look(ALERTMANAGER_URL=daemon.url)
        assert said.code == 0
        assert said["Alertmanager"][1].startswith(f"{daemon.url} answers, version 0.")
        assert said["clock, Alertmanager"][0] == "ok"
        assert "hook" in said["Alertmanager's hook"][1]
        said = await practice.look(ALERTMANAGER_URL=f"{daemon.url}/prefix")
        assert said["Alertmanager"][0] == "wrong"
        assert "prefix" in said["Alertmanager"][2]


@asynccontextmanager
async def status_of(config: str, *, behind: int = 0, code: int = 200) -> AsyncIterator[str]:
    """Something that answers as Alertmanager does, of any version, at any time."""

    async def answer(request: web.Request) -> web.Response:
        body = {"versionInfo": {"version": "0.29.0"}, "config": {"original": config}}
        date = formatdate(TurningClock().now() / 1000 - behind, usegmt=True)
        return web.json_response(body if config != "not" else [], status=code, headers={"Date": date})

    app = web.Application()
    app.router.add_get("/api/v2/status", answer)
    async with serve(app) as url:
        yield url


@pytest.mark.parametrize(
    ("config", "level", "found"),
    [
        ("webhook_configs: [{url: http://x/hooks/alertmanager}]", "ok", "a receiver sends to /hooks/alertmanager"),
        ("webhook_configs: [{url: <secret>}]", "warning", "it hides the addresses"),
        ("webhook_configs: [{url: http://x/}]", "warning", "no receiver sends to /hooks/alertmanager"),
        ("", "warning", "its configuration cannot be seen"),
    ],
)
async def test_whether_alertmanager_knows_our_hook(
    practice: Practice, redis: Redis, config: str, level: str, found: str
) -> None:
    async with status_of(config) as url:
        said = await practice.look(ALERTMANAGER_URL=url)
    assert said["Alertmanager's hook"][0] == level
    assert found in said["Alertmanager's hook"][1]
    assert said.code == 0


async def test_a_hidden_hook_that_was_heard(practice: Practice, redis: Redis) -> None:
    clock = TurningClock()
    ears = Ears(redis, clock)
    clock.turn(minutes=-5)
    ears.hear("alertmanager")
    await ears.flush()
    async with status_of("webhook_configs: [{url: <secret>}]") as url:
        said = await practice.look(ALERTMANAGER_URL=url)
        assert said["Alertmanager's hook"][0] == "ok"
        assert "/hooks/alertmanager was last heard 5m" in said["Alertmanager's hook"][1]
        said = await practice.look(ALERTMANAGER_URL=url, SERENO_REDIS_URL="redis://127.0.0.1:9/0")
        assert said["Alertmanager's hook"][0] == "warning"


async def test_an_alertmanager_that_is_ill(practice: Practice) -> None:
    async with status_of("", behind=400) as url:
        said = await practice.look(ALERTMANAGER_URL=url)
    assert said["clock, Alertmanager"][0] == "wrong"
    assert "ahead of theirs" in said["clock, Alertmanager"][1]
    for code, todo in ((401, "ALERTMANAGER_TOKEN"), (302, "redirect"), (503, "log")):
        async with status_of("", code=code) as url:
            said = await practice.look(ALERTMANAGER_URL=url)
        assert said["Alertmanager"][:2] == ("wrong", f"{url} answers HTTP {code}")
        assert todo in said["Alertmanager"][2]
    async with status_of("not") as url:
        assert "not as Alertmanager" in (await practice.look(ALERTMANAGER_URL=url))["Alertmanager"][1]
    said = await practice.look(ALERTMANAGER_URL=f"http://me:{SECRET}@127.0.0.1:9/am")
    assert said["Alertmanager"][1] == "http://127.0.0.1:9/am cannot be reached: Connection refused"


# The rounds


async def test_who_takes_too_long_is_named_and_the_others_are_heard() -> None:
    async def never(_case: Case) -> list[Finding]:
        await asyncio.Event().wait()
        return []

    async def quick(_case: Case) -> list[Finding]:
        return [ok("quick", Text.of("fine"))]

    told: list[list[str]] = []
    checks: Any = {"slow": never, "quick": quick}
    case: Any = None
    slow, fine = await examine(checks, case, told.append, patience=0.05, tell_after=0.01)
    assert told == [["slow"]]
    assert (slow.what, slow.level, slow.found) == ("slow", "wrong", "no answer within 0.05 s")
    assert fine == ok("quick", Text.of("fine"))
    assert await examine({"quick": quick}, case, told.append) == [fine]
    assert len(told) == 1, "nothing is told when nothing takes long"


def test_what_a_server_says_cannot_steer_the_terminal() -> None:
    assert ok("x", theirs("1\x1b[31m\n2")).found == "1 [31m 2"
