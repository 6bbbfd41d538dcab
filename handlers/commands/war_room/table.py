"""/war-room table [30d]"""

from handlers.contract import Command, Desk, Reply
from handlers.lengths import BadLength, length
from rules import incident_table
from rules.signal import Actor
from rules.text import Span, Text

USUAL = "30d"


async def run(words: list[str], _person: Actor, desk: Desk) -> Reply:
    """The incidents of a time: when, what they did, why, what was done about it, and how they stand."""
    try:
        lasting = length(words[0] if words else USUAL)
    except BadLength as error:
        return error.reply
    policy = desk.policy()
    found = incident_table.chosen(await desk.incidents(desk.now() - lasting), policy)
    rows = incident_table.table(found, policy.zone, await desk.rooms())
    head = Text.of("Incidents of the last {span}, by the time in UTC:", span=Span(ms=lasting))
    return [head, *incident_table.lines(rows)]


COMMAND = Command(
    usage="table [30d]",
    help=Text.of("the incidents of a time: when, impact, cause, fix, state"),
    run=run,
    example="table 7d",
)
