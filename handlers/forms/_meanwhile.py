"""What others have changed since a form was opened: nobody replaces what he has not seen."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from zlib import crc32

from handlers.contract import Form
from rules.room import Room
from rules.room_writing import CAUSE, FIX, IMPACT
from rules.text import Text

FIELD_MAX = 3000  # a field of Slack's holds no more: what is longer is shown, and comes back, cut
AGAIN = Text.of("I have changed nothing yet. Send it once more, and yours replaces it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a form has shown when it was opened: of which room, and a mark of each thing by its name."""

    room: str
    marks: Mapping[str, str]

    @classmethod
    def read(cls, about: str) -> "Seen":
        """From what a form carries; one of an earlier version has no marks, and nothing in it is past."""
        room, *marks = about.split(" ")
        return cls(room=room, marks=dict(mark.split("=", 1) for mark in marks if "=" in mark))

    def has(self, name: str, value: str) -> bool:
        """Whether it has shown just that."""
        return self.marks.get(name) == _mark(value)

    def is_past(self, name: str, now: str) -> bool:
        """Whether there is something else now than it has shown, or something that it has not shown."""
        return not self.has(name, now) if name in self.marks else bool(self.marks and now.strip())

    def renewed(self, shown: Mapping[str, str]) -> str:
        """What the form carries when it shows these as they are now, and all else as before."""
        marks = {**self.marks, **{name: _mark(value) for name, value in shown.items()}}
        return " ".join((self.room, *(f"{name}={mark}" for name, mark in marks.items())))


def about(room: Room, shown: Mapping[str, str]) -> str:
    """What a form carries, for `Seen.read`. `shown`: what it shows, or what its sending replaces, by name."""
    return Seen(room=room.id, marks={}).renewed(shown)


def written(room: Room) -> dict[str, str]:
    """What is written down once, and replaced by whoever writes it again."""
    return {IMPACT: room.impact, CAUSE: room.cause, FIX: room.fix}


def redrawn(form: Form, *lines: Text) -> Form:
    """The same form, saying first what others have written; sent once more, it replaces that."""
    return replace(form, below=[*lines, AGAIN, *form.below])


def _mark(value: str) -> str:
    return f"{crc32(value.strip()[:FIELD_MAX].strip().encode()):08x}"
