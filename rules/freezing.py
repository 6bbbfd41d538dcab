"""What becomes of a freeze: asked for, confirmed by a second person, made longer, near its end, ended, over."""

from dataclasses import replace

from rules import durations, hushing, keys, oncall
from rules.decision import Decision
from rules.freeze import Freeze, Phase, Proposal, Wish, scope_of
from rules.freeze_plan import Scope
from rules.policy import Policy
from rules.reason import Reason
from rules.rights import permitted
from rules.signal import Actor, Kind, Signal
from rules.team import EVERYONE, Right
from rules.text import Moment, Span, Text

FREEZE, UNFREEZE, CONFIRM = "freeze", "unfreeze", "confirm"
WHY, LASTING, ROOM = "why", "for", "room"  # particulars; `for` as in the policy: 2h
NEAR, OVER, LAPSE = "near", "over", "lapse"  # timers
REJECTED = "rejected"
WARN_MS = 900_000  # this long before its end, or a quarter of its length
PROPOSAL_MS = 3_600_000  # a second person has so long to say so too


def decide(signal: Signal, freeze: Freeze | None, policy: Policy, now: int) -> Decision:
    """What becomes of a scope's freeze. `now`: unix milliseconds."""
    if signal.kind is Kind.ACT:
        return _act(signal, freeze, policy, now)
    if freeze is None:
        return Decision(reason=Reason.NO_RECORD)
    if signal.kind is Kind.DEPLOYMENT:
        return _turned_away(signal, freeze, now)
    if signal.kind is Kind.ROOM:
        return _let_go(signal, freeze, policy, now)
    return _ring(signal, freeze, policy, now)


def _act(signal: Signal, freeze: Freeze | None, policy: Policy, now: int) -> Decision:
    """`signal.event` is the act, `signal.actor` who does it, `signal.labels` its particulars."""
    who, scope = signal.actor, policy.scopes.get(scope_of(signal.key))
    if who is None or not permitted(policy, Right.FREEZE, who, now):
        return Decision(reason=Reason.NOT_ALLOWED, record=freeze)
    current = _current(freeze, now)
    waiting = current.proposed if current else None
    match signal.event:
        case "freeze" if scope is None:
            return Decision(reason=Reason.NO_SCOPE, record=freeze)
        case "freeze" if scope and not (current and waiting and _is_seconded(waiting, who, Wish.FREEZE)):
            return _freeze(signal, freeze, current, scope, policy, who, now)
        case "unfreeze" if not (current and waiting and _is_seconded(waiting, who, Wish.UNFREEZE)):
            return _unfreeze(signal, freeze, current, scope, policy, who, now)
        case _ if current is None or waiting is None:
            return Decision(reason=Reason.NOTHING_PROPOSED, record=freeze)
        case _ if waiting.by_id == who.id:
            return Decision(reason=Reason.ALREADY, record=freeze)
        case _ if waiting.wish is Wish.FREEZE:
            return (
                _frozen(current, waiting, who.name, now) if scope else Decision(reason=Reason.NO_SCOPE, record=freeze)
            )
        case _:
            return _ended(current, waiting.by, who.name, now)


def _current(freeze: Freeze | None, now: int) -> Freeze | None:
    """The freeze, as far as it still lasts or waits at this moment, whatever its timers have said."""
    if freeze is None:
        return None
    is_late = freeze.proposed is not None and now - freeze.proposed.at >= PROPOSAL_MS
    fresh = replace(freeze, proposed=None) if is_late else freeze
    return fresh if fresh.locks(now) or (fresh.phase is Phase.PROPOSED and fresh.proposed) else None


def _is_seconded(waiting: Proposal, who: Actor, wish: Wish) -> bool:
    """Whether somebody else says so too."""
    return waiting.wish is wish and waiting.by_id != who.id


def _freeze(
    signal: Signal, freeze: Freeze | None, current: Freeze | None, scope: Scope, policy: Policy, who: Actor, now: int
) -> Decision:
    why = signal.labels.get(WHY, "").strip() or (current.why if current and current.locks(now) else "")
    lasting = durations.parse(signal.labels[LASTING]) if signal.labels.get(LASTING) else scope.default
    if not why:
        return Decision(reason=Reason.NO_REASON, record=freeze)
    if not 0 < lasting <= scope.longest:
        return Decision(reason=Reason.TOO_LONG, record=freeze)
    room = signal.labels.get(ROOM, "")
    wish = Proposal(wish=Wish.FREEZE, by=who.name, by_id=who.id, at=now, why=why, lasting=lasting, room=room)
    begun = current or _begun(signal.key, freeze, scope, policy, now)
    return _proposed(begun, wish, policy, now) if scope.two_people else _frozen(begun, wish, "", now)


