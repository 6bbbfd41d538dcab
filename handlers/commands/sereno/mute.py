"""/sereno mute [ROUTE|#CHANNEL FOR WHY]"""

from difflib import get_close_matches

from handlers.contract import Command, Desk, Reply
from handlers.lengths import BadLength, length
from handlers.naming import channel, places, said, typed
from handlers.replies import may_not, order
from rules.ordering import CHANNEL, MUTE, REASON, ROUTE, UNMUTE, UNTIL
from rules.policy import Policy
from rules.reason import Reason
from rules.signal import Actor
from rules.text import Moment, Text

OFF = "off"


async def run(words: list[str], person: Actor, desk: Desk) -> Reply:
    """Nothing of a route or channel pings for a while; what there is to see is shown all the same."""
    policy = desk.policy()
    if not words:
        return _muted(policy, desk.now())
    route, place = _what(words[0], desk)
    if not route and not place:
        close = get_close_matches(words[0], [*(one.name for one in policy.routes), *places(policy)], n=1)
        hint = [Text.of("Did you mean `/sereno mute {name}`?", name=name) for name in close]
        return [Text.of("{word} is neither a route nor a #channel of the policy.", word=typed(words[0])), *hint]
    if words[1:2] == [OFF]:
        decision = await order(UNMUTE, person, desk, {ROUTE: route, CHANNEL: place})
        return _ended(decision.reason, route or place, policy)
    try:
        lasting = length(words[1] if len(words) > 1 else "1h")
    except BadLength as error:
        return error.reply
    until, why = desk.now() + lasting, said(" ".join(words[2:]))
    given = {ROUTE: route, CHANNEL: place, UNTIL: str(until), REASON: why}
    decision = await order(MUTE, person, desk, given)
    if decision.reason is Reason.NOT_ALLOWED:
        return [may_not(MUTE, policy)]
    what = route or place
    return [
        Text.of(
            "{what} pings nobody until {at}. It shows what there is; `/sereno mute {what} off` ends it.",
            what=what, at=Moment(at=until),
        )
    ]  # fmt: skip


def _what(word: str, desk: Desk) -> tuple[str, str]:
    """The route or the channel that is meant."""
    if word in [route.name for route in desk.policy().routes]:
        return word, ""
    return "", channel(word, desk)


def _muted(policy: Policy, now: int) -> Reply:
    lasting = [mute for mute in policy.mutes if mute.until.timestamp() * 1000 > now]
    if not lasting:
        return [Text.of("Nothing is muted. For example `/sereno mute #alerts 2h moving the database`.")]
    return [
        Text.of(
            "{what} until {at}, by {who}: {why}",
            what=mute.route or mute.channel,
            at=Moment(at=int(mute.until.timestamp() * 1000)),
            who=mute.by,
            why=mute.reason or "-",
        )
        for mute in lasting
    ]


def _ended(reason: Reason, what: str, policy: Policy) -> Reply:
    if reason is Reason.NOT_ALLOWED:
        return [may_not(UNMUTE, policy)]
    if reason is Reason.ALREADY:
        return [Text.of("{what} is not muted, or only by the policy file.", what=what)]
    return [Text.of("{what} may ping again.", what=what)]


COMMAND = Command(
    usage="mute [ROUTE|#CHANNEL [FOR WHY]|off]",
    help=Text.of("no pings from a route or channel for a while (1h); alone, what is muted"),
    run=run,
    example=Text.of("mute #alerts 2h moving the database"),
)
