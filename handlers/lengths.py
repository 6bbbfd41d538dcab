"""Reads how long something shall last, as people write it: 2h, 1h30m, 3d."""

from handlers.contract import Reply
from handlers.naming import typed
from rules import durations
from rules.text import Text

LONGEST_MS = 30 * 86_400_000


class BadLength(ValueError):
    """Not a length that can be used; `text` says what to write instead."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.template)
        self.text = text

    @property
    def reply(self) -> Reply:
        """The same as an answer."""
        return [self.text]


def length(word: str) -> int:
    """Milliseconds of "2h"; more than none, 30 days at most. Raises BadLength."""
    try:
        ms = durations.parse(word.lower())
    except ValueError as error:
        no_length = Text.of("`{word}` is no length of time; write 30m, 2h, 1h30m or 3d.", word=typed(word))
        raise BadLength(no_length) from error
    if not 0 < ms <= LONGEST_MS:
        raise BadLength(Text.of("`{word}` is not between a second and 30 days.", word=typed(word)))
    return ms
