"""A storm board: many new incidents of one channel as one message."""

from bot.cards.face import SECTION_MAX, Face, context, section
from bot.cards.mrkdwn import draw, fits, inert
from rules.policy import Policy
from rules.storm import Caught, Storm
from rules.text import Moment, Text


def board(storm: Storm, policy: Policy) -> Face:
    """The root message, edited while the storm lasts: how many, which are open, worst first."""
    open_ = [caught for caught in storm.caught.values() if caught.is_open]
    head = _head(storm, len(open_))
    ordered = sorted(storm.caught.values(), key=lambda c: (not c.is_open, policy.rank(c.severity), c.at))
    lines, left = fits([_line(caught) for caught in ordered], SECTION_MAX - 100)
    if left:
        lines.append(draw(Text.counted("{count} more is not shown.", "{count} more are not shown.", count=left)))
    still = Text.counted("{count} open", "{count} open", count=len(open_))
    over = Text.counted("{count} over", "{count} over", count=len(storm.caught) - len(open_))
    foot = f"{draw(Text.of('Since {at}', at=Moment(at=storm.opened_at)))} · {draw(still)}, {draw(over)}"
    return Face(text=f"{head}\n{foot}", blocks=[section(head), section("\n".join(lines)), context(foot)])


def _head(storm: Storm, still: int) -> str:
    count = len(storm.caught)
    if storm.is_open:
        said = Text.counted("Storm: {count} incident at once", "Storm: {count} incidents at once", count=count)
        return f"🌩️ *{draw(said)}*"
    said = Text.counted(
        "The storm has passed: {count} incident, {still} still open",
        "The storm has passed: {count} incidents, {still} still open",
        count=count, still=still,
    )  # fmt: skip
    return f"🌤️ *{draw(said)}*"


def _line(caught: Caught) -> str:
    sign = "🔸" if caught.is_open else "🟢"
    state = draw(Text.of("open") if caught.is_open else Text.of("over"))
    return f"{sign} {caught.severity} {state} · {inert(caught.title, 100)} · {caught.id}"
