"""What we know of a record in Slack: written down after each step, beside what we want."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rules.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a record's timeline. `aloud`: also sent to the channel; `mention`: whom it pings.

    `to`: the person who gets it as a direct message, by the policy's name or as "user:<Slack id>".
    `picture`: what is drawn below it, "" for nothing. `lasting`: a postmortem tells it too.
    """

    seq: int
    at: int
    text: Text
    aloud: bool = False
    mention: tuple[str, ...] = ()
    visible: bool = True
    to: str = ""
    picture: str = ""
    lasting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A card that is in Slack. `channel`: Slack's id; `place`: the #channel asked for."""

    channel: str
    ts: str
    place: str
    revision: int
    detailed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A message that may or may not have reached Slack. `step` is in its metadata, so it can be looked up.

    `told`, `revision`: how much of the record the message tells. `reached`: how many people it interrupts.
    """

    step: str
    channel: str
    place: str
    at: int
    thread_ts: str = ""
    told: int = 0
    revision: int = 0
    pings: bool = False
    reached: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """One call of Slack and its answer: "ok", or Slack's word. `at`: unix milliseconds."""

    at: int
    method: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """All that was seen of one record. `refused`: #channel -> Slack's word for why it takes nothing."""

    posted: Posted | None = None
    replied: int = 0  # the latest timeline entry that the card or its thread has told
    former: tuple[Posted, ...] = ()
    sending: Sending | None = None
    refused: Mapping[str, str] = field(default_factory=dict)
    lost_at: int = 0  # when its card was last found gone
    plain: bool = False  # Slack refused our blocks: text only
    cards: int = 0  # how often a card was posted; part of the step's name, so a repost is another message
    directed: int = 0  # the latest timeline entry that went out as a direct message
    calls: tuple[Called, ...] = ()
    board: str = ""  # the key of the storm board that knows the incident
    storm_told: int = 0  # the revision that the storm board knows
    mailed: Mapping[str, str] = field(default_factory=dict)  # letter -> "sent", or why it never will be
