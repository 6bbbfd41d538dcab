"""A watched release as an answer to who asks: its card, its plan, its summary, or its chart; or a digest."""

from collections.abc import Callable
from dataclasses import replace

from bot.cards import report as digests
from bot.cards import watch as cards
from bot.cards.chart import lacking, sketch
from bot.cards.face import Block, Face, Pen, section
from bot.cards.mrkdwn import draw
from bot.clock import Clock
from bot.pictures import Pictures
from handlers.contract import Card
from rules.report import Report
from rules.text import Text
from rules.watch import Watch

NO_CHART = Text.of("There is no chart: {why}.")


class Sheets:
    """Drawn from what was read last: nothing is asked of any source while somebody waits."""

    def __init__(self, pen: Callable[[], Pen], pictures: Pictures, clock: Clock) -> None:
        self._pen, self._pictures, self._clock = pen, pictures, clock

    async def face(self, asked: Card | Report, name: str) -> Face:
        """What is shown. `name`: of this one answer, by which its chart is drawn once."""
        now = self._clock.now()
        if isinstance(asked, Report):
            return digests.whole(asked)
        if asked.details:
            return cards.details(asked.watch, self._pen())
        if asked.summary:
            return cards.summary(asked.watch, self._pen(), now)
        face = cards.card(asked.watch, self._pen(), now)
        if not asked.chart:
            return face
        picture = await self._picture(asked.watch, name, now)
        return Face(text=face.text, blocks=[*face.blocks[:1], picture])

    async def _picture(self, watch: Watch, name: str, now: int) -> Block:
        """The chart, or why there is none."""
        policy = self._pen().policy
        plan = policy.releases.get(watch.plan)
        why = lacking(watch, plan) if plan else Text.of("the policy has no plan {plan} any more", plan=watch.plan)
        if why is None and (picture := await self._pictures.drawn(name, lambda: sketch(watch, policy, now))):
            return picture
        return section(draw(replace(NO_CHART, values={"why": why or self._pictures.missing(name)})))
