"""/release-status decide [VERSION] keep|patch|rollback [--despite] WHY"""

from handlers.contract import Command, Desk, Handled
from handlers.deciding import decide
from handlers.forms.decide import blank
from handlers.releases import Nothing, meant
from rules.signal import Actor
from rules.text import Text
from rules.watch import Verdict

DESPITE = ("--despite", "—despite")  # Slack makes a dash of two hyphens
WORDS = {**{verdict.value: verdict for verdict in Verdict}, "roll-back": Verdict.ROLLBACK}


async def run(words: list[str], person: Actor, desk: Desk) -> Handled:
    """Keep, patch or roll back; without a verdict, the form."""
    try:
        watch, rest = await meant(words, desk)
    except Nothing as nothing:
        return nothing.reply
    if not rest:
        return blank(watch, desk)
    verdict = WORDS.get(rest[0].lower())
    if verdict is None:
        return [Text.of("keep, patch or rollback? For example `/release-status decide {release} keep all is calm`.",
                        release=watch.release)]  # fmt: skip
    why = " ".join(word for word in rest[1:] if word not in DESPITE)
    return await decide(watch, verdict, why, person, desk, despite=any(word in DESPITE for word in rest))


COMMAND = Command(
    usage="decide [VERSION] keep|patch|rollback WHY",
    help=Text.of("decide a release, with a reason; alone, a form"),
    run=run,
    example="decide v1.1.1 keep all is calm",
)
