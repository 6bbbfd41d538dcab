"""An incident as a card of two lines, the details in its thread, and a stub where it used to be."""

from bot.cards.face import CONTEXT_MAX, SECTION_MAX, TEXT_MAX, Block, Face, Mention, actions, button, context, section
from bot.cards.mrkdwn import COLON, cut, draw, fits, inert, link, row
from rules.incident import Incident, State
from rules.policy import Policy
from rules.projection import PostReply
from rules.text import Moment, Span, Text

TITLE, SUMMARY, WHERE, MEMBERS = 150, 160, 120, 40
PLACES = ("cluster", "environment", "env", "namespace", "service", "job", "instance", "host", "repository", "branch")
SIGNS = {0: "🔴", 1: "🟠"}
LINK_WORDS = {
    "advisory": "Advisory", "runbook": "Runbook", "dashboard": "Dashboard", "source": "Source", "issue": "Issue",
    "environment": "Environment", "run": "Run",
    "release": "Release", "alert": "Alert", "deployment": "Deployment",
}  # fmt: skip


def card(incident: Incident, policy: Policy, mention: tuple[str, ...], spell: Mention) -> Face:
    """The root message. `mention`: only on the first posting, an edit never pings."""
    first, second = _first_line(incident, policy), _second_line(incident)
    pings = " ".join(spell(name) for name in mention)
    head = f"{first}  {pings}" if pings else first
    blocks = [section(head), context(second)]
    if buttons := _buttons(incident):
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
        shown.append(draw(Text.of("{count} more labels are not shown.", count=left)))
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
    lines, left = fits([draw(entry.text) for entry in step.entries], SECTION_MAX - 200)
    if left:
        lines.append(draw(Text.of("{count} more lines are not shown; ask `why` for all.", count=left)))
    pings = " ".join(spell(name) for name in step.mention)
    body = "\n".join(lines)
    text = f"{pings} {body}" if pings else body
    return Face(text=text, blocks=[section(text)])


def stub(incident: Incident, permalink: str) -> Face:
    """What is left where the card used to be."""
    words = draw(Text.of("{id} is worse now and has moved to {place}.", id=incident.id, place=incident.place))
    text = f"➡️ {words} {link('Open', permalink)}".rstrip()
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
        parts.append(draw(Text.of("{firing} firing", firing=firing)))
    elif members > 1:
        parts.append(draw(Text.of("{firing} firing, {over} resolved", firing=firing, over=members - firing)))
    if incident.truncated:
        parts.append(draw(Text.of("{count} more not sent by the source", count=incident.truncated)))
    if incident.flips:
        parts.append(draw(Text.of("came back {count}×", count=len(incident.flips))))
    if incident.flapping:
        parts.append(draw(Text.of("flapping, quiet")))
    return parts


def _people(incident: Incident) -> list[str]:
    parts = []
    if incident.taken_by:
        parts.append(draw(Text.of("{who} has it since {at}", who=incident.taken_by, at=Moment(at=incident.taken_at))))
    if incident.owner:
        parts.append(draw(Text.of("owner {who}", who=incident.owner)))
    return parts


def _where(incident: Incident) -> str:
    found = [f"{name}={incident.labels[name]}" for name in PLACES if incident.labels.get(name)]
    return inert(", ".join(found[:4]), WHERE)


def _links(incident: Incident) -> list[str]:
    named = {found.name: found.url for found in incident.links}
    if incident.runbook:
        named["runbook"] = incident.runbook
    return [drawn for name, url in named.items() if (drawn := link(LINK_WORDS.get(name, "Link"), url))]


def _members(incident: Incident) -> list[str]:
    ordered = sorted(incident.members.values(), key=lambda member: (not member.firing, member.since))
    lines = [f"{'🔴 firing' if m.firing else '🟢 resolved'} {inert(m.what, 160)}" for m in ordered]
    shown, left = fits(lines[:MEMBERS], SECTION_MAX - 100)
    left += max(0, len(lines) - MEMBERS)
    if left:
        shown.append(draw(Text.of("{count} more are not shown.", count=left)))
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


def _buttons(incident: Incident) -> list[Block]:
    if not incident.is_open:
        return [button("why", "Why?", incident.key)]
    buttons = [button("resolve", "Resolve", incident.key), button("why", "Why?", incident.key)]
    if incident.state is State.OPEN:
        buttons.insert(0, button("acknowledge", "Acknowledge", incident.key, style="primary"))
    return buttons
