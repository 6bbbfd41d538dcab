"""The step for GitHub Actions, run as a runner would: it goes on when the gate is open, and only then."""

import asyncio
from typing import Any

import pytest
import yaml
from aiohttp import web

from tests.conftest import serve
from tests.house.tree import ROOT

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "github" / "action.yml").read_text(encoding="utf-8"))


async def step(statuses: list[int], scope: str = "production", **inputs: str) -> tuple[int, str]:
    """What the step answers to a gate that answers so, the last one for ever; each pause is as good as over."""
    [one] = ACTION["runs"]["steps"]
    asked: list[str] = []

    async def gate(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.json_response({"why": "a move"}, status=statuses[min(len(asked), len(statuses)) - 1])

    app = web.Application()
    app.router.add_get("/{path:.*}", gate)
    async with serve(app) as url:
        given = {
            "url": f"{url}/",
            "scope": scope,
            "wait-minutes": ACTION["inputs"]["wait-minutes"]["default"],
            **inputs,
        }
        env = {name: given[value.split("inputs.")[1].split()[0]] for name, value in one["env"].items()}
        script = f"sleep() {{ :; }}\n{one['run']}"
        run = await asyncio.create_subprocess_exec(
            "bash", "-eo", "pipefail", "-c", script, env={"PATH": "/usr/bin:/bin", **env},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        out, _ = await run.communicate()
        assert set(asked) <= {f"/gate/{scope}"}
    return run.returncode or 0, out.decode()


async def test_an_open_gate_lets_it_go_on() -> None:
    assert (await step([200]))[0] == 0


@pytest.mark.parametrize("status", [423, 503, 404, 301])
async def test_anything_else_does_not(status: int) -> None:
    code, said = await step([status])
    assert (code, f"HTTP {status}" in said, "::error::" in said) == (1, True, True)


async def test_it_waits_as_long_as_it_is_told() -> None:
    code, said = await step([423, 503, 200], **{"wait-minutes": "1"})
    assert (code, said.count("HTTP")) == (0, 3)
    assert (await step([404, 200], **{"wait-minutes": "1"}))[0] == 1, "no such scope: waiting does not help"


async def test_nobody_there() -> None:
    code, said = await step([200], url="http://127.0.0.1:9")
    assert (code, "HTTP 000" in said) == (1, True)
