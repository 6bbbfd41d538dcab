"""A war-room as a card: how bad, how far, the clock, who does what, its incidents, what is written down or missing."""

from collections.abc import Sequence
from dataclasses import replace

from bot.cards import postmortem
from bot.cards.face import CONTEXT_MAX, SECTION_MAX, Block, Face, actions, button, context, section
from bot.cards.incident import LINK, LINK_WORDS
from bot.cards.markdown import markdown
from bot.cards.mrkdwn import cut, draw, fits, link, row
from bot.cards.plain import plain
from rules import room_times
from rules.furnishing import WORDS as LACKS
from rules.incident import Incident, State
from rules.observed import Entry
from rules.policy import Policy
from rules.postmortem import draft
from rules.room import Known, Milestone, Phase, Role, Room, Status
from rules.room_acting import STATUS_WORDS
from rules.room_hearing import outlasting
from rules.signal import Link
from rules.text import Moment, Span, Text

TOPIC_MAX, BOOKMARK_MAX, INCIDENTS_SHOWN, BAR = 250, 60, 8, 10
SHORT_MAX, LINE_MAX = 120, 500  # of an incident, and of what is written down: a long line keeps no other out
MINUTE_MS = 60_000
CLOSED = Text.of("closed")
WRITTEN_MAX = 480  # of impact, cause and fix; the thread has all of it
SIGNS = {Status.INVESTIGATING: "🔴", Status.IDENTIFIED: "🟠", Status.MONITORING: "🟡", Status.RESOLVED: "🟢"}
ROLES = {
    Role.COMMANDER: Text.of("Commander: {who}"), Role.COMMS: Text.of("Communication: {who}"),
    Role.SCRIBE: Text.of("Scribe: {who}"), Role.OPS: Text.of("Operations: {who}"),
}  # fmt: skip
STATE_SIGNS = {State.OPEN: "🔴", State.ACKNOWLEDGED: "🔵", State.RESOLVED: "🟢"}


def card(room: Room, now: int) -> Face:
    """The root message, pinned."""
    head = draw(Text.of("{sign} *{severity}* · *{title}* — {status}", sign=SIGNS[room.status], severity=room.severity,
                        title=room.title, status=_status(room)))  # fmt: skip
    head = f"{cut(head, LINE_MAX)}\n{draw(_clock(room, now))}"
    body = "\n".join(_body(room))
    foot = row([draw(part) for part in _foot(room)], CONTEXT_MAX)
    blocks = [section(head), *([section(body)] if body else []), context(foot)]
    if buttons := _buttons(room):
        blocks.append(actions(buttons))
    return Face(text="\n".join(part for part in (head, body, foot) if part), blocks=blocks)


def stub(room: Room, address: str) -> Face:
    """What is left where the card was while the room had no channel of its own."""
    words = draw(Text.of("The war-room of {title} is in {place}.", title=room.title, place=room.place))
    text = f"➡️ {words} {link(draw(Text.of('Open')), address)}".rstrip()
    return Face(text=text, blocks=[section(text)])


def direct(room: Room, entry: Entry) -> Face:
    """What only one person hears of it, and what helps."""
    text = draw(entry.text)
    return Face(text=text, blocks=[section(text), actions([button("room_retry", Text.of("Try again"), room.id)])])


def topic(room: Room) -> str:
    """The line in the head of the channel; plain text, in which nothing can be linked."""
    parts = [
        Text.of("{severity}", severity=room.severity),
        _status(room),
        _commander(room),
        Text.of("since {at}", at=Moment(at=room.opened_at)),
        Text.of("{title}", title=room.title),
    ]
    if room.phase is not Phase.OPEN and parts[1] != CLOSED:
        parts.insert(2, CLOSED)
    return " · ".join(plain(part, _harmless) for part in parts)[:TOPIC_MAX]


