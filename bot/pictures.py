"""The chart of a watched release as a block of a message: drawn, uploaded where nobody sees it, then shown."""

import asyncio
from dataclasses import dataclass

import structlog

from bot import charts
from bot.cards.chart import chart
from bot.cards.face import Block
from bot.clients.slack import Slack
from bot.clients.slack_files import Uploaded
from bot.clock import Clock
from rules.plan import Plan
from rules.watch import Watch

SETTLES_S = 60.0  # Slack looks at a new file before a message may show it; after this long we go without
KEPT = 50
ALT_MAX = 2000
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    block: Block
    at: float


class Pictures:
    """`block` is None when there is nothing to draw with, or Slack takes no files: the message goes without."""

    def __init__(self, slack: Slack, clock: Clock) -> None:
        self._slack, self._clock = slack, clock
        self._drawn: dict[str, _Drawn] = {}

    async def block(self, step: str, watch: Watch, plan: Plan | None, now: int) -> Block | None:
        """The picture for the message of a step; the same when the step is tried again."""
        known = self._drawn.get(step)
        if known is not None:
            return known.block if self._clock.monotonic() - known.at < SETTLES_S else None
        if plan is None or not charts.available():
            return None
        drawn = chart(watch, plan, now)
        if not any(len(panel.points) > 1 for panel in drawn.panels):
            return None  # a point is no trend
        words = charts.alt(drawn)
        try:
            body = await asyncio.to_thread(charts.png, drawn)
        except charts.NoCharts as error:
            log.warning("no_picture", key=watch.key, error=str(error), next="the message goes without its chart")
            return None
        answer = await self._slack.upload(f"{watch.release}.png".replace("/", "-"), body, words)
        if not isinstance(answer, Uploaded):
            log.warning("no_picture", key=watch.key, error=answer, next="the message goes without its chart")
            return None
        block = {"type": "image", "slack_file": {"id": answer.file}, "alt_text": words[:ALT_MAX]}
        self._drawn[step] = _Drawn(block=block, at=self._clock.monotonic())
        for old in list(self._drawn)[:-KEPT]:
            del self._drawn[old]
        return block
