"""/war-room fix "TEXT" """

from handlers.contract import Command
from handlers.rooms import acting
from rules.room_writing import FIX, TEXT
from rules.text import Text

COMMAND = Command(
    usage='fix "TEXT"',
    help=Text.of("what ended it"),
    run=acting(FIX, TEXT),
    example='fix "the pool is twice as large"',
)
