"""The recorded payloads that the page can send: files named `<source>/<event>__<case>.json`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp

FIRST = ("critical", "p0", "failure", "warning", "two_instances", "opened", "fire", "alert")  # words of the names
LAST = ("info", "success", "star", "ping")
EPOCH = 1970  # a time of this year or before is none: the alert still fires
STEP_S, AGO_S = 600, 1800  # all that became of it in the recorded payloads lies within half an hour
_TIME = re.compile(r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))"')
_BEGAN = re.compile(rf'"(?:startsAt|created_at)":\s*{_TIME.pattern}')
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


def as_of(now: float, recorded: str) -> str:
    """The payload as if it had been recorded half an hour ago. `now`: unix seconds.

    What lies between its times stays. For ten minutes the times are the same ones, so that a payload that is sent twice
    is a repeat, and the end of an alert fits its beginning in another payload.
    """
    times = [_read(found) for found in _BEGAN.findall(recorded) or _TIME.findall(recorded)]
    if not (real := [at for at in times if at.year > EPOCH]):
        return recorded
    later = datetime.fromtimestamp(now // STEP_S * STEP_S - AGO_S, UTC) - max(real)
    return _TIME.sub(lambda found: _moved(found[1], later), recorded)


def _moved(text: str, later: timedelta) -> str:
    at = _read(text)
    return f'"{(at + later).isoformat()}"' if at.year > EPOCH else f'"{text}"'


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


async def send(
    session: aiohttp.ClientSession, bot_url: str, sample: Sample, hook_headers: HookHeaders, delivery: int, now: float
) -> tuple[int | None, str]:
    """Posts it to the bot's real webhook as of `now`, unix seconds; returns the HTTP status and the answer."""
    body = as_of(now, sample.path.read_text(encoding="utf-8")).encode()
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
