"""/sereno oncall [ROTATION [@PERSON FOR]]"""

from handlers.contract import Command, Desk, Reply
from handlers.lengths import BadLength, length
from handlers.naming import typed, whom
from handlers.replies import may_not, order
from rules import oncall
from rules.oncall import Shift
from rules.ordering import OVERRIDE, PERSON, ROTATION, UNTIL
from rules.policy import Policy
from rules.reason import Reason
from rules.signal import Actor
from rules.text import Moment, Text


async def run(words: list[str], person: Actor, desk: Desk) -> Reply:
    """Who is on call now and next; or who takes over for a while."""
    policy, now = desk.policy(), desk.now()
    if not policy.oncall:
        return [Text.of("The policy has no `oncall:` yet.")]
    if words and words[0].removeprefix("@") not in policy.oncall:
        known = ", ".join(policy.oncall)
        return [Text.of("{word} is not one of the rotations {names}.", word=typed(words[0]), names=known)]
    if len(words) < 2:
        names = [words[0].removeprefix("@")] if words else list(policy.oncall)
        return [line for name in names for line in _shifts(policy, name, now)]
    return await _take(words, person, desk)


async def _take(words: list[str], person: Actor, desk: Desk) -> Reply:
    policy, rotation = desk.policy(), words[0].removeprefix("@")
    who = _person(words[1], person, desk)
    if not who:
        return [Text.of("{word} is not one of the `people:` of the policy.", word=typed(words[1]))]
    try:
        until = desk.now() + length(words[2] if len(words) > 2 else "8h")
    except BadLength as error:
        return error.reply
    decision = await order(OVERRIDE, person, desk, {ROTATION: rotation, PERSON: who, UNTIL: str(until)})
    if decision.reason is Reason.NOT_ALLOWED:
        return [may_not(OVERRIDE, policy)]
    name = policy.people[who].name
    return [Text.of("{who} is on call for {rotation} until {at}.", who=name, rotation=rotation, at=Moment(at=until))]


def _person(word: str, asker: Actor, desk: Desk) -> str:
    """The key of a person: as Slack writes it, by the policy's name, or "me"."""
    people = desk.policy().people
    if word.lower() == "me":
        return next((name for name in sorted(asker.known_as) if name in people), "")
    name = whom(word, desk).removeprefix("@")
    return name if name in people else ""


def _shifts(policy: Policy, rotation: str, now: int) -> Reply:
    shift, after = oncall.now(policy, rotation, now), oncall.following(policy, rotation, now)
    who, until = _named(policy, shift), Moment(at=shift.until)
    lines = [Text.of("{rotation}: {who} until {at}.", rotation=rotation, who=who, at=until)]
    if not shift.until:
        lines = [Text.of("{rotation}: {who}.", rotation=rotation, who=who)]
    if after:
        lines.append(Text.of("Next: {who}, from {at}.", who=_named(policy, after), at=Moment(at=after.start)))
    return lines


def _named(policy: Policy, shift: Shift) -> Text:
    if shift.person:
        return Text.of("{name}", name=policy.people[shift.person].name)
    return Text.of("whoever is in {group}", group=shift.group)


COMMAND = Command(
    usage="oncall [ROTATION [@PERSON|me FOR]]",
    help=Text.of("who is on call now and next; or who takes over for a while (8h)"),
    run=run,
    example="oncall platform me 4h",
)
