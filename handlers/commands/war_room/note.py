"""/war-room note "TEXT" """

from handlers.rooms import writing
from rules.room_writing import NOTE
from rules.text import Text

COMMAND = writing(NOTE, Text.of("put something on the timeline"), Text.of("deployed 1.4.2 to production"))
