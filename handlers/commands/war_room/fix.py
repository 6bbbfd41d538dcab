"""/war-room fix "TEXT" """

from handlers.rooms import writing
from rules.room_writing import FIX
from rules.text import Text

COMMAND = writing(FIX, Text.of("what ended it"), Text.of("the pool is twice as large"))
