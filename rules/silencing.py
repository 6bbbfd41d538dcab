"""Silences of Alertmanager for an incident: asked for, there, near their end, over; as the record keeps them."""

from collections.abc import Callable
from dataclasses import replace

from rules import hushing, matching
from rules.decision import Decision
from rules.incident import Incident
from rules.matching import Matcher
from rules.outcome import done, redraw, same
from rules.policy import Policy
from rules.reason import Reason
from rules.signal import Actor, Signal
from rules.silence import Silence
from rules.text import Moment, Text

MATCHERS, UNTIL, REASON, ENDS_WITH = "matchers", "until", "reason", "ends_with"  # particulars of the act
WARN_MS = 900_000  # this long before its end, or a quarter of its length
NEAR, OVER = "silence-near", "silence-over"
PROBES = ("a", "0", "Zq9-probe_x.y/z:1")  # what takes all of these takes anything, or nearly


def hides_everything(matchers: tuple[Matcher, ...]) -> bool:
    """Whether none of the matchers really chooses: each takes (nearly) every value, or alerts without the label.

    Alertmanager itself refuses a silence of which each matcher takes the empty value.
    """
    return all(matcher.accepts("") or all(map(matcher.accepts, PROBES)) for matcher in matchers)


def ask(signal: Signal, incident: Incident, who: Actor, now: int) -> Decision:
    """A silence is wanted from now on; what was asked for before is replaced by it."""
    said = signal.labels
    fresh = Silence(
        matchers=said[MATCHERS],
        by=who.name,
        by_id=who.id,
        reason=said.get(REASON, ""),
        since=now,
        until=int(said[UNTIL]),
        token=f"{incident.id}/{incident.seq + 1}",
        ends_with=said.get(ENDS_WITH) == "yes",
    )
    ending = tuple(replace(old, ending=True) if old.token else old for old in incident.silences)
    asked = replace(incident, silences=(*ending, fresh))
    text = Text.of(
        "{person} silences {matchers} until {at}: {why}",
        person=who.name, matchers=fresh.matchers, at=Moment(at=fresh.until), why=fresh.reason or "-",
    )  # fmt: skip
    return done(Reason.SILENCE_ASKED, redraw(timed(asked.say(now, text))), None)


def end(fresh: Incident, incident: Incident, who: Actor, now: int) -> Decision:
    """Our silences end now. `fresh`: the incident after somebody acted, `incident`: before."""
    if not any(silence.token and not silence.ending for silence in incident.silences):
        return same(Reason.NOT_SILENCED, incident, None)
    said = fresh.say(now, Text.of("{person} ends the silence.", person=who.name))
    return done(Reason.SILENCE_ENDING, redraw(timed(ending(said, lambda _: True))), None)


def closed(incident: Incident) -> Incident:
    """The incident is over: silences that were to end with it do."""
    return timed(ending(incident, lambda silence: silence.ends_with))


def ending(incident: Incident, which: Callable[[Silence], bool]) -> Incident:
    """The same incident with those of our silences marked that are to be ended."""
    marked = tuple(replace(one, ending=True) if one.token and which(one) else one for one in incident.silences)
    return replace(incident, silences=marked)


def timed(incident: Incident) -> Incident:
    """The same incident with the times of its silences among its timers: near their end, and at it."""
    others = {name: at for name, at in incident.timers.items() if name.partition("/")[0] not in (NEAR, OVER)}
    times: dict[str, int] = {}
    for silence in incident.silences:
        times[f"{OVER}/{silence.name}"] = silence.until
        if incident.is_open and silence.token and not silence.ending and not silence.warned:
            near = max(silence.until - WARN_MS, silence.until - (silence.until - silence.since) // 4)
            times[f"{NEAR}/{silence.name}"] = near
    return replace(incident, timers={**others, **times})


def ring(signal: Signal, incident: Incident, policy: Policy, now: int) -> Decision:
    """A silence is near its end, or at it."""
    kind, _, name = signal.event.partition("/")
    timers = {event: at for event, at in incident.timers.items() if event != signal.event}
    waiting = replace(incident, timers=timers)
    silence = next((one for one in incident.silences if one.name == name), None)
    if silence is None:
        return same(Reason.TIMER_STALE, waiting, None, changed=True)
    if kind == NEAR:
        if not incident.firing or not silence.id:
            return same(Reason.TIMER_STALE, waiting, None, changed=True)
        text = Text.of("{person}, your silence ends at {at}, and this still fires.",
                       person=silence.by, at=Moment(at=silence.until))  # fmt: skip
        quiet = hushing.hush(policy, incident.severity, incident.place, incident.route, now)
        mention = (f"user:{silence.by_id}",) if silence.by_id and not quiet else ()
        marked = tuple(replace(one, warned=True) if one is silence else one for one in incident.silences)
        warned = replace(waiting, silences=marked).say(now, text, mention=mention)
        return done(Reason.SILENCE_NEAR_END, warned, None)
    return done(Reason.SILENCE_OVER, over(waiting, silence, now), None)


def over(incident: Incident, silence: Silence, now: int) -> Incident:
    """A silence is no longer there; that one ends which was to be ended needs no word."""
    left = replace(incident, silences=tuple(one for one in incident.silences if one.name != silence.name))
    text = Text.of("The silence by {person} is over.", person=silence.by)
    if not silence.id:
        text = Text.of("The silence by {person} never came to be: Alertmanager did not take it.", person=silence.by)
    return redraw(timed(left if silence.ending else left.say(now, text)))


def made(incident: Incident, token: str, id_: str, now: int) -> Incident:
    """Alertmanager has it now, under this id."""
    there = tuple(
        replace(one, id=id_, trouble="", since=now) if one.token == token else one for one in incident.silences
    )
    return redraw(replace(incident, silences=there))


def ended(incident: Incident, token: str) -> Incident:
    """Alertmanager does not have it any more, as was wanted."""
    left = tuple(one for one in incident.silences if one.token != token)
    return redraw(timed(replace(incident, silences=left)))


def troubled(incident: Incident, token: str, why: str, now: int) -> Incident:
    """Alertmanager could not be reached or said no: the card says so, and the thread once."""
    old = next((one for one in incident.silences if one.token == token), None)
    if old is None or old.trouble == why:
        return incident
    marked = tuple(replace(one, trouble=why) if one.token == token else one for one in incident.silences)
    text = Text.of("Alertmanager has not taken the change of the silence: {why}. I keep trying.", why=why)
    fresh = replace(incident, silences=marked)
    return redraw(fresh if old.trouble else fresh.say(now, text))


def parse(text: str) -> tuple[Matcher, ...]:
    """The matchers of a silence. Raises matching.BadMatcher, also for those that would hide everything."""
    found = matching.parse(text)
    if hides_everything(found):
        raise matching.BadMatcher(
            Text.of('these would hide everything; name at least one value, such as service="checkout"')
        )
    return found
