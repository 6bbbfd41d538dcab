"""What people may order for a while: mute a route or channel, end a mute, be on call for somebody else."""

from dataclasses import replace

from rules.decision import Decision
from rules.policy import Policy
from rules.reason import Reason
from rules.rights import permitted
from rules.signal import Actor, Signal
from rules.standing import Muted, Standing, Taken
from rules.team import Right

MUTE, UNMUTE, OVERRIDE = "mute", "unmute", "override"
ROUTE, CHANNEL, UNTIL, REASON = "route", "channel", "until", "reason"  # particulars; times in unix milliseconds
ROTATION, PERSON, SINCE = "rotation", "person", "since"
RIGHTS = {MUTE: Right.MUTE, UNMUTE: Right.MUTE, OVERRIDE: Right.OVERRIDE}


def order(signal: Signal, standing: Standing | None, policy: Policy, now: int) -> Decision:
    """`signal.event` is the order, `signal.actor` who gives it, `signal.labels` its particulars."""
    who, right = signal.actor, RIGHTS.get(signal.event)
    if who is None or right is None or not permitted(policy, right, who, now):
        return Decision(reason=Reason.NOT_ALLOWED, record=standing)
    old = (standing or Standing()).lasting(now)
    said = signal.labels
    match signal.event:
        case "mute":
            return _changed(Reason.MUTED, _muted(old, said.get(ROUTE, ""), said.get(CHANNEL, ""), signal, who))
        case "unmute":
            left = tuple(m for m in old.mutes if not _is_meant(m, said.get(ROUTE, ""), said.get(CHANNEL, "")))
            if len(left) == len(old.mutes):
                return Decision(reason=Reason.ALREADY, record=standing)
            return _changed(Reason.UNMUTED, replace(old, mutes=left))
        case _:
            taken = Taken(
                rotation=said[ROTATION],
                person=said[PERSON],
                by=who.name,
                since=int(said.get(SINCE, now)),
                until=int(said[UNTIL]),
            )
            return _changed(Reason.TAKEN_OVER, replace(old, overrides=(*old.overrides, taken)))


def _muted(old: Standing, route: str, channel: str, signal: Signal, who: Actor) -> Standing:
    others = tuple(mute for mute in old.mutes if not _is_meant(mute, route, channel))
    fresh = Muted(
        route=route,
        channel=channel,
        by=who.name,
        reason=signal.labels.get(REASON, ""),
        until=int(signal.labels[UNTIL]),
    )
    return replace(old, mutes=(*others, fresh))


def _is_meant(mute: Muted, route: str, channel: str) -> bool:
    return (mute.route, mute.channel) == (route, channel)


def _changed(reason: Reason, standing: Standing) -> Decision:
    return Decision(reason=reason, record=standing, changed=True)
