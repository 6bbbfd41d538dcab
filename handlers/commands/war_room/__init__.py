"""/war-room: what may not be deployed now."""

from rules.text import Text

ABOUT = Text.of("Freeze deployments, and let them go on")
OTHERWISE = ""
