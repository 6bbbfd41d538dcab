"""Who may be interrupted by a line of the timeline: not in quiet hours or under a mute, and not by what flaps."""

from dataclasses import replace

from rules import oncall, telling
from rules.hushing import hush
from rules.incident import Incident
from rules.policy import Policy
from rules.text import Text


def aloud(incident: Incident, text: Text, mention: tuple[str, ...], policy: Policy, now: int) -> Incident:
    """Say a line in the channel too, as far as flapping and quiet hours let it."""
    if incident.flapping:
        return incident.say(now, text, visible=False)
    if hush(policy, incident.severity, incident.place, incident.route, now):
        return incident.say(now, text)
    return incident.say(now, text, aloud=True, mention=oncall.resolve(policy, mention, now))


def flip(incident: Incident, policy: Policy, now: int, *, flipped: bool) -> Incident:
    """Count a re-fire; over the policy's limit the incident goes quiet, and says so once."""
    limit = policy.flapping
    recent = tuple(at for at in incident.flips if now - at <= limit.within)
    if flipped:
        recent = (*recent, now)
    fresh = replace(incident, flips=recent)
    if len(recent) < limit.flips or incident.flapping:
        return fresh
    return replace(fresh, flapping=True).say(now, telling.flapping(len(recent), limit.within, limit.hold))
