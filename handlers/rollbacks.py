"""Which rollback somebody means, and what a person is told after asking for one or doing something to it."""

from collections.abc import Awaitable, Callable, Mapping

from handlers.contract import Desk, Handled, Reply
from handlers.naming import typed
from handlers.releases import who_owns
from rules.decision import Decision
from rules.reason import Reason
from rules.release_words import named
from rules.rollback import Phase, Rollback, bare, key_of
from rules.rolling_back import ID, PLACE, PLAN, RELEASE, ROLLBACK, ROOM, STEP, TICK, TO, WHY
from rules.signal import Actor, Kind, Signal
from rules.team import Right
from rules.text import Text
from rules.watch import Verdict, Watch

GONE = Text.of("That rollback is over. `/war-room rollback` shows what goes on.")


class Nothing(Exception):
    """No rollback, or too many, are meant; `reply` says what there is."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply[0].template)
        self.reply = reply


async def meant(word: str, person: Actor, desk: Desk) -> Rollback:
    """The rollback that goes on: of the release that the word names; else that of this war-room, or the only one.

    Raises Nothing.
    """
    found = await desk.rollbacks()
    if word:
        found = [
            one for one in found if bare(word) == bare(one.release) or word in (one.id, f"{one.plan}:{one.release}")
        ]
    elif (room := await desk.room(person.channel)) and (here := [one for one in found if one.room == room.key]):
        found = here
    if len(found) == 1:
        return found[0]
    if not found and word:
        raise Nothing([Text.of("No rollback of `{word}` goes on.", word=typed(word))])
    if not found:
        raise Nothing([Text.of("No rollback goes on.")])
    names = ", ".join(f"{one.plan}:{one.release}" for one in found)
    raise Nothing([Text.of("Which one? `/war-room rollback tick RELEASE 2`: {names}.", names=names)])


async def standing(desk: Desk) -> Reply:
    """The rollbacks that go on, or what could be rolled back."""
    if found := await desk.rollbacks():
        return [line for one in found for line in stands(one)]
    watches = await desk.open_watches()
    if not watches:
        return [Text.of("No rollback goes on, and no release is watched now. `/war-room rollback RELEASE` is for one "
                        "that was.")]  # fmt: skip
    lines = [Text.of("No rollback goes on. What is watched now can be rolled back:")]
    for watch in watches[:10]:
        to = await target(watch, desk) or "VERSION"
        lines.append(
            Text.of('• `/war-room rollback {release} to {to} "WHY"`', release=named(watch, desk.policy()), to=to)
        )
    return lines


def stands(rollback: Rollback) -> Reply:
    """How one stands, in lines."""
    known = {"release": rollback.release, "to": rollback.to, "who": rollback.by, "place": rollback.place}
    if rollback.phase is Phase.PROPOSED:
        return [Text.of("⏳ {who} wants to roll back {release} to {to}; it waits for a second person, who presses "
                        "Confirm on the card in {place}.", **known)]  # fmt: skip
    lines = [Text.of("⏪ {release} is being rolled back to {to} by {who}; its card is in {place}.", **known)]
    for number, step in enumerate(rollback.steps, 1):
        sign = "✅" if step.done_at else "⬜"
        lines.append(Text.of("{sign} {n}. {step}", sign=sign, n=number, step=step.text))
    if rollback.running:
        lines.append(Text.of("{version} runs.", version=rollback.running))
    return lines


async def target(watch: Watch, desk: Desk) -> str:
    """The version to go back to when nobody says it: the baseline, or the last that was kept; "" for none."""
    if watch.baseline:
        return watch.baseline
    before = [one for one in await desk.watches() if one.plan == watch.plan and one.began_at < watch.began_at]
    kept = [one for one in before if one.decision and one.decision.verdict is Verdict.KEEP]
    return max(kept, key=lambda one: one.began_at).release if kept else ""


async def ask(watch: Watch, to: str, why: str, person: Actor, desk: Desk) -> Reply:
    """Decide that a release goes back; asked for in a war-room, it is shown there, unless few may see that."""
    room = await desk.room(person.channel)
    here = {ROOM: room.key, PLACE: "" if room.private else room.place} if room and room.is_open else {}
    labels = {PLAN: watch.plan, RELEASE: watch.release, TO: to or await target(watch, desk), WHY: why, **here}
    decision = await _submit(ROLLBACK, key_of(watch.plan, watch.release), labels, person, desk)
    rollback = decision.record if isinstance(decision.record, Rollback) else None
    match decision.reason:
        case Reason.ROLLBACK_BEGUN if rollback:
            return [Text.of("{release} is being rolled back to {to}; the card with its steps is in {place}.",
                            release=rollback.release, to=rollback.to, place=rollback.place)]  # fmt: skip
        case Reason.PROPOSED if rollback:
            return [Text.of("Noted. Nothing begins yet: it takes a second person, who presses Confirm on the card in "
                            "{place}, or says the same.", place=rollback.place)]  # fmt: skip
        case Reason.ALREADY if rollback:
            return stands(rollback)
        case Reason.NO_TARGET:
            return [Text.of('Back to which version? `/war-room rollback {release} to v1.0.0 "it does not start"`.',
                            release=named(watch, desk.policy()))]  # fmt: skip
        case _:
            return _told(decision, watch.plan, desk)


async def act(
    what: str, rollback: Rollback, person: Actor, desk: Desk, particulars: Mapping[str, str] | None = None
) -> Reply:
    """Let a person do something to a rollback, and say what came of it."""
    labels = {**(particulars or {}), ID: rollback.id}
    return _told(await _submit(what, rollback.key, labels, person, desk), rollback.plan, desk)


async def tick(rollback: Rollback, number: str, person: Actor, desk: Desk) -> Reply:
    """Have a step done; `number` from 1."""
    return await act(TICK, rollback, person, desk, {STEP: number})


def pressing(what: str) -> Callable[[str, Actor, Desk], Awaitable[Handled]]:
    """A button of a rollback's card; its value is the name of that one rollback, perhaps with a step: K7F3Q2/2."""

    async def press(value: str, person: Actor, desk: Desk) -> Handled:
        name, _, step = value.partition("/")
        record = await desk.find(name)
        if not isinstance(record, Rollback) or not record.is_open:
            return [GONE]
        return await act(what, record, person, desk, {STEP: step} if step else {})

    return press


