"""/release-status: how a release is doing."""

from rules.text import Text

ABOUT = Text.of("How a release is doing")
OTHERWISE = "status"
QUOTED = False