def purpose(room: Room) -> str:
    """What the channel is for."""
    words = Text.of("War-room {id}, made by Sereno: {title}", id=room.id, title=room.title)
    return plain(words, _harmless)[:TOPIC_MAX]


def bookmark(found: Link) -> str:
    """What a link in the head of the channel is called; one of the policy has its own words."""
    known = LINK_WORDS.get(found.name)
    return plain(known)[:BOOKMARK_MAX] if known else _harmless(found.name)[:BOOKMARK_MAX] or plain(LINK)


def document(room: Room, incidents: Sequence[Incident], policy: Policy, now: int) -> str:
    """All that is known of it, as Markdown."""
    return markdown(draft(room, incidents, policy.zone, now, policy.war_room))


def exported() -> str:
    """What is said above the file with the timeline."""
    return draw(Text.of("This channel has had its time. Here is all of it once more, before it is archived."))


def _harmless(value: str) -> str:
    plain_ = " ".join("".join(letter for letter in value if letter.isprintable() or letter.isspace()).split())
    return plain_.replace("<", "‹").replace(">", "›").replace("&", "+")


def _commander(room: Room) -> Text:
    holder = room.commander
    return Text.of("commander {who}", who=holder.name) if holder else Text.of("no commander yet")


def _status(room: Room) -> Text:
    """How far it is; of a room that its incidents outlast, only that it is closed: nobody works on it there."""
    return CLOSED if outlasting(room) else STATUS_WORDS[room.status]


