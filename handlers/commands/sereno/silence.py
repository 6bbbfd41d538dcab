"""/sereno silence KEY [FOR WHY]"""

from handlers.buttons.silence import press
from handlers.contract import Command, Desk, Handled
from handlers.forms.silence import ENDS, FOR, MATCHERS, REASON, refusal, sent, suggested
from handlers.naming import said
from handlers.replies import GONE, which
from rules.incident import Incident
from rules.signal import Actor
from rules.text import Text


async def run(words: list[str], person: Actor, desk: Desk) -> Handled:
    """The form of the button; or at once, with a length and a reason."""
    if not words:
        return which("silence")
    if len(words) == 1:
        return await press(words[0], person, desk)
    record = await desk.find(words[0])
    if not isinstance(record, Incident):
        return [GONE]
    if told := refusal(record, person, desk):
        return told
    values = {MATCHERS: suggested(record), FOR: words[1], REASON: said(" ".join(words[2:])), ENDS: "yes"}
    answer = await sent(record.key, values, person, desk)
    return answer if isinstance(answer, list) else list(answer.values())


COMMAND = Command(
    usage="silence KEY [FOR WHY]",
    help=Text.of("silence its alerts in Alertmanager, with a form or at once"),
    run=run,
    example=Text.of("silence K7F3Q2 2h the disk is being replaced"),
)
