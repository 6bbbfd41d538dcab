"""/sereno digest [NAME]"""

from handlers.contract import Command, Desk, Handled
from handlers.naming import typed
from rules.signal import Actor
from rules.text import Text


async def run(words: list[str], _person: Actor, desk: Desk) -> Handled:
    """A digest as it would be written now."""
    names = list(desk.policy().digest)
    if not names:
        return [Text.of("The policy has no digest. Write `digest: {example}` into it.", example="weekly")]
    name = words[0].lower() if words else names[0]
    if name not in names:
        known = ", ".join(names)
        return [Text.of("There is no digest {name}. The policy has: {known}.", name=typed(name), known=known)]
    return await desk.digest(name)


COMMAND = Command(
    usage="digest [NAME]",
    help=Text.of("the digest as it would be written now"),
    run=run,
    example="digest weekly",
)
