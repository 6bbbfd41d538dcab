"""/release-status chart [VERSION]"""

from handlers.contract import Command
from handlers.releases import meaning, shown
from rules.text import Text

COMMAND = Command(
    usage="chart [VERSION]",
    help=Text.of("the chart of a release"),
    run=meaning(shown(chart=True)),
    example="chart v1.1.1",
)
