"""/war-room update "TEXT" """

from handlers.contract import Command
from handlers.rooms import acting
from rules.room_acting import TEXT, UPDATE
from rules.text import Text

COMMAND = Command(
    usage='update "TEXT"',
    help=Text.of("tell all how it goes"),
    run=acting(UPDATE, TEXT),
    example='update "we have switched to the replica"',
)
