"""/war-room impact "TEXT" """

from handlers.rooms import writing
from rules.room_writing import IMPACT
from rules.text import Text

COMMAND = writing(IMPACT, Text.of("what customers see of it"), Text.of("one payment in three fails"))
