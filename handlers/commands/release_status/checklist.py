"""/release-status checklist [VERSION]"""

from handlers.contract import Command, Desk, Reply
from handlers.releases import meaning
from handlers.ticking import entered, items
from rules.release_words import KINDS, check_line, criterion
from rules.signal import Actor
from rules.text import Text
from rules.watch import Watch


async def run(watch: Watch, _words: list[str], _person: Actor, desk: Desk) -> Reply:
    """What people still have to confirm or enter, and the criteria."""
    plan = desk.policy().releases.get(watch.plan)
    if plan is None:
        return [Text.of("The policy has no plan {plan} any more.", plan=watch.plan)]
    by_hand = [*items(plan), *entered(plan)]
    lines = [Text.of("{release}: what people confirm or enter", release=watch.release)]
    lines += [Text.of("{line} · `{name}`", line=check_line(one, plan, watch, desk.now()), name=one) for one in by_hand]
    if not by_hand:
        lines.append(Text.of("Nothing: all is read by itself."))
    for kind, words_ in KINDS.items():
        criteria = [criterion(text, plan, watch) for text in getattr(plan.criteria, kind)]
        lines += [Text.of("*{kind}*", kind=words_), *criteria] if criteria else []
    return lines


COMMAND = Command(
    usage="checklist [VERSION]",
    help=Text.of("what people have to confirm or enter, and the criteria"),
    run=meaning(run),
    example="checklist v1.1.1",
)
