"""/release-status summary [VERSION]"""

from handlers.contract import Command
from handlers.releases import meaning, shown
from rules.text import Text

COMMAND = Command(
    usage="summary [VERSION]",
    help=Text.of("its health, what is left to do, and how the thresholds did"),
    run=meaning(shown(summary=True)),
    example="summary v1.1.1",
)
