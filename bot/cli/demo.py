"""`sereno demo`: play a believable morning of alerts into a running playground."""

import argparse
import asyncio
import json
import math
import sys
from collections.abc import Mapping

import aiohttp

from bot.cli.demo_morning import SCENES, Scene
from bot.cli.policy_argument import fail
from bot.clock import SystemClock
from bot.demo_workspace import signed
from bot.settings import HOOK, Settings, read
from handlers import registry

PATIENCE_S, AGAIN_S = 60.0, 1.0
AWAY = (aiohttp.ClientError, TimeoutError, OSError)


def arguments(parser: argparse.ArgumentParser) -> None:
    """--url, --speed."""
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="where Sereno runs (default: %(default)s)")
    parser.add_argument("--speed", type=_speed, default=1.0, help="2 is twice as fast (default: %(default)s)")


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not (speed > 0 and math.isfinite(speed)):
        raise argparse.ArgumentTypeError(f"{text} is not a speed: 1 is normal, 2 twice as fast, 0.5 half as fast")
    return speed


def run(given: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Exit 0: played; 2: Sereno does not answer there, or will not take it."""
    url = given.url.rstrip("/")
    try:
        return asyncio.run(_play(url, given.speed, read(environ)))
    except AWAY as error:
        return fail(f"{url} does not answer ({error or 'too slow'}); start it with `make run` in another terminal")


async def _play(url: str, speed: float, settings: Settings) -> int:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)) as session:
        for number, scene in enumerate(SCENES, 1):
            await asyncio.sleep(scene.after / speed)
            print(f"[{number:>2}/{len(SCENES)}] {_bar(number)} {scene.what}", flush=True)
            status, answer = await _deliver(session, url, scene, settings, is_first=number == 1)
            if status == 401:
                name = f"{HOOK}{scene.source.upper()}"
                return fail(f"{url} asks for a secret: export the same {name} here as where Sereno runs")
            if status not in (200, 202):
                return fail(f"{url} answered {status}: {answer}")
    print(f"Done. Look at {url}/playground/", file=sys.stderr)
    return 0


async def _deliver(
    session: aiohttp.ClientSession, url: str, scene: Scene, settings: Settings, *, is_first: bool
) -> tuple[int, str]:
    """Send until it is taken, as a real sender does; who never answered is not waited for."""
    body = json.dumps(scene.body(SystemClock().now())).encode()
    until, told = SystemClock().monotonic() + PATIENCE_S, False
    while True:
        late = SystemClock().monotonic() >= until
        try:
            status, answer = await _send(session, url, scene, body, settings)
            if status != 503 or late:
                return status, answer
        except AWAY:
            if late or (is_first and not told):
                raise
        if not told:
            print("Sereno does not answer; trying again as Alertmanager would", file=sys.stderr, flush=True)
        told = True
        await asyncio.sleep(AGAIN_S)


async def _send(
    session: aiohttp.ClientSession, url: str, scene: Scene, body: bytes, settings: Settings
) -> tuple[int, str]:
    headers = {"Content-Type": "application/json", **scene.headers}
    headers |= signed(registry.sources()[scene.source], settings.secrets_of(scene.source), body)
    async with session.post(f"{url}/hooks/{scene.source}", data=body, headers=headers) as response:
        return response.status, await response.text()


def _bar(number: int) -> str:
    done = round(20 * number / len(SCENES))
    return "█" * done + "░" * (20 - done)
