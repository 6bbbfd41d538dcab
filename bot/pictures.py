"""A chart as a block of a message: drawn, uploaded where nobody sees it, then shown."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import structlog

from bot import charts
from bot.cards.chart import Sketch
from bot.cards.face import Block
from bot.charts import Chart
from bot.clients.slack import Sent, Slack
from bot.clients.slack_files import Uploaded
from bot.clock import Clock
from rules.text import Text

READY_S = 12.0  # a message waits this long for its picture, then it goes without
SETTLES_S = 60.0  # Slack looks at a new file before a message may show it; after this long we go without
AT_ONCE, KEPT = 4, 200
ALT_MAX = 2000
WITHOUT = "the message goes without its chart"
NO_TOOLS = Text.of('I have nothing to draw with, run pip install "sereno[charts]"')
UNTOLD = Text.of("it could not be drawn; the log says why")
Ask = Callable[[], Sketch | None]  # what is to be drawn; None: nothing
log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class _Picture:
    """`refused_at`: when Slack first did not show it."""

    task: asyncio.Task[Block | Text]
    refused_at: float | None = None


class Pictures:
    """One task for each picture, kept by the name of the step or of the answer that shows it.

    `block` is None when there is nothing to draw with, or Slack takes no files: the message goes without.
    """

    def __init__(self, slack: Slack, clock: Clock, draw: Callable[[Chart], bytes] = charts.png) -> None:
        self._slack, self._clock, self._draw = slack, clock, draw
        self._pictures: dict[str, _Picture] = {}
        self._places = asyncio.Semaphore(AT_ONCE)
        self._stopped = False

    def is_ready(self, name: str, ask: Ask) -> bool:
        """Whether there is nothing (more) to wait for; begins to draw when asked for the first time."""
        found = self._pictures.get(name)
        if found is None:
            sketch = ask() if charts.available() and not self._stopped else None
            if sketch is None:
                return True
            found = self._begin(name, sketch)
        return found.task.done()

    def block(self, name: str) -> Block | None:
        """What came of it; the same when the step is tried again."""
        found = self._pictures.get(name)
        if found is None or not found.task.done() or found.task.cancelled() or found.task.exception():
            return None
        if found.refused_at is not None and self._clock.monotonic() - found.refused_at >= SETTLES_S:
            return None
        made = found.task.result()
        return None if isinstance(made, Text) else made

    def missing(self, name: str) -> Text:
        """Why nothing came of it, for who asked."""
        found = self._pictures.get(name)
        if found is None:
            return UNTOLD if charts.available() else NO_TOOLS
        if not found.task.done() or found.task.cancelled() or found.task.exception():
            return UNTOLD
        made = found.task.result()
        return made if isinstance(made, Text) else UNTOLD

    async def drawn(self, name: str, ask: Ask) -> Block | None:
        """The same, for who has the time to wait."""
        if not self.is_ready(name, ask):
            await asyncio.wait({self._pictures[name].task})
        return self.block(name)

    def refused(self, name: str) -> None:
        """Slack does not show it, or not yet."""
        found = self._pictures.get(name)
        if found is not None and found.refused_at is None:
            found.refused_at = self._clock.monotonic()

    async def stop(self) -> None:
        """Leave what is being drawn: a message that lacks it is found again, and its picture drawn again."""
        self._stopped = True
        tasks = [one.task for one in self._pictures.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, name: str, sketch: Sketch) -> _Picture:
        task = asyncio.create_task(self._made(name, sketch))
        task.add_done_callback(partial(_failed, name))
        found = self._pictures[name] = _Picture(task=task)
        for old in [key for key, one in self._pictures.items() if one.task.done()][:-KEPT]:
            del self._pictures[old]
        return found

    async def _made(self, name: str, sketch: Sketch) -> Block | Text:
        try:
            async with asyncio.timeout(READY_S), self._places:
                return await self._uploaded(name, sketch)
        except TimeoutError:
            log.warning("no_picture", name=name, error=f"not ready in {READY_S:g} s", next=WITHOUT)
            return Text.of("it was not ready within {seconds} s; ask again", seconds=f"{READY_S:g}")
        except charts.NoCharts as error:
            log.warning("no_picture", name=name, error=str(error), next=WITHOUT)
            return NO_TOOLS

    async def _uploaded(self, name: str, sketch: Sketch) -> Block | Text:
        if not any(len(panel.points) > 1 for panel in sketch.chart.panels):
            return Text.of("too little has been measured yet")  # a point is no trend
        body = await asyncio.to_thread(self._draw, sketch.chart)
        answer = await self._slack.upload(f"{sketch.name}.png".replace("/", "-"), body, sketch.words)
        if not isinstance(answer, Uploaded):
            log.warning("no_picture", name=name, error=answer, next=WITHOUT)
            why = UNTOLD if isinstance(answer, Sent) else answer.error
            return Text.of("Slack does not take the picture ({why})", why=why)
        return {"type": "image", "slack_file": {"id": answer.file}, "alt_text": sketch.words[:ALT_MAX]}


def _failed(name: str, task: asyncio.Task[Block | None]) -> None:
    """Whatever a drawing raises ends here, and not in a lane."""
    if not task.cancelled() and (error := task.exception()):
        log.error("no_picture", name=name, exc_info=error, next=WITHOUT)