async def _submit(what: str, key: str, labels: Mapping[str, str], person: Actor, desk: Desk) -> Decision:
    return await desk.submit(
        Signal(
            key=key, source="slack", kind=Kind.ACT, event=what, id=person.act, actor=person,
            labels={name: value for name, value in labels.items() if value}, title=labels.get(RELEASE, ""),
        )
    )  # fmt: skip


def _told(decision: Decision, plan: str, desk: Desk) -> Reply:
    rollback = decision.record if isinstance(decision.record, Rollback) else None
    match decision.reason:
        case Reason.NOT_ALLOWED:
            who = who_owns(desk.policy(), Right.DECIDE, plan)
            return [Text.of("You have no right to roll back here: {who}.", who=who)]
        case Reason.NO_PLAN:
            return [Text.of("The policy has no plan {plan} any more.", plan=plan)]
        case Reason.NOT_IN_PLAN if rollback:
            return [Text.counted("There is no such step; the checklist has {count} step.",
                                 "There is no such step; the checklist has {count} steps.",
                                 count=len(rollback.steps))]  # fmt: skip
        case Reason.ALREADY if rollback and rollback.phase is Phase.PROPOSED:
            return [Text.of("You have said so already; it takes a second person.")]
        case Reason.DUPLICATE:
            return []
        case reason:
            return [_SHORT.get(reason, GONE)]


_SHORT = {
    Reason.NO_REASON: Text.of("Say why: it is recorded with its reason."),
    Reason.NOT_BEGUN: Text.of("It has not begun yet: it takes a second person, who presses Confirm on the card."),
    Reason.NOTHING_PROPOSED: Text.of("Nothing waits for a second person there."),
    Reason.ALREADY: Text.of("That is done already."),
    Reason.ROLLBACK_BEGUN: Text.of("The rollback has begun."),
    Reason.STEP_DONE: Text.of("Ticked."),
    Reason.ROLLBACK_DONE: Text.of("The rollback is done."),
    Reason.ROLLBACK_GIVEN_UP: Text.of("The rollback is given up."),
    Reason.SENT_AGAIN: Text.of("GitHub is told once more; the card shows what comes of it."),
}
