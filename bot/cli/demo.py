"""`sereno demo`: play a believable morning of alerts into a running playground."""

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping

import aiohttp

from bot.cli.demo_morning import SCENES, Scene
from bot.cli.policy_argument import fail
from bot.clock import SystemClock
from bot.demo_workspace import signed
from bot.settings import Settings, read
from handlers import registry


def arguments(parser: argparse.ArgumentParser) -> None:
    """--url, --speed."""
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="where Sereno runs (default: %(default)s)")
    parser.add_argument("--speed", type=float, default=1.0, help="2 is twice as fast (default: %(default)s)")


def run(given: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Exit 0: played; 2: Sereno does not answer there, or will not take it."""
    try:
        return asyncio.run(_play(given.url.rstrip("/"), max(given.speed, 0.1), read(environ)))
    except aiohttp.ClientError as error:
        return fail(f"{given.url} does not answer ({error}); start it with `make run` in another terminal")


async def _play(url: str, speed: float, settings: Settings) -> int:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)) as session:
        for number, scene in enumerate(SCENES, 1):
            await asyncio.sleep(scene.after / speed)
            print(f"[{number:>2}/{len(SCENES)}] {_bar(number)} {scene.what}", flush=True)
            status, answer = await _send(session, url, scene, settings)
            if status not in (200, 202):
                return fail(f"{url} answered {status}: {answer}")
    print(f"Done. Look at {url}/playground/", file=sys.stderr)
    return 0


async def _send(session: aiohttp.ClientSession, url: str, scene: Scene, settings: Settings) -> tuple[int, str]:
    body = json.dumps(scene.body(SystemClock().now())).encode()
    source = registry.sources()[scene.source]
    headers = {"Content-Type": "application/json", **scene.headers}
    headers |= signed(source, settings.secrets_of(scene.source), body)
    async with session.post(f"{url}/hooks/{scene.source}", data=body, headers=headers) as response:
        return response.status, await response.text()


def _bar(number: int) -> str:
    done = round(20 * number / len(SCENES))
    return "█" * done + "░" * (20 - done)
