"""The recorded payloads that the page can send: files named `<source>/<event>__<case>.json`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import aiohttp

FIRST = ("critical", "p0", "failure", "warning", "two_instances", "opened", "fire", "alert")  # words of the names
LAST = ("info", "success", "star", "ping")
HookHeaders = Callable[[str, bytes], dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One recorded payload."""

    source: str
    event: str
    case: str
    path: Path

    @property
    def name(self) -> str:
        """What the page calls it by."""
        return f"{self.source}/{self.path.name}"


def samples(folder: Path | None) -> list[Sample]:
    """Every sample, by source; what a newcomer should try first is first."""
    if folder is None or not folder.is_dir():
        return []
    found = [
        Sample(
            source=path.parent.name,
            event=path.stem.partition("__")[0],
            case=path.stem.partition("__")[2],
            path=path,
        )
        for path in sorted(folder.glob("*/*.json"))
    ]
    return sorted(found, key=lambda sample: (sample.source, _rank(sample), sample.path))


async def send(
    session: aiohttp.ClientSession, bot_url: str, sample: Sample, hook_headers: HookHeaders, delivery: int
) -> tuple[int | None, str]:
    """Posts it to the bot's real webhook; returns the HTTP status and the answer."""
    body = sample.path.read_bytes()
    headers = {"Content-Type": "application/json", **hook_headers(sample.source, body)}
    if sample.source == "github":
        headers |= {"X-GitHub-Event": sample.event, "X-GitHub-Delivery": f"playground-{delivery}"}
    url = f"{bot_url.rstrip('/')}/hooks/{sample.source}"
    timeout = aiohttp.ClientTimeout(total=15)
    try:
        async with session.post(url, data=body, headers=headers, timeout=timeout) as got:
            return got.status, (await got.text())[:1000]
    except TimeoutError:
        return None, "It did not answer in 15 s."
    except (aiohttp.ClientError, OSError) as problem:
        return None, f"It could not be reached: {problem}."


def _rank(sample: Sample) -> int:
    name = sample.path.stem
    if any(word in name for word in LAST):
        return len(FIRST) + 1
    return next((rank for rank, word in enumerate(FIRST) if word in name), len(FIRST))
