"""An incident as a card of two lines, the details in its thread, and a stub where it used to be."""

from bot.cards import remedies
from bot.cards.face import (
    CONTEXT_MAX,
    SECTION_MAX,
    TEXT_MAX,
    Block,
    Face,
    Mention,
    Pen,
    actions,
    button,
    context,
    section,
)
from bot.cards.mrkdwn import COLON, cut, draw, fits, inert, link, row
from rules.attaching import is_offered
from rules.attention import has_step
from rules.incident import Attached, Incident, State
from rules.observed import Entry
from rules.policy import Policy
from rules.silence import Silence
from rules.steps import PostReply
from rules.text import Moment, Span, Text, Value

TITLE, SUMMARY, WHERE, MEMBERS = 150, 160, 120, 40
WORDS_MAX = 2000  # of what a person said
PLACES = ("cluster", "environment", "env", "namespace", "service", "job", "instance", "host", "repository", "branch")
SIGNS = {0: "🔴", 1: "🟠"}
LINK_WORDS = {
    "advisory": Text.of("Advisory"), "runbook": Text.of("Runbook"), "dashboard": Text.of("Dashboard"),
    "source": Text.of("Source"), "issue": Text.of("Issue"), "environment": Text.of("Environment"),
    "run": Text.of("Run"), "release": Text.of("Release"), "alert": Text.of("Alert"),
    "deployment": Text.of("Deployment"),
}  # fmt: skip
LINK = Text.of("Link")


def card(incident: Incident, pen: Pen, mention: tuple[str, ...]) -> Face:
    """The root message. `mention`: only on the first posting, an edit never pings."""
    first, second = _first_line(incident, pen.policy), _second_line(incident)
    pings = " ".join(pen.spell(name) for name in mention)
    head = f"{first}  {pings}" if pings else first
    blocks = [section(head), context(second)]
    if buttons := _buttons(incident, pen):
        blocks.append(actions(buttons))
    return Face(text=f"{head}\n{second}", blocks=blocks)


def details(incident: Incident, policy: Policy) -> Face:
    """The first reply: everything that is known, as much as fits, and how much did not."""
    parts = []
    if summary := inert(incident.summary, 1500):
        parts.append(summary)
    labels = [
        f"{inert(name, 60).replace(':', COLON)}: {inert(value, 200)}" for name, value in sorted(incident.labels.items())
    ]
    shown, left = fits(labels, 1200)
    if left:
        more = Text.counted("{count} more label is not shown.", "{count} more labels are not shown.", count=left)
        shown.append(draw(more))
    if shown:
        parts.append("\n".join(shown))
    if len(incident.members) > 1:
        parts.append("\n".join(_members(incident)))
    if links := _links(incident):
        parts.append(row(links, SECTION_MAX))
    parts.append(_because(incident, policy))
    return Face(text=cut("\n\n".join(parts), TEXT_MAX), blocks=[section(part) for part in parts])


def reply(step: PostReply, spell: Mention) -> Face:
    """Timeline entries as one message in the thread."""
    lines, left = fits([draw(entry.text, WORDS_MAX) for entry in step.entries], SECTION_MAX - 200)
    if left:
        more = Text.counted(
            "{count} more line is not shown; ask `why` for all.",
            "{count} more lines are not shown; ask `why` for all.",
            count=left,
        )
        lines.append(draw(more))
    pings = " ".join(spell(name) for name in step.mention)
    body = "\n".join(lines)
    text = f"{pings} {body}" if pings else body
    return Face(text=text, blocks=[section(text)])


def direct(incident: Incident, entry: Entry, pen: Pen, address: str) -> Face:
    """The same as in the thread, for one person: what is said, of what, and the way there."""
    lines = [draw(entry.text), _first_line(incident, pen.policy), link(draw(Text.of("Open the card")), address)]
    text = "\n".join(line for line in lines if line)
    return Face(text=text, blocks=[section(text)])


def stub(incident: Incident, permalink: str) -> Face:
    """What is left where the card used to be."""
    words = draw(Text.of("{id} is worse now and has moved to {place}.", id=incident.id, place=incident.place))
    text = f"➡️ {words} {link(draw(Text.of('Open')), permalink)}".rstrip()
    return Face(text=text, blocks=[section(text)])


def _first_line(incident: Incident, policy: Policy) -> str:
    words = inert(policy.rule(incident.severity).words, 20)
    severity = f"{incident.severity} {words}".strip()
    title, summary = inert(incident.title, TITLE) or incident.id, inert(incident.summary, SUMMARY)
    said = f"*{title}*" if not summary or summary == title else f"*{title}* — {summary}"
    return f"{_sign(incident, policy)} *{severity}* · {said}"


def _second_line(incident: Incident) -> str:
    parts = [_state(incident), _where(incident), *_counts(incident), *_people(incident), *_links(incident)]
    if incident.hushed and incident.is_open:
        parts.append(draw(incident.hushed))
    for place, why in incident.observed.refused.items():
        parts.append(draw(Text.of("meant for {place}, which Slack refuses ({why})", place=place, why=why)))
    return row(parts, CONTEXT_MAX)


def _sign(incident: Incident, policy: Policy) -> str:
    if not incident.is_open:
        return "🟢"
    if incident.state is State.ACKNOWLEDGED:
        return "🔵"
    if len(incident.firing) < len(incident.members):
        return "🟡"
    return SIGNS.get(policy.rank(incident.severity), "⚪")


