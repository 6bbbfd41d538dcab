"""/sereno: what is open, and why."""

from rules.text import Text

ABOUT = Text.of("What is open, and why")
OTHERWISE = ""
QUOTED = False
