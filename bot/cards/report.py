"""A digest as a message of a few lines; its sections are in the thread."""

from bot.cards.face import Face, section
from bot.cards.mrkdwn import draw
from rules.report import Report
from rules.text import Joined, Text


def whole(report: Report) -> Face:
    """The message and the sections in one, for who asks."""
    face = card(report)
    parts = [Text.of("*{heading}*\n{lines}", heading=part.heading, lines=Joined(part.lines)) for part in report.parts]
    return Face(text=face.text, blocks=[*face.blocks, *(section(draw(part)) for part in parts)])


def card(report: Report) -> Face:
    """The root message."""
    lines = [f"*{draw(report.title)}*", *(draw(line) for line in report.lead)]
    text = "\n".join(lines)
    return Face(text=text, blocks=[section(text)])