def _state(incident: Incident) -> str:
    opened = Moment(at=incident.since)
    if not incident.is_open:
        lasted = Span(ms=incident.resolved_at - incident.since)
        return draw(Text.of("Resolved after {span}, since {at}", span=lasted, at=opened))
    if not incident.firing:
        return draw(Text.of("Seems over, watching, since {at}", at=opened))
    if len(incident.firing) < len(incident.members):
        return draw(Text.of("Partly resolved, firing since {at}", at=opened))
    return draw(Text.of("Firing since {at}", at=opened))


def _counts(incident: Incident) -> list[str]:
    firing, members = len(incident.firing), len(incident.members)
    parts = []
    if members > 1 and firing == members:
        parts.append(draw(_firing(firing)))
    elif members > 1:
        over = Text.counted("{count} resolved", "{count} resolved", count=members - firing)
        parts.append(f"{draw(_firing(firing))}, {draw(over)}")
    if left := incident.truncated:
        unsent = Text.counted("{count} more not sent by the source", "{count} more not sent by the source", count=left)
        parts.append(draw(unsent))
    if incident.flips:
        parts.append(draw(Text.of("came back {count}×", count=len(incident.flips))))
    if incident.flapping:
        parts.append(draw(Text.of("flapping, quiet")))
    return parts


def _firing(count: int) -> Text:
    return Text.counted("{count} firing", "{count} firing", count=count)


def _people(incident: Incident) -> list[str]:
    parts = []
    if incident.taken_by:
        parts.append(draw(Text.of("{who} has it since {at}", who=incident.taken_by, at=Moment(at=incident.taken_at))))
    if incident.attention.snoozed_until and incident.is_open:
        parts.append(draw(Text.of("no reminders until {at}", at=Moment(at=incident.attention.snoozed_until))))
    if incident.room and incident.room.place:
        parts.append(_room(incident.room))
    parts += [_silence(silence) for silence in incident.silences if incident.is_open or silence.trouble]
    if incident.owner:
        parts.append(draw(Text.of("owner {who}", who=incident.owner)))
    return parts


def _room(room: Attached) -> str:
    """The channel of its war-room, as Slack's own link to it."""
    words = Text.of("war-room") if room.is_open else Text.of("war-room, closed")
    return f"🧯 {draw(words)} <#{room.channel}>" if room.channel else f"🧯 {draw(words)} {inert(room.place, 80)}"


def _silence(silence: Silence) -> str:
    named: dict[str, Value] = {"who": silence.by, "at": Moment(at=silence.until)}
    if silence.ending:
        words = Text.of("the silence by {who} is being ended", who=silence.by)
    elif not silence.id:
        words = Text.of("a silence by {who} until {at} is asked for", **named)
    elif silence.token:
        words = Text.of("silenced by {who} until {at}", **named)
    else:
        words = Text.of("silenced in Alertmanager by {who} until {at}", **named)
    trouble = draw(Text.of(" (not yet: {why})", why=silence.trouble)) if silence.trouble else ""
    return f"🔕 {draw(words)}{trouble}"


def _where(incident: Incident) -> str:
    found = [f"{name}={incident.labels[name]}" for name in PLACES if incident.labels.get(name)]
    return inert(", ".join(found[:4]), WHERE)


def _links(incident: Incident) -> list[str]:
    named = {found.name: found.url for found in incident.links}
    if incident.runbook:
        named["runbook"] = incident.runbook
    return [drawn for name, url in named.items() if (drawn := link(draw(LINK_WORDS.get(name, LINK)), url))]


def _members(incident: Incident) -> list[str]:
    ordered = sorted(incident.members.values(), key=lambda member: (not member.firing, member.since))
    firing, over = draw(Text.of("🔴 firing")), draw(Text.of("🟢 resolved"))
    lines = [f"{firing if m.firing else over} {inert(m.what, 160)}" for m in ordered]
    shown, left = fits(lines[:MEMBERS], SECTION_MAX - 100)
    left += max(0, len(lines) - MEMBERS)
    if left:
        shown.append(draw(Text.counted("{count} more is not shown.", "{count} more are not shown.", count=left)))
    return shown


def _because(incident: Incident, policy: Policy) -> str:
    named = {"id": incident.id, "severity": incident.severity}
    label = incident.labels.get("severity", "")
    if incident.route:
        return draw(Text.of("{id}: {severity} by route {route}.", **named, route=incident.route))
    if label and policy.severity_of(label):
        return draw(Text.of("{id}: {severity} because its severity is {label}.", **named, label=label))
    if incident.severity != policy.default_severity:
        return draw(Text.of("{id}: {severity}, the worst severity among those that fire.", **named))
    return draw(Text.of("{id}: {severity}, the default: nothing unknown is hidden.", **named))


def _buttons(incident: Incident, pen: Pen) -> list[Block]:
    """Those that make sense now; the action_id is the name of the button's file in handlers/buttons."""
    asked = any(silence.token and not silence.ending for silence in incident.silences)
    ours = incident.source == "alertmanager" and pen.silences
    offered = (
        (incident.is_open and incident.state is State.OPEN, "acknowledge", Text.of("Acknowledge"), "primary"),
        (incident.is_open, "resolve", Text.of("Resolve"), ""),
        (incident.is_open and ours and not asked, "silence", Text.of("Silence…"), ""),
        (asked, "unsilence", Text.of("End silence"), ""),
        (incident.is_open and has_step(incident, pen.policy), "escalate", Text.of("Escalate"), ""),
        (is_offered(incident, pen.policy), "war_room", Text.of("War-room…"), ""),
        (True, "why", Text.of("Why?"), ""),
    )
    found = [button(name, label, incident.key, style=style) for fits_now, name, label, style in offered if fits_now]
    return [*found, *remedies.of_incident(incident, pen)]
