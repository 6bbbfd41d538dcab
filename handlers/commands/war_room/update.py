"""/war-room update "TEXT" """

from handlers.rooms import writing
from rules.room_acting import UPDATE
from rules.text import Text

COMMAND = writing(UPDATE, Text.of("tell all how it goes"), Text.of("we have switched to the replica"))
