"""Which incidents go by mail, and when: at once where the policy says so, or because Slack does not take the worst."""

from dataclasses import replace
from itertools import takewhile

from rules.decision import Decision, Record
from rules.hushing import is_muted
from rules.incident import Incident
from rules.letter import Letter
from rules.mailing import addresses
from rules.outcome import done, same
from rules.policy import Policy
from rules.reason import Reason
from rules.report import Report
from rules.text import Text

AWAY = "away"  # the timer: Slack has had its time to show the worst; and the letters that it writes
ASKS = "asks"
KEPT = 20
WORST_FIRST = 10**13  # more than any unix milliseconds


def lettered(decision: Decision, before: Incident | None, policy: Policy, now: int) -> Decision:
    """The same decision, with the letters that its incident wants now. One that flaps writes no more of them."""
    incident = decision.record
    if not isinstance(incident, Incident) or not decision.changed:
        return decision
    was_open = before is not None and before.id == incident.id and before.is_open
    asked = before.attention.asked_at if before is not None and was_open else 0
    if incident.is_open and incident.attention.asked_at != asked and incident.shown and not incident.flapping:
        fresh = _begun(incident, policy, now)
    elif was_open and not incident.is_open:
        fresh = _ended(incident, now)
    else:
        return decision
    return replace(decision, record=fresh)


def ring(incident: Incident, policy: Policy, now: int) -> Decision:
    """Slack has had its time: what it does not show yet goes by mail, unless a letter has said it already."""
    waiting = replace(incident, timers={name: at for name, at in incident.timers.items() if name != AWAY})
    to = _instead(incident, policy, now)
    if not incident.is_open or not unseen(incident) or not to:
        return same(Reason.TIMER_STALE, waiting, None, changed=True)
    text = Text.of("Slack has not shown this for a while: it goes to {to} by mail.", to=", ".join(to))
    told = waiting.say(now, text, visible=False)
    letter = Letter(name=_name(AWAY, incident), to=to, at=now, instead=True)
    return done(Reason.MAILED, _with(told, letter), None)


def unsent(record: Record) -> tuple[Letter, ...]:
    """The letters of a record that still have to go out, in order.

    Each says how it stands when it goes out; so one is left out when a later one says that to the same people.
    """
    if not isinstance(record, Incident | Report):
        return ()
    waiting = (pair for pair in enumerate(record.letters, 1) if pair[1].name not in record.observed.mailed)
    return tuple(one for index, one in waiting if not any({*one.to} <= {*two.to} for two in record.letters[index:]))


def queued_at(record: Record) -> int | str:
    """Where its letters stand in their queue: by time (unix ms), the worst before all; "" without any."""
    waiting = [letter.at for letter in unsent(record)]
    if not waiting:
        return ""
    return min(waiting) - (WORST_FIRST if isinstance(record, Incident) and record.rank == 0 else 0)


def unseen(incident: Incident) -> bool:
    """Whether Slack lacks what would interrupt somebody."""
    posted, seen = incident.observed.posted, incident.observed
    if posted is None or posted.place != incident.place:
        return True
    return any(entry.aloud and entry.seq > seen.replied for entry in incident.timeline)


def _begun(incident: Incident, policy: Policy, now: int) -> Incident:
    """It asks for somebody: for the first time, again, or more urgently."""
    muted = is_muted(policy, incident.place, incident.route, now)
    to = () if muted else addresses(policy, incident.mail, now)
    fresh = _with(incident, Letter(name=_name(ASKS, incident), to=to, at=now)) if to else incident
    if incident.rank > 0 or not _instead(fresh, policy, now):
        return fresh
    return replace(fresh, timers={**fresh.timers, AWAY: now + policy.mail.after})


def _instead(incident: Incident, policy: Policy, now: int) -> tuple[str, ...]:
    """Whom a mail reaches in the place of Slack: those who have none of this beginning yet."""
    names = (_name(ASKS, incident), _name(AWAY, incident))
    have = {address for letter in incident.letters if letter.name in names for address in letter.to}
    wanted = addresses(policy, policy.mail.when_slack_is_away or policy.rule(incident.severity).mail, now)
    return tuple(address for address in wanted if address not in have)


def _ended(incident: Incident, now: int) -> Incident:
    """Who was told that it began is told that it is over, and nobody else; once for each beginning."""
    told = tuple(takewhile(lambda letter: not letter.follows, reversed(incident.letters)))
    if not told:
        return incident
    to = tuple(dict.fromkeys(address for letter in reversed(told) for address in letter.to))
    return _with(incident, Letter(name=f"over-{told[0].name}", to=to, at=now, follows=told[0].name))


def _with(incident: Incident, letter: Letter) -> Incident:
    """One more letter; never two of the same name, when it begins twice in one moment."""
    if any(known.name == letter.name for known in incident.letters):
        return incident
    return replace(incident, letters=(*incident.letters, letter)[-KEPT:])


def _name(what: str, incident: Incident) -> str:
    """Of a letter about its latest beginning."""
    return f"{what}-{incident.attention.asked_at}"
