"""/war-room cause "TEXT" """

from handlers.contract import Command
from handlers.rooms import acting
from rules.room_writing import CAUSE, TEXT
from rules.text import Text

COMMAND = Command(
    usage='cause "TEXT"',
    help=Text.of("why it happened"),
    run=acting(CAUSE, TEXT),
    example='cause "the pool of connections was too small"',
)