def _begun(key: str, freeze: Freeze | None, scope: Scope, policy: Policy, now: int) -> Freeze:
    """A new one, where none lasts."""
    name = scope_of(key)
    return Freeze(
        key=key, id=keys.short(key, now), version=freeze.version if freeze else 0, scope=name,
        title=scope.words or name, place=policy.channel(scope.channel), opened_at=now,
    )  # fmt: skip


def _frozen(freeze: Freeze, wish: Proposal, second: str, now: int) -> Decision:
    again, until = freeze.phase is Phase.FROZEN, now + wish.lasting
    fresh = replace(
        freeze, phase=Phase.FROZEN, owner=wish.by, owner_id=wish.by_id, second=second, why=wish.why, until=until,
        since=freeze.since if again else now, proposed=None, room=_room(freeze, wish, again=again),
        timers={NEAR: until - min(WARN_MS, wish.lasting // 4), OVER: until},
    )  # fmt: skip
    text = Text.of("{who} freezes {scope} until {at}: {why}",
                   who=wish.by, scope=freeze.title, at=Moment(at=until), why=wish.why)  # fmt: skip
    said = fresh.say(now, _confirmed(text, second))
    return _changed(Reason.FROZEN, said.redrawn())


def _room(freeze: Freeze, wish: Proposal, *, again: bool) -> str:
    """The war-room with which it ends: that in which it began, until it is made longer from elsewhere."""
    if again and freeze.room != wish.room:
        return ""
    return wish.room


def _unfreeze(
    signal: Signal, freeze: Freeze | None, current: Freeze | None, scope: Scope | None, policy: Policy, who: Actor,
    now: int,
) -> Decision:  # fmt: skip
    if current is None:
        return Decision(reason=Reason.NOT_FROZEN, record=freeze)
    if current.phase is Phase.PROPOSED:
        text = Text.of("{who} took it back: {scope} is not frozen.", who=who.name, scope=current.title)
        return _changed(Reason.UNFROZEN, _over(current.say(now, text), who.name, now))
    if scope is None or not scope.two_people:
        return _ended(current, who.name, "", now)
    if current.proposed and current.proposed.wish is Wish.UNFREEZE:
        return Decision(reason=Reason.ALREADY, record=freeze)
    wish = Proposal(wish=Wish.UNFREEZE, by=who.name, by_id=who.id, at=now, why=signal.labels.get(WHY, ""))
    return _proposed(current, wish, policy, now)


def _ended(freeze: Freeze, by: str, second: str, now: int) -> Decision:
    text = Text.of("{who} ends the freeze of {scope}: deployments may go on.", who=by, scope=freeze.title)
    return _changed(Reason.UNFROZEN, _over(freeze.say(now, _confirmed(text, second)), by, now))


def _confirmed(text: Text, second: str) -> Text:
    return Text.of("{text} (confirmed by {second})", text=text, second=second) if second else text


def _proposed(freeze: Freeze, wish: Proposal, policy: Policy, now: int) -> Decision:
    """It waits for a second person; who may be that is called, at any hour: somebody waits for the answer."""
    text = Text.of("{who} wants to end the freeze of {scope}.", who=wish.by, scope=freeze.title)
    if wish.wish is Wish.FREEZE:
        text = Text.of("{who} wants to freeze {scope} for {span}: {why}",
                       who=wish.by, scope=freeze.title, span=Span(ms=wish.lasting), why=wish.why)  # fmt: skip
    asked = Text.of("{text}\nIt takes a second person with the right: Confirm on the card, within {span}.",
                    text=text, span=Span(ms=PROPOSAL_MS))  # fmt: skip
    waits = replace(freeze, proposed=wish, timers={**freeze.timers, LAPSE: now + PROPOSAL_MS})
    if waits.phase is Phase.PROPOSED:
        waits = replace(waits, owner=wish.by, owner_id=wish.by_id, why=wish.why)
    said = waits.say(now, asked, mention=_who_may(policy, now))
    return _changed(Reason.PROPOSED, said.redrawn())


def _who_may(policy: Policy, now: int) -> tuple[str, ...]:
    """Those with the right, as far as they are named: nobody calls everyone."""
    named = (f"@{name.removeprefix('@')}" for name in policy.rights.of(Right.FREEZE) if name != EVERYONE)
    return tuple(name for name in oncall.resolve(policy, named, now) if name != "none")


def _ring(signal: Signal, freeze: Freeze, policy: Policy, now: int) -> Decision:
    """A time that it asked for; `signal.event` says which."""
    due = freeze.timers.get(signal.event)
    if due is None or due > now:
        return Decision(reason=Reason.TIMER_STALE, record=freeze)
    rung = replace(freeze, timers={name: at for name, at in freeze.timers.items() if name != signal.event})
    match signal.event:
        case "near" if freeze.locks(now):
            return _changed(Reason.FREEZE_NEAR_END, _reminded(rung, policy, now))
        case "over":
            text = Text.of("The freeze of {scope} is over: deployments may go on.", scope=freeze.title)
            return _changed(Reason.FREEZE_OVER, _over(rung.say(now, text), "", freeze.until))
        case "lapse" if freeze.proposed:
            said = rung.say(now, Text.of("Nobody confirmed it within {span}.", span=Span(ms=PROPOSAL_MS)))
            left = replace(said, proposed=None).redrawn()
            return _changed(Reason.LAPSED, left if left.phase is Phase.FROZEN else _over(left, "", now))
        case _:
            return Decision(reason=Reason.TIMER_STALE, record=rung, changed=True)


def _reminded(freeze: Freeze, policy: Policy, now: int) -> Freeze:
    text = Text.of("{person}, the freeze of {scope} ends at {at}. `/war-room freeze {word} for 1h` makes it longer.",
                   person=freeze.owner, scope=freeze.title, at=Moment(at=freeze.until), word=freeze.scope)  # fmt: skip
    is_quiet = hushing.hush(policy, freeze.severity, freeze.place, "", now) is not None
    return freeze.say(now, text, mention=() if is_quiet or not freeze.owner_id else (f"user:{freeze.owner_id}",))


def _turned_away(signal: Signal, freeze: Freeze, now: int) -> Decision:
    """GitHub was told that a deployment may not go on."""
    if not freeze.locks(now):
        return Decision(reason=Reason.NOT_FROZEN, record=freeze)
    said = signal.labels
    text = Text.of("GitHub asked to deploy {repository} to {environment}. I said no.",
                   repository=said.get("repository", ""), environment=said.get("environment", ""))  # fmt: skip
    return _changed(Reason.DEPLOYMENT_REJECTED, freeze.say(now, text))


def _let_go(signal: Signal, freeze: Freeze, policy: Policy, now: int) -> Decision:
    """The war-room in which it was frozen is over: so is the freeze, if who closed that may end it alone."""
    if freeze.room != signal.labels.get(ROOM, "") or not freeze.is_open:
        return Decision(reason=Reason.NOT_FROZEN, record=freeze)
    scope, who = policy.scopes.get(freeze.scope), signal.actor
    is_enough = who is not None and permitted(policy, Right.FREEZE, who, now) and not (scope and scope.two_people)
    if who is None or not is_enough:
        asked = Text.of("The war-room is closed. Is the freeze of {scope} over, too? *Unfreeze* ends it.",
                        scope=freeze.title)  # fmt: skip
        if scope and scope.two_people:
            asked = Text.of("The war-room is closed. Is the freeze of {scope} over, too? *Unfreeze* ends it, once a "
                            "second person confirms.", scope=freeze.title)  # fmt: skip
        return _changed(Reason.LET_GO, freeze.say(now, asked, mention=_who_may(policy, now)))
    text = Text.of("The war-room is closed, and the freeze of {scope} with it.", scope=freeze.title)
    return _changed(Reason.LET_GO, _over(freeze.say(now, text), who.name, now))


def _over(freeze: Freeze, by: str, at: int) -> Freeze:
    return replace(freeze, phase=Phase.OVER, proposed=None, ended_at=at, ended_by=by, timers={}).redrawn()


def _changed(reason: Reason, freeze: Freeze) -> Decision:
    return Decision(reason=reason, record=replace(freeze, reason=reason), changed=True, route=freeze.scope)
