"""/sereno policy"""

from handlers.contract import Command, Desk, Reply
from rules.signal import Actor
from rules.team import Right
from rules.text import Moment, Text

NOBODY = Text.of("nobody")


async def run(_words: list[str], _person: Actor, desk: Desk) -> Reply:
    """What is loaded, and since when."""
    policy, health = desk.policy(), await desk.health()
    lines = [
        Text.of("{team}: {file}, in force since {at}.", team=policy.team, file=health.policy_file,
                at=Moment(at=health.policy_since)),
    ]  # fmt: skip
    for name, severity in policy.severities.items():
        where, whom = policy.channel(severity.channel), ", ".join(severity.mention) or NOBODY
        if severity.card == "counted":
            lines.append(Text.of("{severity}: counted for the digest, not shown.", severity=name))
        else:
            lines.append(Text.of("{severity}: to {where}, calls {whom}.", severity=name, where=where, whom=whom))
    names = ", ".join(route.name for route in policy.routes) or Text.of("none")
    lines.append(
        Text.counted("{count} route: {names}.", "{count} routes: {names}.", count=len(policy.routes), names=names)
    )
    rights = ((right, ", ".join(policy.rights.of(right)) or NOBODY) for right in Right)
    return [*lines, *(Text.of("{right}: {names}", right=right, names=names) for right, names in rights)]


COMMAND = Command(usage="policy", help=Text.of("which policy is loaded, and since when"), run=run, example="policy")
