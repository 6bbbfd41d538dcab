"""What tests of watched releases share: a small plan, recorded series, and the way to an hour of the window."""

from collections.abc import Callable
from pathlib import Path

from bot.playground.actor import Actor
from bot.playground.message import Message
from tests.conftest import Stage, wait_until

HOUR = 3_600_000
POLICY = """
team: SDK
timezone: Europe/Madrid
channels: {alerts: "#alerts", monitoring: "#monitoring", releases: "#monitoring", fallback: "#general"}
severities:
  P0: {label: [critical], channel: alerts, mention: channel, interrupts_quiet_hours: true}
  P1: {label: [warning], channel: monitoring}
  P2: {label: [info], card: counted}
people:
  ana: {name: Ana Ruiz, slack: ana@example.com}
  bruno: {name: Bruno Costa, slack: U0000BRUNO}
rights: {watch: [ana, bruno], decide: [ana, bruno], resolve: [ana]}
releases:
  sdk:
    words: Python SDK
    match: source="github", event="release", repository="acme/sdk", prerelease="false", tag=~"v.*"
    repository: acme/sdk
    channel: releases
    owner: "@ana"
    window: 72h
    checks:
      init-failures:
        words: Sessions that fail to start
        unit: "%"
        prometheus: 'sum(failed{version="$version"})'
        sample: 'sum(sessions{version="$version"})'
        minimum: 50
        yellow: "> 1.0"
        red: "> 5"
        chart: true
      ready-p95:
        words: READY p95
        unit: s
        prometheus: 'sum(ready)'
        yellow: "> +30%"
        chart: true
      artefacts:
        words: sdist and wheel are there
        unit: yes/no
        registry: pypi/acme-sdk
        value: wheel
        red: "< 1"
      yanked: {words: taken back, unit: yes/no, registry: pypi/acme-sdk, value: yanked, red: "> 0"}
      ci: {words: CI pass rate, unit: "%", github: pass-rate, workflow: ci.yml, target: ">= 95", minimum: 1}
      tickets: {words: critical tickets, incidents: opened, match: 'team="sdk"', within: 24h, red: ">= 2"}
      smoke: {words: smoke test, tick: "Install it in a fresh container and run the example."}
      nps: {words: NPS, enter: "the survey's number", target: ">= 40"}
    checkpoints:
      - {name: T+0, at: 0h, checks: [artefacts, smoke], who: "@ana", text: "Artefacts of $version, and a quick smoke."}
      - {name: T+24, at: 24h, checks: [init-failures, ci]}
      - {name: T+48, at: 48h, text: "Compared with $baseline."}
      - {name: T+72, at: 72h, asks: ["Keep $version as recommended, or patch?"]}
    criteria:
      must: [artefacts, yanked, init-failures, smoke]
      should: [ready-p95, ci]
      nice: [nps]
    yellow: {severity: P1, do: ["Open an incident."], follow_up: 4h}
    red: {severity: P0, do: ["Go to the war-room; freeze dependent deployments; weigh going back to $baseline."]}
    incidents: team="sdk"
    rollback: ["pip install acme-sdk==$baseline"]
"""

OTHER = """
  container:
    words: the same as a container
    checks: {smoke: {words: smoke test, tick: Start it.}}
    checkpoints: [{name: T+0, at: 0h}]
    owner: "@ana"
    yellow: {severity: P1}
    red: {severity: P0}
"""


def written(folder: Path, text: str = POLICY) -> Path:
    path = folder / "policy.yaml"
    path.write_text(text)
    return path


def cards(stage: Stage, release: str, channel: str = "monitoring") -> list[Message]:
    return [one for one in stage.slack.cards(channel) if one.text.split("·")[0].endswith(f"*{release} ")]


def card(stage: Stage, release: str = "v1.1.1", channel: str = "monitoring") -> Message:
    found = cards(stage, release, channel)
    assert len(found) == 1, f"{len(found)} cards of {release} in #{channel}: {[m.text for m in found]}"
    return found[0]


def whole(message: Message) -> str:
    """All the words of a message, those of its blocks too."""
    parts = [message.text]
    for block in message.blocks:
        parts.append(str((block.get("text") or {}).get("text", "")))
        parts += [str(element.get("text", "")) for element in block.get("elements", [])]
    return "\n".join(parts)


def thread(stage: Stage, release: str = "v1.1.1") -> list[str]:
    return [whole(reply) for one in cards(stage, release) for reply in stage.slack.replies(one)]


async def says(stage: Stage, words: str, *, release: str = "v1.1.1", times: int = 1) -> str:
    """The reply in the thread of a release that says so, once there are as many as that."""

    def said() -> list[str]:
        found = [one for one in thread(stage, release) if words in one]
        return found if len(found) >= times else []

    try:
        return str((await wait_until(said, what=words))[-1])
    except AssertionError as error:
        raise AssertionError(f"{words!r} is not in the thread:\n" + "\n---\n".join(thread(stage, release))) from error


async def shows(stage: Stage, words: str, *, release: str = "v1.1.1") -> str:
    try:
        await wait_until(lambda: [one for one in cards(stage, release) if words in whole(one)], what=words)
    except AssertionError as error:
        raise AssertionError(f"the card does not say {words!r}: {whole(card(stage, release))}") from error
    return whole(card(stage, release))


async def asks(stage: Stage, hands: Actor, user: str, text: str, words: str) -> str:
    """What /release-status answers somebody, once it says so."""
    before = len(stage.slack.ws.ephemerals)
    await hands.command("/release-status", text, "monitoring", user)

    def answered() -> str:
        told = [whole(one) for one in stage.slack.ws.ephemerals[before:] if one.visible_to == user]
        return next((one for one in told if words in one), "")

    try:
        return str(await wait_until(answered, what=words))
    except AssertionError as error:
        told = [whole(one) for one in stage.slack.ws.ephemerals[before:]]
        raise AssertionError(f"/release-status {text} does not say {words!r}, but {told}") from error


def every(minutes: int, start: int, hours: float, value: Callable[[float], float]) -> list[tuple[int, float]]:
    """Points of a series from `start` (unix milliseconds) on; `value` is given the hours since then."""
    count = int(hours * 60 / minutes)
    return [(start + index * minutes * 60_000, value(index * minutes / 60)) for index in range(count)]
