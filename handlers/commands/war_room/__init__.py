"""/war-room: an incident from the first minute to the postmortem; and what may not be deployed meanwhile."""

from rules.text import Text

ABOUT = Text.of("Run an incident: its room, its people, its words")
OTHERWISE = "open"
QUOTED = True
