"""/war-room freeze [SCOPE] ["WHY" [for LENGTH]]"""

import re

from handlers.contract import Command, Desk, Reply
from handlers.freezes import QUOTES, Nothing, do, meant, standing, unsaid
from handlers.lengths import BadLength, length
from handlers.naming import said
from rules import durations
from rules.freezing import FREEZE, LASTING, ROOM, WHY
from rules.signal import Actor
from rules.text import Text

ASKED = re.compile(
    r'"(?P<quoted>[^"]*)"(?:\s+(?:for\s+)?(?P<after>\S.*))?'
    r"|(?P<plain>.*?)(?:(?:^|\s+)for\s+(?P<end>\d\S*))?",  # without quotes "for bob" is a reason, "for 2h" is not
    re.IGNORECASE,
)


async def run(words: list[str], person: Actor, desk: Desk) -> Reply:
    """Nobody deploys there until it ends; alone, what is frozen."""
    try:
        scope, rest = meant(words, desk)
    except Nothing as nothing:
        return nothing.reply if words else await standing(list(desk.policy().scopes), desk)
    if not rest:
        return await unsaid(scope, desk) if words else await standing([scope], desk)
    found = ASKED.fullmatch(" ".join(rest).translate(QUOTES))
    why = (found["quoted"] or found["plain"] or "") if found else " ".join(rest)
    word = (found["after"] or found["end"] or "") if found else ""
    try:
        lasting = durations.show(length(word)) if word else ""
    except BadLength as error:
        return error.reply
    room = await desk.room(person.channel)
    in_room = room.key if room and room.is_open else ""
    return await do(FREEZE, scope, person, desk, {WHY: said(why).strip(), LASTING: lasting, ROOM: in_room})


COMMAND = Command(
    usage='freeze [SCOPE] ["WHY" [for LENGTH]]',
    help=Text.of("nobody deploys there for a while; alone, what is frozen"),
    run=run,
    example=Text.of('freeze staging "moving the database" for 2h'),
)
