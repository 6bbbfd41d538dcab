"""The command line: exit codes that scripts can rely on, JSON where data is printed, and no traceback for a mistake."""

import asyncio
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from bot.cli.parser import COMMANDS
from bot.policy_box import DEFAULT
from tests.alerts import alert, group
from tests.bot.shell import environment, sereno
from tests.conftest import PAYLOADS, Stage, wait_until
from tests.house.tree import ROOT

CARO = ROOT / "rules" / "policies" / "caro.yaml"


@pytest.mark.parametrize("name", COMMANDS)
def test_each_sub_command_starts_by_itself(name: str) -> None:
    """In an interpreter that has imported nothing else."""
    asked = [sys.executable, "-m", "bot", name, "--help"]
    done = subprocess.run(asked, cwd=ROOT, env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"usage: sereno {name} ")
    assert done.stderr == ""


async def test_version() -> None:
    assert re.fullmatch(r"sereno \d+\.\d+\.\d+\n", (await sereno("version")).out)
    assert (await sereno("version", "--json")).json.keys() == {"version"}


async def test_help_and_mistakes_in_the_command() -> None:
    helped = await sereno("--help")
    assert helped.code == 0
    for word in ("run", "check", "explain", "demo", "list", "slo", "manifest", "version"):
        assert re.search(rf"^    {word} +\w", helped.out, re.MULTILINE)
    for words in ((), ("rnu",), ("run", "--prot", "1"), ("run", "--port", "many"), ("check", "a", "b")):
        said = await sereno(*words)
        assert said.code == 2, words
        assert "usage: sereno" in said.err


@pytest.mark.parametrize("path", [DEFAULT, CARO], ids=lambda path: path.stem)
async def test_check_passes_what_comes_with_it(path: Path) -> None:
    said = await sereno("check", path)
    assert said.code == 0
    assert "fine" in said.out
    said = await sereno("check", path, "--json")
    assert (said.code, said.json["ok"], said.json["faults"]) == (0, True, [])
    assert said.json["examples"] > 0


async def test_check_without_a_file_takes_the_setting_or_the_default(tmp_path: Path) -> None:
    assert "default.yaml: fine" in (await sereno("check")).out
    assert "caro.yaml: fine" in (await sereno("check", SERENO_POLICY=str(CARO))).out


