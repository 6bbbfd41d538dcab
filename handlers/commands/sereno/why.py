"""/sereno why [NAME]"""

from handlers import explaining_digest, explaining_room
from handlers.buttons.why import explained
from handlers.contract import Command, Desk, Reply
from handlers.releases import Nothing
from handlers.subjects import newest, subject, unknown
from rules.signal import Actor
from rules.text import Text

HOW = Text.of(
    "Why what? `/sereno why NAME`: an incident or a war-room by its short name, a war-room by its #channel, a release "
    "by its version, or `digest`. In the channel of a war-room no name is needed."
)


async def run(words: list[str], person: Actor, desk: Desk) -> Reply:
    """Why something is as it is; in the channel of a war-room, without a name, that."""
    if not words:
        room = await desk.room(person.channel)
        return await explaining_room.why(room, desk) if room else [HOW, *await newest("why", desk)]
    if digests := explaining_digest.meant(words, desk):
        return [line for name in digests for line in await explaining_digest.why(name, desk)]
    if words == [explaining_digest.WORD]:
        return [Text.of("The policy has no digest. Write `digest: {example}` into it.", example="weekly")]
    try:
        record = await subject(words[0], person, desk)
    except Nothing as nothing:
        return nothing.reply
    return await explained(record, desk) if record else [unknown(words[0]), *await newest("why", desk)]


COMMAND = Command(
    usage="why [NAME]",
    help=Text.of("why an incident, a war-room, a release or a digest is as it is; who was called, what is next"),
    run=run,
    example="why v1.1.1",
)
