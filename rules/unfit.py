"""Errors that people read: what is wrong and what to do, as a sentence that can be translated."""

from rules.masking import guarded
from rules.text import Joined, Text, Value


class Said(Exception):
    """`said`: the sentence, drawn in the language of its reader; the error's `str` is English, for logs.

    Neither repeats what opens an address.
    """

    def __init__(self, said: Text) -> None:
        self.said = guarded(said)
        super().__init__(english(self.said))


class Unfit(Said, ValueError):
    """A value that cannot be used as somebody wrote it; pydantic takes it as any ValueError.

    `at`: its path within the part that was checked, such as `mail.after`.
    """

    def __init__(self, said: Text, at: str = "") -> None:
        super().__init__(said)
        self.at = at


def english(value: Value) -> str:
    """A sentence as logs have it; what people read is drawn in their language."""
    match value:
        case Text():
            template = value.plural if value.is_plural else value.template
            return template.format_map({name: english(one) for name, one in value.values.items()})
        case Joined():
            return value.by.join(english(one) for one in value.texts)
        case _:
            return str(value)
