"""/release-status summary [VERSION]"""

from handlers.contract import Command, Desk, Reply
from handlers.releases import Nothing, meant
from rules.signal import Actor
from rules.summary import closing
from rules.text import Text


async def run(words: list[str], _person: Actor, desk: Desk) -> Reply:
    """The health of a release, the backlog for the next one, and how the thresholds did: as it stands now."""
    try:
        watch, _ = await meant(words, desk)
    except Nothing as nothing:
        return nothing.reply
    plan = desk.policy().releases.get(watch.plan)
    if plan is None:
        return [Text.of("The policy has no plan {plan} any more.", plan=watch.plan)]
    return closing(watch, plan, desk.policy(), desk.now())


COMMAND = Command(
    usage="summary [VERSION]",
    help=Text.of("its health, what is left to do, and how the thresholds did"),
    run=run,
    example="summary v1.1.1",
)