async def test_check_says_file_and_line_of_each_fault(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    text = DEFAULT.read_text(encoding="utf-8").replace("timezone: UTC", "timezne: UTC")
    bad.write_text(text, encoding="utf-8")
    said = await sereno("check", bad)
    line = text.splitlines().index("timezne: UTC") + 1
    assert said.code == 1
    assert f"{bad}:{line}: timezne: unknown key; did you mean `timezone`?" in said.out
    said = await sereno("check", bad, "--json")
    assert said.code == 1
    assert {"file", "line", "field", "message"} == set(said.json["faults"][0])


async def test_check_runs_examples_and_finds_a_shadowed_route(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    policy = yaml.safe_load(DEFAULT.read_text(encoding="utf-8"))
    policy["routes"][0]["examples"][0]["expect"] = {"severity": "P0"}
    policy["routes"].append({**policy["routes"][0], "name": "again", "examples": []})
    bad.write_text(yaml.safe_dump(policy, sort_keys=False), encoding="utf-8")
    said = await sereno("check", bad)
    assert said.code == 1
    assert "severity is 'P2', not 'P0'" in said.out
    assert "can never be reached" in said.out


async def test_check_of_what_cannot_be_read_is_2(tmp_path: Path) -> None:
    (tmp_path / "no-text.yaml").write_bytes(b"\xff\xfe")
    for path in (tmp_path / "none.yaml", tmp_path, tmp_path / "no-text.yaml"):
        said = await sereno("check", path)
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith("sereno: cannot read")


async def test_the_schema_takes_the_policies_and_refuses_others() -> None:
    schema = (await sereno("check", "--schema")).json
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for path in (DEFAULT, CARO):
        assert not list(validator.iter_errors(yaml.safe_load(path.read_text(encoding="utf-8"))))
    assert list(validator.iter_errors({"tema": "x"}))


async def test_explain_of_alerts() -> None:
    path = PAYLOADS / "alertmanager" / "firing__first.json"
    said = await sereno("explain", path)
    assert said.code == 0
    for word in ("signal", "tried", "route", "severity", "reason    opened", "channel   #", "mention", "card"):
        assert word in said.out
    [one] = (await sereno("explain", path, "--json")).json
    assert {"key", "title", "reason", "severity", "route", "tried", "channel", "mention", "slack"} <= set(one)
    assert one["slack"]["blocks"]


async def test_explain_of_github_guesses_the_event_from_the_name_and_takes_a_policy() -> None:
    path = PAYLOADS / "github" / "issues__labeled_p0.json"
    [default] = (await sereno("explain", path, "--json")).json
    assert (default["severity"], default["route"], default["channel"]) == ("P0", "issue-urgent", "#alerts")
    [caro] = (await sereno("explain", path, "--policy", CARO, "--json")).json
    assert caro["channel"] != default["channel"]
    piped = await sereno("explain", "-", "--source", "github", "--event", "issues", stdin=path.read_bytes())
    assert "severity  P0" in piped.out


async def test_explain_of_what_is_only_counted_or_ignored() -> None:
    said = await sereno("explain", PAYLOADS / "github" / "star__created.json")
    assert said.code == 0
    assert "not shown in Slack" in said.out
    said = await sereno("explain", PAYLOADS / "github" / "ping__repository.json")
    assert (said.code, said.out) == (0, "github: known, and nothing to do for it\n")


async def test_explain_of_a_wrong_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "issues__x.json").write_text("[]")
    (tmp_path / "alerts.json").write_text('{"alerts": 1}')
    (tmp_path / "bad.yaml").write_bytes(b"\xff")
    for name, code, words in (("issues__x.json", 1, "an object"), ("alerts.json", 1, "alerts"), ("none", 2, "none")):
        said = await sereno("explain", tmp_path / name)
        assert (said.code, said.out) == (code, "")
        assert words in said.err
    said = await sereno("explain", tmp_path / "alerts.json", "--policy", tmp_path / "bad.yaml")
    assert said.code == 2
    assert "UTF-8" in said.err


async def test_explain_and_the_running_bot_say_the_same(stage: Stage) -> None:
    await stage.bot()
    path = PAYLOADS / "alertmanager" / "firing__twenty.json"
    await stage.send("alertmanager", path.read_bytes())
    await stage.quiet()
    [one] = (await sereno("explain", path, "--json")).json
    [card] = stage.slack.all_cards()
    assert re.sub(r"<!\w+>| {2,}", "", one["slack"]["text"]) == re.sub(r"<!\w+>| {2,}", "", card.text)


async def test_list_is_what_is_open_worst_first(stage: Stage) -> None:
    await stage.bot()
    assert (await sereno("list", SERENO_REDIS_URL=stage.redis_url)).out == "nothing is open\n"
    await stage.send("alertmanager", group(alert("Slow", "warning")))
    await stage.send("alertmanager", group(alert("Down", "critical")))
    await stage.send("alertmanager", group(alert("Over", "critical")))
    await stage.send("alertmanager", group(alert("Over", "critical", firing=False)))
    said = await sereno("list", "--json", SERENO_REDIS_URL=stage.redis_url)
    assert said.code == 0
    assert [(row["severity"], row["title"], row["channel"]) for row in said.json] == [
        ("P0", "Down", "#alerts"), ("P1", "Slow", "#monitoring"),
    ]  # fmt: skip
    assert "2 open" in (await sereno("list", SERENO_REDIS_URL=stage.redis_url)).out
    await stage.send("alertmanager", group(alert("Later", "info")))
    said = await sereno("list", SERENO_REDIS_URL=stage.redis_url)
    assert "Later" not in said.out
    assert said.out.endswith("2 open\n1 more is counted only; --all shows it\n")
    said = await sereno("list", "--all", SERENO_REDIS_URL=stage.redis_url)
    assert "only counted  Later" in said.out
    assert said.out.endswith("3 open\n")
    await stage.quiet()


async def test_list_without_a_bot_is_2(tmp_path: Path) -> None:
    for environ in ({}, {"SERENO_REDIS_URL": "redis://127.0.0.1:9/0"}):
        said = await sereno("list", "--data", tmp_path, **environ)
        assert said.code == 2
        assert said.err.startswith("sereno: Sereno does not seem to run: start it")


async def test_manifest() -> None:
    said = await sereno("manifest", SERENO_PUBLIC_URL="https://bot.example.org/")
    made = yaml.safe_load(said.out)
    assert made["settings"]["interactivity"]["request_url"] == "https://bot.example.org/slack/events"
    assert (await sereno("manifest", "--json", SERENO_PUBLIC_URL="https://bot.example.org/")).json == made


async def test_run_refuses_a_bad_policy(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("tema: x\n")
    said = await sereno("run", "--policy", bad, "--port", 0, "--data", tmp_path / "data")
    assert said.code == 2
    assert f"{bad}:1: tema: unknown key" in said.err
    bad.write_bytes(b"\xff")
    assert "UTF-8" in (await sereno("run", "--policy", bad, "--port", 0, "--data", tmp_path / "data")).err
    said = await sereno("run", "--policy", tmp_path / "none.yaml", "--port", 0, "--data", tmp_path / "data")
    assert said.code == 2
    assert said.err.startswith(f"sereno: there is no policy file {tmp_path / 'none.yaml'}; ")


async def test_run_says_what_keeps_it_from_starting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = await sereno("run", "--port", 0, "--data", tmp_path / "file")
    assert said.code == 2
    assert "cannot write the data directory" in said.err
    said = await sereno("run", "--port", 0, "--host", "192.0.2.1", "--data", tmp_path / "data")
    assert said.code == 2
    assert "cannot listen on 192.0.2.1:0" in said.err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SERENO_LOG", "xml"), ("SERENO_REDIS_URL", "localhost"), ("SLACK_API_URL", "slack.com"),
        ("SLACK_BOT_TOKEN_FILE", "/nonexistent/token"), ("SERENO_HOOK_SECRET__GITHUB_FILE", "/nonexistent/secret"),
    ],
)  # fmt: skip
async def test_run_refuses_a_bad_setting_by_its_name(tmp_path: Path, name: str, value: str) -> None:
    said = await sereno("run", "--port", 0, "--data", tmp_path, **{name: value})
    assert said.code == 2
    assert said.err.startswith(f"sereno: {name}")


