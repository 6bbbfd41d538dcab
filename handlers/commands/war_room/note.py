"""/war-room note "TEXT" """

from handlers.contract import Command
from handlers.rooms import acting
from rules.room_writing import NOTE, TEXT
from rules.text import Text

COMMAND = Command(
    usage='note "TEXT"',
    help=Text.of("put something on the timeline"),
    run=acting(NOTE, TEXT),
    example='note "deployed 1.4.2 to production"',
)