def _clock(room: Room, now: int) -> Text:
    """How long it takes, beside what was aimed at."""
    began = room.began_at
    ended = room.moments.get(Milestone.RESOLVED) or room.closed_at
    target = Span(ms=room.target)
    if still := len(outlasting(room)):
        return Text.counted(
            "⏱ closed after {span}, while {count} alert went on", "⏱ closed after {span}, while {count} alerts went on",
            span=Span(ms=max(room.closed_at - began, 0)), count=still,
        )  # fmt: skip
    if ended:
        span = Span(ms=max(ended - began, 0))
        if ended - began > room.target:
            return Text.of("⏱ over after {span}, longer than the target of {target}", span=span, target=target)
        return Text.of("⏱ over after {span}, within the target of {target}", span=span, target=target)
    lasted = max(now - began, 0)
    filled = min(lasted * BAR // max(room.target, 1), BAR)
    bar, span = "▰" * filled + "▱" * (BAR - filled), Span(ms=lasted - lasted % MINUTE_MS)
    if lasted < MINUTE_MS < room.target:
        return Text.of("⏱ {bar} target: {target}", bar=bar, target=target)  # it stands there for minutes: no number
    if lasted >= room.target:
        return Text.of("⏱ {bar} {span}, over the target of {target}", bar=bar, span=span, target=target)
    return Text.of("⏱ {bar} {span} of {target}", bar=bar, span=span, target=target)


def _body(room: Room) -> list[str]:
    lines = [draw(line) for line in _roles(room)]
    lines += [draw(Text.of("⚠️ Slack refuses: {what} ({why}).", what=LACKS[what], why=trouble.word))
              for what, trouble in room.furnished.troubles.items()]  # fmt: skip
    lines += postmortem.lines(room)
    incidents = [cut(draw(_incident(known)), SHORT_MAX) for known in room.known.values()]
    lines += incidents[:INCIDENTS_SHOWN]
    if left := len(incidents) - INCIDENTS_SHOWN:
        more = Text.counted("… and {count} more", "… and {count} more", count=left)
        lines += [draw(more)] if left > 0 else []
    written = (
        (Text.of("*Impact:* {text}", text=room.impact), room.impact),
        (Text.of("*Cause:* {text}", text=room.cause), room.cause),
        (Text.of("*Fix:* {text}", text=room.fix), room.fix),
    )
    lines += [cut(draw(text, WRITTEN_MAX), LINE_MAX) for text, value in written if value]
    return fits(lines, SECTION_MAX - 50)[0]


def _roles(room: Room) -> list[Text]:
    lines = []
    for role, words in ROLES.items():
        holder = room.roles.get(role)
        if holder and holder.agreed:
            lines.append(replace(words, values={"who": holder.name}))
        elif holder:
            asked = Text.of("{who}, who has not said yes yet", who=holder.name)
            lines.append(replace(words, values={"who": asked}))
        elif role is Role.COMMANDER and room.is_open:
            lines.append(Text.of("*Nobody commands yet.*"))
        if role is Role.COMMANDER and room.successor and room.is_open:
            lines.append(Text.of("{who} is asked to command", who=room.successor.name))
    return lines


def _incident(known: Known) -> Text:
    sign = STATE_SIGNS[State(known.state)]
    named = {"sign": sign, "id": known.id, "severity": known.severity, "title": known.title}
    match known.state:
        case State.RESOLVED:
            span = Span(ms=max(known.resolved_at - known.since, 0))
            return Text.of("{sign} {id} {severity} {title}: resolved after {span}", **named, span=span)
        case State.ACKNOWLEDGED:
            return Text.of("{sign} {id} {severity} {title}: {who} has it", **named, who=known.taken_by)
        case _:
            at = Moment(at=known.since, short=True)
            return Text.of("{sign} {id} {severity} {title}: open since {at}", **named, at=at)


def _foot(room: Room) -> list[Text]:
    parts = [Text.of("War-room {id}", id=room.id), Text.of("since {at}", at=Moment(at=room.opened_at))]
    if room.opened_by:
        parts.append(Text.of("opened by {who}", who=room.opened_by))
    if room.closed_by and not room.is_open:
        parts.append(Text.of("closed by {who}, {at}", who=room.closed_by, at=Moment(at=room.closed_at)))
    if room.lines:
        count = len(room.lines)
        parts.append(Text.counted("{count} note on the timeline", "{count} notes on the timeline", count=count))
    if todo := [task for task in room.tasks if not task.done_at]:
        parts.append(Text.counted("{count} thing to do", "{count} things to do", count=len(todo)))
    if room.is_open:
        parts.append(Text.of("📌 on a message puts it on the timeline"))
    else:
        parts += _times(room)
    parts += postmortem.foot(room)
    for place, why in room.observed.refused.items():
        parts.append(Text.of("meant for {place}, which Slack refuses ({why})", place=place, why=why))
    return parts


def _times(room: Room) -> list[Text]:
    found = room_times.times({} if outlasting(room) else room.moments)
    named = (
        (Text.of("detected after {span}", span=Span(ms=found.ttd or 0)), found.ttd),
        (Text.of("acknowledged after {span}", span=Span(ms=found.tta or 0)), found.tta),
        (Text.of("mitigated after {span}", span=Span(ms=found.ttm or 0)), found.ttm),
    )
    return [text for text, known in named if known is not None]


def _buttons(room: Room) -> list[Block]:
    """Those that make sense now. They carry the room's short id."""
    is_open, lacks = room.is_open, bool(room.furnished.troubles) or postmortem.lacks(room)
    is_wanted = is_open and (room.commander is None or room.successor is not None)
    offered = (
        (is_wanted, "room_command", Text.of("I command"), "primary"),
        (is_open, "room_update", Text.of("Update…"), ""),
        (is_open, "room_state", Text.of("Status…"), ""),
        (is_open, "room_role", Text.of("Roles…"), ""),
        (room.phase is not Phase.ARCHIVED, "room_write", Text.of("Write down…"), ""),
        (is_open, "room_more", Text.of("More…"), ""),
        (is_open, "room_close", Text.of("Close…"), ""),
        (lacks, "room_retry", Text.of("Try again"), ""),
    )
    found = [button(name, label, room.id, style=style) for fits_now, name, label, style in offered if fits_now]
    return [*found, *postmortem.buttons(room)]
