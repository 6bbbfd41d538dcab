"""/release-status decide [VERSION] keep|patch|rollback [--despite] WHY"""

from handlers.contract import Command, Desk, Handled
from handlers.deciding import decide
from handlers.forms.decide import blank
from handlers.naming import said
from handlers.releases import meaning
from rules.signal import Actor
from rules.text import Text
from rules.watch import Verdict, Watch

DESPITE = ("--despite", "—despite")  # Slack makes a dash of two hyphens
WORDS = {**{verdict.value: verdict for verdict in Verdict}, "roll-back": Verdict.ROLLBACK}


async def run(watch: Watch, words: list[str], person: Actor, desk: Desk) -> Handled:
    """Keep, patch or roll back; without a verdict, the form."""
    if not words:
        return blank(watch, desk)
    verdict = WORDS.get(words[0].lower())
    if verdict is None:
        return [Text.of("keep, patch or rollback? For example `/release-status decide {release} keep all is calm`.",
                        release=watch.release)]  # fmt: skip
    why = said(" ".join(word for word in words[1:] if word not in DESPITE))
    return await decide(watch, verdict, why, person, desk, despite=any(word in DESPITE for word in words))


COMMAND = Command(
    usage="decide [VERSION] keep|patch|rollback WHY",
    help=Text.of("decide a release, with a reason; alone, a form"),
    run=meaning(run),
    example=Text.of("decide v1.1.1 keep all is calm"),
)
