"""How the watch of a release begins, and how it ends when another release comes."""

import re
from dataclasses import replace

from rules import cadence, keys
from rules.asking import not_before
from rules.decision import Decision
from rules.matching import matches_all
from rules.plan import Plan
from rules.policy import Policy
from rules.reading import Judged
from rules.reason import Reason
from rules.rights import means, permitted
from rules.signal import Actor, Kind, Signal
from rules.team import Right
from rules.text import Text
from rules.watch import Phase, Watch, key_of

PLAN, RELEASE, BASELINE, BEGAN = "plan", "release", "baseline", "began"  # particulars of a RELEASE or a SUCCESSION
NEWER, OLDER = "newer", "older"  # the events of a SUCCESSION
FREEZE = "freeze"  # the event of a READ: deployments wait from here on, or no longer
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+/@-]{0,99}")  # nothing that means something in PromQL or an address
PUBLISHED = ("published", "released")  # "released" also comes when a pre-release is promoted
PREVIOUS, NONE = "previous", "none"
END, DECIDE, FOLLOW, CHECKPOINT = "end", "decide", "follow", "checkpoint"  # timers


def addressed(signal: Signal, policy: Policy) -> Signal:
    """A published release as the signal of its watch, when a plan of the policy is for it; any other as it came."""
    said = signal.labels
    if signal.kind is not Kind.TALLY or signal.event != "release" or said.get("action") not in PUBLISHED:
        return signal
    tag = said.get("tag", "")
    plan = next((name for name, plan in policy.releases.items() if _is_for(plan, signal)), "")
    if not plan or said.get("draft") == "true" or not VERSION.fullmatch(tag):
        return signal
    promoted = said["action"] == "released"  # its time of publication is the pre-release's
    labels = {**said, PLAN: plan, RELEASE: tag}
    return replace(signal, key=key_of(plan, tag), kind=Kind.RELEASE, labels=labels, at=0 if promoted else signal.at)


def _is_for(plan: Plan, signal: Signal) -> bool:
    return plan.matchers is not None and matches_all(plan.matchers, {**signal.labels, "source": signal.source})


def begin(signal: Signal, watch: Watch | None, policy: Policy, now: int) -> Decision:
    """Watch a release, unless it is watched already; one that was stopped begins anew only by hand."""
    plan = policy.releases.get(signal.labels.get(PLAN, ""))
    if plan is None or not signal.labels.get(RELEASE):
        return Decision(reason=Reason.NO_PLAN, record=watch)
    if signal.actor and not permitted(
        policy, Right.WATCH, signal.actor, now, own=owns(policy, plan, signal.actor, now)
    ):
        return Decision(reason=Reason.NOT_ALLOWED, record=watch)
    if watch and (watch.is_open or signal.source == "github"):
        return Decision(reason=Reason.ALREADY, record=watch)
    began_at = min(signal.at or now, now)
    if now - began_at > plan.window:
        return Decision(reason=Reason.STALE, record=watch)
    fresh = _new(signal, plan, policy, began_at, now)
    if watch:
        fresh = _anew(fresh, watch, now)
    return changed(Reason.WATCH_BEGAN, scheduled(fresh, policy))


def _new(signal: Signal, plan: Plan, policy: Policy, began_at: int, now: int) -> Watch:
    said, by = signal.labels, signal.actor.name if signal.actor else signal.labels.get("author", "")
    named = said.get(BASELINE) or ("" if plan.baseline in (PREVIOUS, NONE) else plan.baseline)
    fresh = Watch(
        key=signal.key,
        id=keys.short(signal.key, now),
        plan=said[PLAN],
        release=said[RELEASE],
        title=plan.words,
        baseline=named if named != said[RELEASE] else "",
        links=signal.links,
        place=policy.channel(plan.channel),
        owner=tuple(name for name in plan.owner if name != NONE),
        started_by=by,
        opened_at=now,
        began_at=began_at,
        ends_at=began_at + plan.window,
        drawn_at=now,
    )
    if not by:
        return fresh.say(now, Text.of("{release} is watched from here on.", release=fresh.release))
    if signal.actor:
        return fresh.say(now, Text.of("{who} has {release} watched from here on.", who=by, release=fresh.release))
    return fresh.say(now, Text.of("{who} released {release}; I watch it from here on.", who=by, release=fresh.release))


def _anew(fresh: Watch, old: Watch, now: int) -> Watch:
    """The incidents of its checks that were left open are this watch's now: what is good again ends them."""
    left = {name: Judged(since=now, breached=level, beyond_since=now) for name, level in old.told.items()}
    return replace(fresh, told=old.told, judged=left)


def succeed(signal: Signal, watch: Watch, policy: Policy, now: int) -> Decision:
    """Another release of the same plan: a newer one ends this watch, an older one may be its baseline."""
    other = signal.labels.get(RELEASE, "")
    if signal.event == NEWER:
        if not watch.is_open:
            return Decision(reason=Reason.NOT_OPEN, record=watch)
        said = watch.say(now, Text.of("{release} is out and is watched instead.", release=other))
        ended = replace(said, phase=Phase.SUPERSEDED, ended_at=now, ended_by=other, timers={})
        return changed(Reason.SUPERSEDED, ended.redrawn(now))
    plan, began = policy.releases.get(watch.plan), int(signal.labels.get(BEGAN, "0"))
    introduced = replace(watch, introduced=True)
    takes = plan is not None and plan.baseline == PREVIOUS and not watch.baseline
    if other and (takes or watch.baseline == other):
        return changed(Reason.PRECEDED, replace(introduced, baseline=other, baseline_at=began).redrawn(now))
    return changed(Reason.PRECEDED, introduced)


def scheduled(watch: Watch, policy: Policy) -> Watch:
    """The same watch with the times of its checkpoints, its end and its reminders, as the policy has them now."""
    plan = policy.releases.get(watch.plan)
    if not watch.is_open or plan is None:
        return replace(watch, timers={})
    if watch.phase is Phase.DECIDING:
        return replace(watch, timers={DECIDE: not_before(watch, policy, watch.reminded_at + plan.remind_every)})
    times = {f"{CHECKPOINT}/{name}": at for name, at in cadence.due(plan, watch, policy.zone).items()}
    times[END] = watch.ends_at
    if follow := _follow_up(watch, plan):
        times[FOLLOW] = not_before(watch, policy, follow)
    return replace(watch, timers=times)


def _follow_up(watch: Watch, plan: Plan) -> int:
    """When somebody is asked how it goes with what is beyond a threshold; 0 when nothing is."""
    waits = []
    for judged in watch.judged.values():
        level = judged.breached
        every = plan.action(level).follow_up if level else None
        if every:
            waits.append(max(judged.beyond_since, watch.followed_at) + every)
    return min(waits, default=0)


def owns(policy: Policy, plan: Plan, who: Actor, now: int) -> bool:
    """Whether a plan names this person as its owner: by name, as who is on call, or as one of a user group."""
    return any(means(policy, name, who, now) for name in plan.owner)


def changed(reason: Reason, watch: Watch) -> Decision:
    """The watch is another one, for this reason."""
    return Decision(reason=reason, record=replace(watch, reason=reason), changed=True, route=watch.plan)
