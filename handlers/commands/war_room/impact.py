"""/war-room impact "TEXT" """

from handlers.contract import Command
from handlers.rooms import acting
from rules.room_writing import IMPACT, TEXT
from rules.text import Text

COMMAND = Command(
    usage='impact "TEXT"',
    help=Text.of("what customers see of it"),
    run=acting(IMPACT, TEXT),
    example='impact "one payment in three fails"',
)
