"""`sereno demo`: play a believable morning of alerts into a running playground."""

import argparse
import asyncio
import json
import math
import sys
from collections.abc import Mapping

import aiohttp

from bot.cards.plain import plain
from bot.cli.demo_morning import SCENES, Scene
from bot.cli.saying import fail, word
from bot.clock import SystemClock
from bot.demo_workspace import signed
from bot.settings import HOOK, Settings, read
from handlers import registry
from rules.text import Text

ABOUT = Text.of("play a believable morning of alerts into a running playground.")

PATIENCE_S, AGAIN_S = 60.0, 1.0
AWAY = (aiohttp.ClientError, TimeoutError, OSError)


def arguments(parser: argparse.ArgumentParser) -> None:
    """--url, --speed."""
    parser.add_argument("--url", default="http://127.0.0.1:8080", help=word("where Sereno runs (default: %(default)s)"))
    parser.add_argument(
        "--speed",
        type=_speed,
        default=1.0,
        metavar=word("SPEED"),
        help=word("2 is twice as fast (default: %(default)s)"),
    )


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not (speed > 0 and math.isfinite(speed)):
        wrong = Text.of("{text} is not a speed: 1 is normal, 2 twice as fast, 0.5 half as fast", text=text)
        raise argparse.ArgumentTypeError(plain(wrong))
    return speed


def run(given: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Exit 0: played; 2: Sereno does not answer there, or will not take it."""
    url = given.url.rstrip("/")
    try:
        return asyncio.run(_play(url, given.speed, read(environ)))
    except AWAY as error:
        return fail(
            Text.of(
                "{url} does not answer ({why}); start it with `make run` in another terminal",
                url=url, why=str(error) or Text.of("too slow"),
            )
        )  # fmt: skip


async def _play(url: str, speed: float, settings: Settings) -> int:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)) as session:
        for number, scene in enumerate(SCENES, 1):
            await asyncio.sleep(scene.after / speed)
            print(f"[{number:>2}/{len(SCENES)}] {_bar(number)} {plain(scene.what)}", flush=True)
            status, answer = await _deliver(session, url, scene, settings, is_first=number == 1)
            if status == 401:
                name = f"{HOOK}{scene.source.upper()}"
                return fail(
                    Text.of(
                        "{url} asks for a secret: export the same {name} here as where Sereno runs", url=url, name=name
                    )
                )
            if status not in (200, 202):
                return fail(Text.of("{url} answered {status}: {answer}", url=url, status=status, answer=answer))
    print(plain(Text.of("Done. Look at {url}/playground/", url=url)), file=sys.stderr)
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
            again = word("Sereno does not answer; trying again as Alertmanager would")
            print(again, file=sys.stderr, flush=True)
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
