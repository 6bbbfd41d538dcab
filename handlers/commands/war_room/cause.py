"""/war-room cause "TEXT" """

from handlers.rooms import writing
from rules.room_writing import CAUSE
from rules.text import Text

COMMAND = writing(CAUSE, Text.of("why it happened"), Text.of("the pool of connections was too small"))
