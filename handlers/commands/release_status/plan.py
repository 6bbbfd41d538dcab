"""/release-status plan [VERSION]"""

from handlers.contract import Command
from handlers.releases import meaning, shown
from rules.text import Text

COMMAND = Command(
    usage="plan [VERSION]",
    help=Text.of("its checkpoints, criteria, rollback steps and roles"),
    run=meaning(shown(details=True)),
    example="plan v1.1.1",
)
