"""A watched release whose incident finds the queue full does not hold up what could empty it."""

from pathlib import Path

from bot.playground.faults import Fault, Kind
from bot.playground.people import ANA
from rules import keys
from rules.signal import Kind as SignalKind
from rules.signal import Member, Signal
from tests.conftest import Stage, wait_until
from tests.e2e.hands import working
from tests.e2e.releases import asks, written

POLICY = """
channels: {monitoring: "#monitoring", fallback: "#general"}
severities: {P0: {label: [critical], channel: monitoring}, P1: {label: [warning], channel: monitoring}}
rights: {watch: everyone}
releases:
  one:
    words: thing
    channel: monitoring
    checks: {smoke: {words: smoke, tick: do it, failed: yellow}}
    checkpoints: [{name: T+1, at: 30m}]
    yellow: {severity: P1}
    red: {severity: P0}
"""
BOUND = 3


def of_one_lane() -> str:
    """A version whose watch and whose check's incident share a lane."""
    versions = (f"v1.{number}" for number in range(2000))
    return next(one for one in versions if keys.lane(f"watch:one:{one}") == keys.lane(f"check:one:{one}:smoke"))


def trouble(number: int) -> Signal:
    labels = {"alertname": f"X{number}", "severity": "warning"}
    member = Member(id="m", firing=True, labels=labels, what="x", since=1)
    return Signal(
        key=f"am:{number}", source="alertmanager", kind=SignalKind.REPORT, event="alert", title=f"X{number}",
        labels=labels, members=(member,),
    )  # fmt: skip


async def test_the_lane_goes_on_and_the_incident_comes_when_there_is_room(stage: Stage, tmp_path: Path) -> None:
    bot, hands = await working(stage, "http", written(tmp_path, POLICY))
    version = of_one_lane()
    lane = keys.lane(f"watch:one:{version}")
    await asks(stage, hands, ANA, f"start {version}", "is watched by the plan one")
    await stage.quiet()
    bot.reconciler._means.store._bound = BOUND
    stage.slack.faults.add(Fault(method="chat.postMessage", kind=Kind.server_error, probability=1.0))
    numbers = [number for number in range(500) if keys.lane(f"am:{number}") == lane][:BOUND]
    for number in numbers:
        await bot.desk.submit(trouble(number))
    await asks(stage, hands, ANA, f"tick {version} smoke failed no", "is marked as failed")
    stage.slack.faults.clear()
    await wait_until(lambda: len(_cards(stage)) == BOUND + 1, within=60, what="all cards")
    await stage.quiet()


def _cards(stage: Stage) -> list[str]:
    return [one.text for one in stage.slack.cards("monitoring") if "Firing" in one.text]