async def test_run_refuses_a_used_port_and_leaves_nothing_running(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = await sereno("run", "--port", port, "--data", tmp_path)
    assert said.code == 2
    assert f"127.0.0.1:{port} is in use by another program" in said.err
    assert "choose another port: --port" in said.err
    assert (await sereno("list", "--data", tmp_path)).code == 2, "its Valkey is gone"
    for port in ("70000", "-1"):
        assert (await sereno("run", "--port", port, "--data", tmp_path)).code == 2


async def test_run_without_its_redis_says_so(tmp_path: Path) -> None:
    said = await sereno("run", "--port", 0, "--host", "no.such.host.invalid", "--data", tmp_path)
    assert said.code == 2
    assert "no.such.host.invalid" in said.err


class Running:
    """`sereno run` in a folder of its own, with its playground."""

    def __init__(self, data: Path) -> None:
        self.data, self.log, self.url = data, data / "run.log", ""

    async def __aenter__(self) -> "Running":
        self.data.mkdir(exist_ok=True)
        with self.log.open("wb") as out:
            self._child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", "--port", "0", "--data", str(self.data),
                cwd=ROOT, env=environment(), stdout=out, stderr=out,
            )  # fmt: skip
        found = await wait_until(lambda: re.search(r"watches at (http\S+)/", self.log.read_text()), what="it runs")
        self.url = found[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._child.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(self._child.wait(), 20) == 0, self.log.read_text()
        assert "Traceback" not in self.log.read_text(), self.log.read_text()


async def test_run_refuses_a_used_data_directory_and_the_demo_plays(tmp_path: Path) -> None:
    async with Running(tmp_path / "data") as bot:
        said = await sereno("run", "--port", 0, "--data", bot.data)
        assert said.code == 2
        assert "is in use by another Sereno" in said.err
        played = await sereno("demo", "--url", bot.url, "--speed", 1000)
        assert played.code == 0, played.err
        steps = re.findall(r"^\[ *(\d+)/(\d+)\]", played.out, re.MULTILINE)
        assert len(steps) == int(steps[0][1])
        listed = (await sereno("list", "--data", bot.data, "--json")).json
        assert listed
        async with ClientSession() as session:
            asked = {"user": "U000000ANA", "channel": "alerts", "command": "/nope", "text": ""}
            async with session.post(f"{bot.url}/playground/ui/command", json=asked) as answer:
                assert (await answer.json())["status"] == 404
            async with session.get(f"{bot.url}/status") as answer:
                assert "played by" in await answer.text()
        assert "Unhandled request" not in bot.log.read_text(), "Bolt's advice is not for users"


@pytest.mark.parametrize("speed", ["0", "-1", "nan", "inf", "fast"])
async def test_demo_refuses_a_speed_that_is_none(speed: str) -> None:
    said = await sereno("demo", f"--speed={speed}")
    assert said.code == 2
    assert "is not a speed" in said.err


async def test_demo_sends_again_what_was_not_taken() -> None:
    bodies: list[bytes] = []
    answers = [200, 503, 0, 200]

    async def take(request: web.Request) -> web.Response:
        bodies.append(await request.read())
        status = answers.pop(0) if answers else 401
        if not status and request.transport is not None:
            request.transport.close()
        return web.Response(status=status or 500)

    app = web.Application()
    app.router.add_post("/hooks/{source}", take)
    async with TestServer(app) as server:
        said = await sereno("demo", "--url", f"http://127.0.0.1:{server.port}", "--speed", 1000)
    assert said.code == 2
    assert said.err.count("Sereno does not answer; trying again as Alertmanager would") == 1
    assert bodies[1] == bodies[2] == bodies[3]
    assert len(bodies) == 5
    assert "export the same SERENO_HOOK_SECRET__ALERTMANAGER here" in said.err


async def test_demo_without_a_bot_is_2() -> None:
    said = await sereno("demo", "--url", "http://127.0.0.1:9", "--speed", 1000)
    assert said.code == 2
    assert "does not answer" in said.err
