"""Why a watched release is yellow or red, what is missing, whom it asked, and what is due next."""

from dataclasses import replace

from handlers.contract import Desk, Reply
from handlers.explaining import called, calls, places
from rules import durations, reason_words
from rules.deciding import blockers, failed_gates
from rules.hushing import hush, not_before
from rules.plan import Plan
from rules.policy import Policy
from rules.reading import Judged, Level
from rules.release_words import LEVEL_WORDS, PHASE_WORDS, SIGNS, VERDICT_WORDS, check_line, worst_first
from rules.releasing import CHECKPOINT, DECIDE, END, FOLLOW
from rules.text import Moment, Text
from rules.watch import Phase, Watch

SHOWN = 10
ASKS = Text.of("I ask {at} how it goes with what is beyond its threshold (`{line}`).")
ENDS = Text.of("Its window ends {at} (`{line}`); then it waits for its decision.")
REMINDS = Text.of("I remind its owner of the decision, {at} (`{line}`).")


async def why(watch: Watch, desk: Desk) -> Reply:
    """All of it, in the order in which somebody asks."""
    policy, now = desk.policy(), desk.now()
    plan = policy.releases.get(watch.plan)
    return [
        line(watch),
        reason_words.told(watch.reason),
        *_life(watch),
        *_stands(watch, plan, now),
        *_incidents(watch),
        *await called(watch.timeline, desk),
        *_hushed(watch, policy, now),
        *_next(watch, plan),
        *places(watch.observed),
        *calls(watch.observed),
    ]  # fmt: skip


def line(watch: Watch) -> Text:
    """One release in one line."""
    return Text.of(
        "{sign} {release} · {title} · {level}, {phase}",
        sign=SIGNS[watch.level], release=watch.release, title=watch.title, level=LEVEL_WORDS[watch.level],
        phase=PHASE_WORDS[watch.phase],
    )  # fmt: skip


def _life(watch: Watch) -> Reply:
    began, ended = Moment(at=watch.opened_at), Moment(at=watch.ended_at)
    lines = [Text.of("Watched since {at} by the plan `releases.{plan}`.", at=began, plan=watch.plan)]
    if signed := watch.decision:
        lines.append(Text.of("Decided: {verdict}, by {who}, {at}: {why}", verdict=VERDICT_WORDS[signed.verdict],
                             who=signed.by, at=Moment(at=signed.at), why=signed.reason))  # fmt: skip
    elif watch.phase is Phase.SUPERSEDED:
        lines.append(Text.of("{release} is watched instead, since {at}.", release=watch.ended_by, at=ended))
    elif watch.phase is Phase.STOPPED:
        lines.append(Text.of("{who} ended its watch, {at}.", who=watch.ended_by, at=ended))
    return lines


def _stands(watch: Watch, plan: Plan | None, now: int) -> Reply:
    """Each check that is not good, with the line of the policy; the gates and criteria that are not fulfilled."""
    if plan is None:
        return [Text.of("The policy has no plan {plan} any more.", plan=watch.plan)]
    bad = [name for name in worst_first(plan.checks, watch) if _is_told(watch.judged.get(name, Judged()))]
    lines = [_check(name, watch, plan, now) for name in bad[:SHOWN]]
    if left := len(bad[SHOWN:]):
        lines.append(Text.counted("… and {count} more", "… and {count} more", count=left))
    if not bad:
        count = len(plan.checks)
        lines.append(Text.counted("Its {count} check is good.", "All of its {count} checks are good.", count=count))
    if watch.phase is Phase.DECIDING:
        lines += [Text.of("Against keeping it: {what}.", what=one) for one in blockers(watch, plan)]
    elif watch.is_open:
        lines += [Text.of("{gate} was not passed", gate=name) for name in failed_gates(watch, plan)]
    return lines


def _is_told(judged: Judged) -> bool:
    return judged.level is not Level.GOOD or bool(judged.breached)


def _check(name: str, watch: Watch, plan: Plan, now: int) -> Text:
    """A check that is beyond a threshold, by which line, and what that means; or what is missing of it."""
    judged, said = watch.judged.get(name, Judged()), check_line(name, plan, watch, now)
    if not judged.breached:
        return said
    check, action = plan.checks[name], plan.action(judged.breached)
    path = f"releases.{watch.plan}.checks.{name}"
    limit = check.red if judged.breached == Level.RED else check.yellow
    line_ = f"{path}.{judged.breached}: {limit or '-'}"  # the policy may have another one by now, or none
    if check.tick is not None:
        line_ = f"{path}.failed: {check.failed}"
    return Text.of("{check}. By `{line}`; that is {severity}.", check=said, line=line_, severity=action.severity)


def _incidents(watch: Watch) -> Reply:
    """A threshold pings nobody itself: it opens an incident, which pings as its severity says."""
    own = [one for one in watch.incidents if one.check and not one.resolved_at][:SHOWN]
    return [
        Text.of(
            "{check} opened the incident {id}, {severity}: `/sereno why {id}` says whom that pinged.",
            check=one.check, id=one.id, severity=one.severity,
        )
        for one in own
    ]  # fmt: skip


def _hushed(watch: Watch, policy: Policy, now: int) -> Reply:
    held = hush(policy, watch.severity, watch.place, watch.plan, now) if watch.is_open else None
    if held is None:
        return []
    free = not_before(policy, watch.severity, watch.place, watch.plan, now)
    return [held, Text.of("It may ping again from {at} on.", at=Moment(at=free))]


def _next(watch: Watch, plan: Plan | None) -> Reply:
    """What is due, each with its line of the policy."""
    if plan is None:
        return []
    path, lines = f"releases.{watch.plan}", []
    taken = {name.partition("/")[2]: at for name, at in watch.timers.items() if name.startswith(f"{CHECKPOINT}/")}
    if taken:
        name = min(taken, key=lambda one: taken[one])
        at = Moment(at=taken[name])
        lines.append(Text.of("Next: {name}, {at} (`{line}`).", name=name, at=at, line=f"{path}.checkpoints"))
    for timer, (words, line_) in _due(watch, plan).items():
        if due := watch.timers.get(timer):
            lines.append(replace(words, values={"at": Moment(at=due), "line": f"{path}.{line_}"}))
    return lines


def _due(watch: Watch, plan: Plan) -> dict[str, tuple[Text, str]]:
    """By the timer: what is said of its time, and the line of the plan."""
    level = "red" if any(one.breached == Level.RED for one in watch.judged.values()) else "yellow"
    follow = durations.show(plan.action(level).follow_up or 0)
    return {
        FOLLOW: (ASKS, f"{level}.follow_up: {follow}"),
        END: (ENDS, f"window: {durations.show(plan.window)}"),
        DECIDE: (REMINDS, f"remind_every: {durations.show(plan.remind_every)}"),
    }
