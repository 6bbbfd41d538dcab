"""Which watched release somebody means, and what a person is told after acting on one."""

from collections.abc import Awaitable, Callable, Mapping
from difflib import get_close_matches

from handlers.contract import Card, Desk, Handled, Reply
from handlers.naming import SHOWN, typed
from rules.policy import Policy
from rules.reason import Reason
from rules.release_acting import DECIDE, RIGHTS, SET, STOP, TICK
from rules.release_words import named
from rules.releasing import BASELINE, PLAN, RELEASE, VERSION
from rules.rights import who_may
from rules.signal import Actor, Kind, Signal
from rules.team import Right
from rules.text import Text
from rules.watch import Watch, by_name, key_of

About = Callable[[Watch, list[str], Actor, Desk], Awaitable[Handled]]
Run = Callable[[list[str], Actor, Desk], Awaitable[Handled]]
Press = Callable[[str, Actor, Desk], Awaitable[Handled]]
ACT_WORDS = {TICK: Text.of("tick"), SET: Text.of("set"), STOP: Text.of("stop"), DECIDE: Text.of("decide")}


class Nothing(Exception):
    """No release, or too many, are meant; `reply` says what there is."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply[0].template)
        self.reply = reply


async def meant(words: list[str], desk: Desk) -> tuple[Watch, list[str]]:
    """The release that the first word names, and the other words; without such a word the one that is open.

    Raises Nothing.
    """
    if words and (watch := await found(words[0], desk)):
        return watch, words[1:]
    open_ = await desk.open_watches()
    if words and VERSION.fullmatch(words[0]) and any(letter.isdigit() for letter in words[0]) and "." in words[0]:
        raise Nothing(_unknown(words[0], await desk.watches()))
    if len(open_) == 1:
        return open_[0], words
    if not open_:
        raise Nothing(_unknown(words[0], await desk.watches()) if words else none(desk))
    names = ", ".join(named(watch, desk.policy()) for watch in open_[:10])
    raise Nothing([Text.of("Which release? These are watched now: {names}.", names=names)])


async def only(word: str, desk: Desk) -> Watch:
    """The release that a word names. Raises Nothing."""
    if watch := await found(word, desk):
        return watch
    raise Nothing(_unknown(word, await desk.watches()))


async def found(word: str, desk: Desk) -> Watch | None:
    """By its key, for any that is remembered; else by any of its names, of those that are open or were lately.

    Raises Nothing.
    """
    plan, _, release = word.rpartition(":")
    keys = [key_of(one, name) for one in desk.policy().releases for name in (release, f"v{release}")]
    wanted = [word] if plan.startswith("watch:") else [key for key in keys if plan in ("", key.split(":")[1])]
    records = [await desk.find(key) for key in wanted] if VERSION.fullmatch(release) else []
    watches = [one for one in records if isinstance(one, Watch)]
    return _named(word, watches or await desk.open_watches()) or _named(word, await desk.watches())


def _named(word: str, watches: list[Watch]) -> Watch | None:
    """The one that a word means: the open one, else the latest. Raises Nothing when several plans watch it."""
    found = by_name(word, watches)
    if len(found) > 1 and found[0].is_open:
        names = ", ".join(f"{one.plan}:{one.release}" for one in found)
        raise Nothing([Text.of("Several plans watch `{word}`; say which: {names}.", word=typed(word), names=names)])
    return next(iter(found), None)


def _unknown(word: str, watches: list[Watch]) -> Reply:
    lines = [Text.of("I know no release `{word}`.", word=typed(word))]
    close = get_close_matches(word[:SHOWN], [watch.release for watch in watches], n=1)
    lines += [Text.of("Did you mean `/release-status {name}`?", name=name) for name in close]
    known = [watch.release for watch in watches if watch.is_open]
    if known:
        lines.append(Text.of("Watched now: {names}.", names=", ".join(known[:10])))
    return [*lines, Text.of("`/release-status list` shows all; `/release-status start VERSION` watches one.")]


def none(desk: Desk) -> Reply:
    """What to say when no release is watched: how to begin."""
    plans = ", ".join(desk.policy().releases)
    if not plans:
        return [Text.of("No release is watched, and the policy has no plan for one: write `releases:` into it.")]
    return [
        Text.of("No release is watched now."),
        Text.of("`/release-status start v1.1.1 PLAN` watches one; plans: {plans}.", plans=plans),
        Text.of("A release that is published at GitHub starts by itself when its plan has a `match`."),
    ]


def meaning(handle: About) -> Run:
    """A sub-command about the release that its words mean; `handle` gets it with the words that are left."""

    async def run(words: list[str], person: Actor, desk: Desk) -> Handled:
        try:
            watch, rest = await meant(words, desk)
        except Nothing as nothing:
            return nothing.reply
        return await handle(watch, rest, person, desk)

    return run


def of_card(handle: About) -> Press:
    """A button about the release of its card; `handle` gets no words."""

    async def press(key: str, person: Actor, desk: Desk) -> Handled:
        try:
            watch = await only(key, desk)
        except Nothing as nothing:
            return nothing.reply
        return await handle(watch, [], person, desk)

    return press


def shown(*, details: bool = False, summary: bool = False, chart: bool = False) -> About:
    """The release in one of these ways."""

    async def show(watch: Watch, _words: list[str], _person: Actor, _desk: Desk) -> Handled:
        return Card(watch=watch, details=details, summary=summary, chart=chart)

    return show


async def start(version: str, plan: str, baseline: str, person: Actor, desk: Desk) -> Reply:
    """Have a release watched, and say what came of it."""
    policy = desk.policy()
    if wrong := _unfit(version, plan, baseline, desk):
        return wrong
    name = plan or next(iter(policy.releases))
    labels = {PLAN: name, RELEASE: version, BASELINE: baseline}
    decision = await desk.submit(
        Signal(
            key=key_of(name, version), source="slack", kind=Kind.RELEASE, event="start", id=person.act, actor=person,
            labels=labels,
        )
    )  # fmt: skip
    match decision.reason:
        case Reason.NOT_ALLOWED:
            return [Text.of("You have no right to start a watch: {who}.", who=who_owns(policy, Right.WATCH, name))]
        case Reason.ALREADY:
            return [Text.of("{version} is watched already: `/release-status {version}`.", version=version)]
        case Reason.DUPLICATE:
            return []
        case Reason.NO_PLAN | Reason.STALE:
            return [Text.of("The policy has no plan {name} any more.", name=name)]
        case _:
            place = policy.channel(policy.releases[name].channel)
            return [
                Text.of(
                    "{version} is watched by the plan {plan}; its card is in {place}.",
                    version=version, plan=name, place=place,
                )
            ]  # fmt: skip


def _unfit(version: str, plan: str, baseline: str, desk: Desk) -> Reply:
    """Why nothing can be started so; nothing to say when it can."""
    known = desk.policy().releases
    for word in (version, baseline):
        if word and not VERSION.fullmatch(word):
            return [
                Text.of(
                    "`{word}` is no version that I can watch: letters, digits and . _ + / @ - only, 100 at most.",
                    word=typed(word),
                )
            ]
    if not known:
        return none(desk)
    plans = ", ".join(known)
    if not plan and len(known) > 1:
        return [
            Text.of("By which plan? `/release-status start {version} PLAN`: {plans}.", version=version, plans=plans)
        ]
    if plan and plan not in known:
        return [Text.of("The policy has no plan `{name}`; it has {plans}.", name=typed(plan), plans=plans)]
    return []


async def act(what: str, watch: Watch, person: Actor, desk: Desk, particulars: Mapping[str, str]) -> Reason:
    """Let a person do something to a watched release."""
    decision = await desk.submit(
        Signal(
            key=watch.key, source="slack", kind=Kind.ACT, event=what, id=person.act, actor=person, labels=particulars,
            title=watch.release,
        )
    )  # fmt: skip
    return decision.reason


def refusal(what: str, reason: Reason, watch: Watch, desk: Desk) -> Reply:
    """Why nothing was done; nothing to say when it was done."""
    policy = desk.policy()
    match reason:
        case Reason.NOT_ALLOWED:
            who = who_owns(policy, RIGHTS[what], watch.plan)
            return [Text.of("You have no right to {what} here: {who}.", what=ACT_WORDS[what], who=who)]
        case Reason.NOT_OPEN:
            return [Text.of("{release} is not watched any more.", release=watch.release)]
        case Reason.NO_PLAN | Reason.NO_RECORD:
            return [Text.of("The policy has no plan {plan} any more.", plan=watch.plan)]
        case Reason.NO_REASON:
            return [Text.of("Say why: the decision is recorded with its reason.")]
        case _:
            return []


def who_owns(policy: Policy, right: Right, plan: str) -> Text:
    """Who has a right to a release, to go on a refusal."""
    owner = policy.releases[plan].owner if plan in policy.releases else []
    who = who_may(policy, right)
    if not owner:
        return who
    return Text.of("{who}, and the owner of the plan, {owner}", who=who, owner=", ".join(owner))
