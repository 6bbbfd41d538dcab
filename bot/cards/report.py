"""A digest as a message of a few lines; its sections are in the thread."""

from bot.cards.face import Face, section
from bot.cards.mrkdwn import draw
from bot.cards.pages import paragraphs
from rules.report import Report
from rules.text import Text

PART_MAX = 1700  # of one section: there may be seven, and Slack takes about 13,000 characters in all


def whole(report: Report) -> Face:
    """The message and the sections in one, for who asks."""
    face = card(report)
    blocks = list(face.blocks)
    for part in report.parts:
        heading = Text.of("*{heading}*", heading=part.heading)
        blocks += paragraphs([draw(text) for text in (heading, *part.lines)], PART_MAX)
    return Face(text=face.text, blocks=blocks)


def card(report: Report) -> Face:
    """The root message."""
    lines = [f"*{draw(report.title)}*", *(draw(line) for line in report.lead)]
    text = "\n".join(lines)
    return Face(text=text, blocks=[section(text)])
