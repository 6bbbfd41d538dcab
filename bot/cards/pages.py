"""Lines that are too many for one paragraph: as few paragraphs as hold them, and how many were left out."""

from bot.cards.face import Block, Face, section
from bot.cards.mrkdwn import cut, draw
from rules.text import Text

CHUNK, WHOLE = 2800, 11_000


def paged(lines: list[str]) -> Face:
    """The lines as a message."""
    return Face(text=cut("\n".join(lines), CHUNK), blocks=paragraphs(lines))


def paragraphs(lines: list[str], whole: int = WHOLE) -> list[Block]:
    """At most `whole` characters; what is too much is counted."""
    chunks: list[list[str]] = [[]]
    left, used = len(lines), 0
    for line in lines:
        used += len(line) + 1
        if used > whole:
            break
        if sum(len(one) + 1 for one in chunks[-1]) + len(line) > CHUNK:
            chunks.append([])
        chunks[-1].append(line)
        left -= 1
    if left:
        more = Text.counted("{count} more line is not shown.", "{count} more lines are not shown.", count=left)
        chunks[-1].append(draw(more))
    return [section("\n".join(chunk)) for chunk in chunks if chunk]
