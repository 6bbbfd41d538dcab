"""Which scope somebody means, and what a person is told after freezing or unfreezing it."""

from collections.abc import Awaitable, Callable, Mapping
from difflib import get_close_matches

from handlers.contract import Desk, Handled, Reply
from handlers.naming import typed
from rules.decision import Decision
from rules.freeze import Freeze, Phase, Wish, key_of
from rules.reason import Reason
from rules.rights import who_may
from rules.signal import Actor, Kind, Signal
from rules.team import Right
from rules.text import Moment, Span, Text

OPENING = ('"', "“", "„", "«")
QUOTES = str.maketrans("“”„«»", '"""""')  # what phones and Slack make of them
GONE = Text.of("That freeze is over. `/war-room freeze` shows what is frozen.")
NONE = Text.of("The policy has no `scopes:` yet, so there is nothing to freeze.")


class Nothing(Exception):
    """No scope, or too many, are meant; `reply` says what there is."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply[0].template)
        self.reply = reply


def meant(words: list[str], desk: Desk) -> tuple[str, list[str]]:
    """The scope that the first word names, and the other words; without one the only scope there is. Raises Nothing."""
    scopes = list(desk.policy().scopes)
    if not scopes:
        raise Nothing([NONE])
    if words and words[0].lower() in scopes:
        return words[0].lower(), words[1:]
    close = get_close_matches(words[0].lower(), scopes, n=1) if words else []
    if len(scopes) == 1 and words and not close:
        return scopes[0], words
    if len(scopes) == 1 and not words:
        return scopes[0], []
    names = ", ".join(scopes)
    lines = [Text.of("Which scope? The policy has {names}.", names=names)]
    if words and not words[0].startswith(OPENING):
        lines = [Text.of("The policy has no scope `{word}`; it has {names}.", word=typed(words[0]), names=names)]
    raise Nothing([*lines, *(Text.of("Did you mean `{close}`?", close=name) for name in close)])


async def standing(scopes: list[str], desk: Desk) -> Reply:
    """How scopes stand, each in a line."""
    return [await _stands(scope, desk) for scope in scopes] or [NONE]


async def unsaid(scope: str, desk: Desk) -> Reply:
    """How a scope stands that somebody named without a reason, and how to freeze it while it is open."""
    lines, record = await standing([scope], desk), await desk.find(key_of(scope))
    if isinstance(record, Freeze) and record.locks(desk.now()):
        return lines
    return [*lines, Text.of('To freeze it, say why: `/war-room freeze {scope} "…" for 2h`.', scope=scope)]


async def _stands(scope: str, desk: Desk) -> Text:
    record = await desk.find(key_of(scope))
    if not isinstance(record, Freeze) or not record.locks(desk.now()):
        return Text.of("🟢 {scope}: open", scope=scope)
    return Text.of("❄️ {scope}: frozen by {who} until {at}: {why}",
                   scope=scope, who=record.owner, at=Moment(at=record.until), why=record.why)  # fmt: skip


async def current(desk: Desk) -> list[Freeze]:
    """What is frozen, or waits for a second person to be so, in the policy's order."""
    found = [await desk.find(key_of(scope)) for scope in desk.policy().scopes]
    now = desk.now()
    return [one for one in found if isinstance(one, Freeze) and (one.locks(now) or one.phase is Phase.PROPOSED)]


async def ending(freeze: Freeze, desk: Desk) -> Reply:
    """How a freeze stands, and what it takes to end it."""
    scope = freeze.scope
    if freeze.phase is Phase.PROPOSED:
        return [Text.of("⏳ {scope}: {who} wants to freeze it; this takes it back.", scope=scope, who=freeze.owner)]
    stands, waiting = await _stands(scope, desk), freeze.proposed
    if not desk.policy().scopes[scope].two_people:
        return [stands]
    if waiting and waiting.wish is Wish.UNFREEZE:
        return [stands, Text.of("{who} wants to end that already; it takes a second person.", who=waiting.by)]
    return [stands, Text.of("It takes a second person, who presses Confirm on its card.")]


def pressing(act: str) -> Callable[[str, Actor, Desk], Awaitable[Handled]]:
    """A button of a freeze's card; its value is the name of that one freeze."""

    async def press(name: str, person: Actor, desk: Desk) -> Handled:
        record = await desk.find(name)
        if not isinstance(record, Freeze) or not record.is_open:
            return [GONE]
        return await do(act, record.scope, person, desk)

    return press


async def do(act: str, scope: str, person: Actor, desk: Desk, particulars: Mapping[str, str] | None = None) -> Reply:
    """Let a person freeze, unfreeze or confirm, and say what came of it."""
    decision = await desk.submit(
        Signal(
            key=key_of(scope), source="slack", kind=Kind.ACT, event=act, id=person.act, actor=person,
            labels={name: value for name, value in (particulars or {}).items() if value}, title=scope,
        )
    )  # fmt: skip
    return _told(decision, scope, desk)


def _told(decision: Decision, scope: str, desk: Desk) -> Reply:
    freeze, policy = decision.record, desk.policy()
    match decision.reason:
        case Reason.NOT_ALLOWED:
            who = who_may(policy, Right.FREEZE)
            return [Text.of("You have no right to freeze or unfreeze here: {who}.", who=who)]
        case Reason.TOO_LONG:
            longest = Span(ms=policy.scopes[scope].longest)
            return [Text.of("{scope} may be frozen for {span} at most; it can be made longer later.",
                            scope=scope, span=longest)]  # fmt: skip
        case Reason.FROZEN if isinstance(freeze, Freeze):
            return [_ends(freeze, two=policy.scopes[scope].two_people)]
        case Reason.PROPOSED if isinstance(freeze, Freeze):
            return [_noted(freeze)]
        case Reason.DUPLICATE:
            return []
        case reason:
            return [_short(reason, scope)]


def _ends(freeze: Freeze, *, two: bool) -> Text:
    """Until when, and what ends it before. `two`: whether it takes two people."""
    at = Moment(at=freeze.until)
    if not two:
        return Text.of("{scope} is frozen until {at}. `/war-room unfreeze {scope}` ends it.", scope=freeze.scope, at=at)
    return Text.of(
        "{scope} is frozen until {at}. `/war-room unfreeze {scope}` ends it, once a second person confirms.",
        scope=freeze.scope, at=at,
    )  # fmt: skip


def _noted(freeze: Freeze) -> Text:
    if freeze.phase is Phase.PROPOSED:
        return Text.of(
            "Noted. {scope} is not frozen yet: it takes a second person, who presses Confirm on the card in {place}, "
            "or says the same.",
            scope=freeze.scope, place=freeze.place,
        )  # fmt: skip
    return Text.of(
        "Noted. {scope} stays as it is until a second person presses Confirm on the card in {place}, or says the same.",
        scope=freeze.scope, place=freeze.place,
    )  # fmt: skip


def _short(reason: Reason, scope: str) -> Text:
    match reason:
        case Reason.UNFROZEN:
            return Text.of("{scope} is open: deployments may go on.", scope=scope)
        case Reason.NOT_FROZEN:
            return Text.of("{scope} is not frozen.", scope=scope)
        case Reason.ALREADY:
            return Text.of("You have said so already; it takes a second person.")
        case Reason.NOTHING_PROPOSED:
            return Text.of("Nothing waits for a second person there.")
        case Reason.NO_REASON:
            return Text.of('Say why: `/war-room freeze {scope} "moving the database" for 2h`.', scope=scope)
        case _:
            return Text.of("The policy has no scope {scope} any more.", scope=scope)
