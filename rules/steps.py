"""What can be done next for a record, as far as anybody outside is concerned: one class for each kind of step."""

from dataclasses import dataclass

from rules.observed import Entry, Posted, Sending
from rules.room import Furnishing, Mark
from rules.silence import Silence


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCard:
    """A card that is not there yet. `name` is the step's own, the same when it is tried again.

    `mention`: whom it pings in the channel, within the channel's budget. `named`: whom lines that it tells name.
    """

    name: str
    place: str
    mention: tuple[str, ...]
    urgency: int
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDetails:
    """The first reply of a card's thread: what is known, in full."""

    name: str
    posted: Posted
    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostReply:
    """Timeline entries that the thread lacks, as one message. `aloud`: also sent to the channel."""

    name: str
    posted: Posted
    entries: tuple[Entry, ...]
    aloud: bool
    mention: tuple[str, ...]
    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDirect:
    """A timeline entry that a person gets as a direct message."""

    name: str
    entry: Entry
    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeSilence:
    """A silence that Alertmanager does not have yet."""

    silence: Silence
    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSilence:
    """A silence that Alertmanager still has and should not."""

    silence: Silence
    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EditCard:
    """The card shows an older revision."""

    posted: Posted
    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EditStub:
    """The incident has moved to another channel: its old card points there."""

    posted: Posted
    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TellStorm:
    """The storm board of the channel does not know this revision of the incident."""

    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unroll:
    """An incident on the board does not know yet that the storm has passed."""

    key: str
    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TellCheck:
    """The incident of a check does not know how it stands. `level`: "" when it is good again."""

    check: str
    level: str
    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduce:
    """The other releases of the same plan do not know of this one."""

    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TellReleases:
    """The cards of the releases of a scope do not show yet how its freeze stands."""

    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerGitHub:
    """GitHub holds a deployment and waits to hear whether it may go on."""

    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRollback:
    """GitHub does not know yet that it has to start a rollback; or an answer of its own was lost."""

    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideWatch:
    """The watch of a release does not know that it is rolled back."""

    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayLine:
    """The war-room in which a rollback or a freeze was asked for does not have this line of it."""

    entry: Entry
    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Furnish:
    """Something that a war-room still lacks in Slack, beside its messages."""

    what: Furnishing
    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMark:
    """A message that somebody has marked in a war-room was not looked at yet."""

    mark: Mark
    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TellNews:
    """An incident, or the channel of `announce`, has not heard how its war-room stands."""

    listener: str
    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TellRoom:
    """The war-room of an incident does not know how that stands; or is not open yet."""

    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LetGo:
    """A war-room is over: what was frozen in it is let go."""

    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """GitHub does not have the latest draft of a war-room's postmortem."""

    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A message that may or may not have reached Slack: find out before anything else is done."""

    mark: Sending
    urgency: int


Post = PostCard | PostDetails | PostReply | PostDirect
Aside = MakeSilence | EndSilence | AnswerGitHub | StartRollback | Publish
Telling = (
    TellCheck | Introduce | TellStorm | Unroll | TellNews | TellRoom | LetGo | DecideWatch | RelayLine | TellReleases
)
Step = Look | Post | EditCard | EditStub | Furnish | ReadMark | Telling | Aside

# What goes first when Slack lets us say only so much. Ranks of severity come on top of these for what is new or worse.
WORST_RANK, CLOSED, EDIT, INNER, QUIET, DETAILS = 8, 9, 10, 6, 11, 12
ELSEWHERE = 13  # not for Slack: bot/queues.py does not count it as waiting for it
