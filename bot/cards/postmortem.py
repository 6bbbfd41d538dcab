"""The postmortem of a war-room: as a file, as text for GitHub, above the file, and on the room's card."""

from collections.abc import Iterator, Sequence

from bot.cards.face import Block, button
from bot.cards.markdown import FENCE, markdown, uncalled, unheard
from bot.cards.mrkdwn import draw, fits, link
from bot.cards.plain import plain
from rules.incident import Incident
from rules.policy import Policy
from rules.postmortem import draft
from rules.proofreading import remarks
from rules.room import Phase, Room
from rules.room_postmortem import Postmortem
from rules.summary import Part
from rules.text import Moment, Text

COMMENT_MAX = 3000  # above a file in Slack
TITLE_MAX, ISSUE_MAX = 200, 60_000  # GitHub takes 256 and 65,536 characters
ISSUES, CONTENTS = "issues: write", "contents: write, pull requests: write"


def parts_of(room: Room, incidents: Sequence[Incident], policy: Policy, now: int) -> list[Part]:
    """What the document says, from what is known now."""
    return draft(room, incidents, policy.zone, now, policy.war_room)


def file_name(room: Room, number: int) -> str:
    """Of the file in the room: each draft has its own."""
    return f"{room.base}-postmortem-{number}.md"


def comment(room: Room, owed: Postmortem, file: str) -> str:
    """What is said above the file: who sees to it, and what to look at. `file`: the document."""
    head = Text.of("📝 Draft {number} of the postmortem. {name} sees to it, by {at}.",
                   number=owed.wanted, name=owed.owner, at=Moment(at=owed.due))  # fmt: skip
    if owed.done_at:
        head = Text.of("📝 Draft {number} of the postmortem.", number=owed.wanted)
    lines, left = fits([draw(line) for line in (head, *remarks(room, file.splitlines()))], COMMENT_MAX - 100)
    more = Text.counted("{count} more line is not shown.", "{count} more lines are not shown.", count=left)
    return "\n".join((*lines, draw(more)) if left else lines)


def title(parts: Sequence[Part]) -> str:
    """The one line by which GitHub lists it, which is that of the commit, too; only ` formats there."""
    return plain(parts[0].heading, lambda value: uncalled(_flat(value)).replace("`", "ˋ"))[:TITLE_MAX]


def issue(parts: Sequence[Part], mark: str) -> str:
    """All of it as the body of an issue, below a mark that nobody sees; nothing from outside calls or links there."""
    whole = markdown(parts, unheard, titled=False)
    if len(whole) > ISSUE_MAX:
        whole = _cut(whole)
    return f"{mark}\n{whole}"


def document(parts: Sequence[Part]) -> str:
    """All of it as the file that a pull request brings."""
    return markdown(parts, unheard)


def pull(room: Room) -> str:
    """What a pull request with the file says."""
    text = Text.of("The postmortem of war-room {id}: {title}. Each draft is one commit.", id=room.id, title=room.title)
    return plain(text, unheard)


def lines(room: Room) -> Iterator[str]:
    """What the card says of it: where it is at GitHub, and why it is not there."""
    owed = room.postmortem
    if owed is None:
        return
    if owed.url:
        yield f"📝 {link(draw(Text.of('The postmortem at GitHub')), owed.url)}"
    if owed.trouble and owed.refused:
        yield draw(Text.of("⚠️ GitHub does not take the postmortem: {why}", why=_hint(owed)))
    elif owed.trouble:
        yield draw(Text.of("⚠️ GitHub does not have the postmortem yet ({why}); I go on trying.", why=owed.trouble))


def foot(room: Room) -> Iterator[Text]:
    """Who owes it, or that it is done."""
    owed = room.postmortem
    if owed is None:
        return
    if owed.done_at:
        yield Text.of("postmortem done, says {who}, {at}", who=owed.done_by, at=Moment(at=owed.done_at))
    else:
        yield Text.of("postmortem owed by {name}, by {at}", name=owed.owner, at=Moment(at=owed.due))


def buttons(room: Room) -> list[Block]:
    """Of a closed room: a draft, and the end."""
    owed = room.postmortem
    if room.phase is not Phase.CLOSED:
        return []
    found = [button("room_postmortem", Text.of("Postmortem"), room.id, style="" if owed and owed.wanted else "primary")]
    if owed and owed.is_owed and owed.filed:
        found.append(button("room_reviewed", Text.of("Postmortem done"), room.id))
    return found


def lacks(room: Room) -> bool:
    """Whether somebody may want GitHub asked again."""
    return room.postmortem is not None and room.postmortem.refused


def _hint(owed: Postmortem) -> Text:
    """What to do about GitHub's no; its own word, when there is nothing to add."""
    needs = CONTENTS if owed.where and owed.where.is_pull else ISSUES
    match owed.status:
        case 401:
            return Text.of("{why}: GITHUB_TOKEN is not set, or not valid", why=owed.trouble)
        case 403:
            return Text.of("{why}: GITHUB_TOKEN needs {permission} there", why=owed.trouble, permission=needs)
        case 404:
            return Text.of("{why}: there is no such repository, or GITHUB_TOKEN may not see it", why=owed.trouble)
        case _:
            return Text.of("{why}", why=owed.trouble)


def _flat(value: str) -> str:
    return " ".join("".join(letter for letter in value if letter.isprintable() or letter.isspace()).split())


def _cut(whole: str) -> str:
    """As many lines as GitHub takes, with what is open in them ended."""
    kept, _ = fits(whole.splitlines(), ISSUE_MAX)
    end = ["", FENCE] if sum(line.strip() == FENCE for line in kept) % 2 else []
    more = plain(Text.of("The rest did not fit; the file in the war-room has all of it."))
    return "\n".join((*kept, *end, "", f"*{more}*"))
