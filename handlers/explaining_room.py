"""Why a war-room is as it is: who opened it, whom it called, what it asks for next, what Slack refuses it."""

from handlers.contract import Desk, Reply
from handlers.explaining import called, calls, people, places
from rules import durations, reason_words
from rules.furnishing import WORDS as LACKS
from rules.policy import Policy
from rules.room import Milestone, Phase, Role, Room
from rules.room_acting import ARCHIVE_TIMER, RETRY_TIMER, STATUS_WORDS, last_update
from rules.room_opening import COMMANDER_TIMER, UPDATE_TIMER
from rules.room_postmortem import Postmortem
from rules.room_reviewing import OWED_TIMER
from rules.text import Moment, Span, Text

PHASES = {Phase.OPEN: Text.of("open"), Phase.CLOSED: Text.of("closed"), Phase.ARCHIVED: Text.of("archived")}


async def why(room: Room, desk: Desk) -> Reply:
    """All of it, in the order in which somebody asks."""
    policy = desk.policy()
    return [
        line(room),
        reason_words.told(room.reason),
        _begin(room),
        *_end(room),
        *await _invited(room, desk),
        _listeners(room),
        *await called(room.timeline, desk),
        *_commander(room, policy),
        *_update(room, policy),
        *_later(room, policy),
        *[Text.of("⚠️ Slack refuses: {what} ({why}).", what=LACKS[what], why=one.word)
          for what, one in room.furnished.troubles.items()],
        *places(room.observed),
        *calls(room.observed),
    ]  # fmt: skip


def line(room: Room) -> Text:
    """One war-room in one line."""
    state = STATUS_WORDS[room.status] if room.is_open else PHASES[room.phase]
    return Text.of(
        "{id} · {severity} · {state} · {title} · since {at}",
        id=room.id, severity=room.severity, state=state, title=room.title, at=Moment(at=room.opened_at),
    )  # fmt: skip


def _begin(room: Room) -> Text:
    at = Moment(at=room.opened_at)
    if room.opened_by:
        return Text.of("{who} opened this war-room, {at}.", who=room.opened_by, at=at)
    return Text.of("The policy opened this war-room, {at}: its severity has `war_room: auto`.", at=at)


def _end(room: Room) -> Reply:
    if room.is_open:
        return []
    return [Text.of("{who} closed it, {at}.", who=room.closed_by, at=Moment(at=room.closed_at))]


async def _invited(room: Room, desk: Desk) -> Reply:
    lines = [
        Text.of(
            "Invited: {who}. That is whoever opened it, `war_room.invite`, whom its incidents call, and whoever got "
            "a role.",
            who=await people(room.invite, desk),
        )
    ]
    waiting = [name for name in room.invite if name not in room.furnished.invited]
    if waiting and room.is_open:
        lines.append(Text.of("Not in it yet: {who}.", who=await people(waiting, desk)))
    return lines


def _listeners(room: Room) -> Text:
    if room.private:
        return Text.of("It is private: its incidents hear that there is one, and nobody else hears anything.")
    if room.announce:
        return Text.of(
            "Its news goes to the threads of its incidents and to {place} (`war_room.announce`).", place=room.announce
        )
    return Text.of("Its news goes to the threads of its incidents only: `war_room.announce` names no channel.")


def _commander(room: Room, policy: Policy) -> Reply:
    """Whether and when somebody is asked to command."""
    holder, at = room.roles.get(Role.COMMANDER), room.timers.get(COMMANDER_TIMER, 0)
    if not room.is_open:
        return []
    if holder and holder.agreed:
        return [Text.of("{who} commands since {at}, so I ask nobody to.", who=holder.name, at=Moment(at=holder.at))]
    if not at:
        return [Text.of("Nobody commands, and I have asked often enough.")]
    if Milestone.RESOLVED in room.moments:
        return [Text.of("Nobody commands, and I ask nobody to: its incidents are over.")]
    policy_line = f"war_room.commander_within: {durations.show(policy.war_room.commander_within)}"
    if not room.asked:
        return [
            Text.of("Nobody commands: {at} I ask in the room who does (`{line}`).", at=Moment(at=at), line=policy_line)
        ]
    return [
        Text.counted(
            "Nobody commands. I have asked {count} time; {at} I ask all who were called (`{line}`).",
            "Nobody commands. I have asked {count} times; {at} I ask all who were called (`{line}`).",
            count=room.asked, at=Moment(at=at), line=policy_line,
        )
    ]  # fmt: skip


def _update(room: Room, policy: Policy) -> Reply:
    """Whether and when somebody is asked how it goes."""
    at = room.timers.get(UPDATE_TIMER, 0)
    if not room.is_open:
        return []
    if Milestone.RESOLVED in room.moments:
        return [Text.of("I ask for no update: it is over.")]
    if not at:
        return [Text.of("I ask for no update any more: nobody has told for long how it goes.")]
    line, last = f"war_room.update_every: {durations.show(policy.war_room.update_every)}", last_update(room)
    if not last:
        return [
            Text.of("Nobody has written an update yet; {at} I ask the commander for one (`{line}`).",
                    at=Moment(at=at), line=line)
        ]  # fmt: skip
    return [
        Text.of("The last update is of {last}; {at} I ask the commander for the next one (`{line}`).",
                last=Moment(at=last), at=Moment(at=at), line=line)
    ]  # fmt: skip


def _owed(owed: Postmortem, within: int) -> Text:
    return Text.of(
        "{who} owes the postmortem by {at}: the end of the working day after {span} (`{line}`).",
        who=owed.owner, at=Moment(at=owed.due), span=Span(ms=within),
        line=f"war_room.postmortem_within: {durations.show(within)}",
    )  # fmt: skip


def _later(room: Room, policy: Policy) -> Reply:
    """What is due afterwards: the postmortem, the archive, another try at what Slack refused."""
    lines, timers, owed = [], room.timers, room.postmortem
    if at := timers.get(RETRY_TIMER):
        lines.append(Text.of("I try again what Slack refused, {at}.", at=Moment(at=at)))
    if owed and owed.is_owed:
        lines.append(_owed(owed, policy.war_room.postmortem_within))
        if at := timers.get(OWED_TIMER):
            lines.append(Text.of("I remind {who} of it, {at}.", who=owed.owner, at=Moment(at=at)))
    if at := timers.get(ARCHIVE_TIMER):
        after = f"war_room.archive_after: {durations.show(policy.war_room.archive_after)}"
        lines.append(Text.of("Its channel is archived {at} (`{line}`); a postmortem that is owed puts it off.",
                             at=Moment(at=at), line=after))  # fmt: skip
    return lines
