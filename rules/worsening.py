"""When an incident gets worse: where it is shown then, and who is told."""

from dataclasses import replace

from rules import oncall, telling
from rules.aloud import aloud
from rules.hushing import hush
from rules.incident import Incident
from rules.outcome import redraw
from rules.policy import Policy
from rules.routing import Ruling
from rules.text import Text


def worse(fresh: Incident, old: Incident, ruling: Ruling, policy: Policy, now: int) -> Incident:
    """The worst there was so far: said aloud, with a ping; in the channel that the new severity belongs to."""
    moves = ruling.channel != old.place
    unseen = old.observed.posted is None and old.observed.sending is None
    raised = replace(
        fresh,
        peak=fresh.severity,
        rank=policy.rank(fresh.severity),
        place=ruling.channel,
        shown=ruling.shown,
        owner=ruling.owner or fresh.owner,
        runbook=ruling.runbook or fresh.runbook,
        storm="",
    )
    quiet, called = (
        hush(policy, raised.severity, raised.place, ruling.route, now),
        oncall.resolve(policy, ruling.mention, now),
    )
    raised = replace(raised, called=ruling.mention, mail=ruling.mail, hushed=quiet if called else None)
    text, mention = telling.worse(raised, old), () if quiet else called
    if moves or unseen:
        return redraw(replace(raised, mention=mention, pinged="").say(now, text))
    raised = replace(raised, mention=())  # the line that says so has the ping, no card needs another
    return redraw(raised.say(now, text, aloud=not quiet, mention=mention))


def worse_again(fresh: Incident, old: Incident, policy: Policy, now: int) -> Incident:
    """As bad as it was before: said aloud, but it has had its ping."""
    text = Text.of("Worse again: {new} now, was {old}.", new=fresh.severity, old=old.severity)
    return redraw(aloud(fresh, text, (), policy, now))
