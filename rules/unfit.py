"""What cannot be used as somebody wrote it: why, and what to write instead, as a sentence that can be translated."""

from rules.text import Joined, Text, Value


class Unfit(ValueError):
    """A value that does not fit. `said`: why; `at`: its path within the part that was checked, such as `mail.after`.

    Its `str` is English, for logs and for pydantic, which takes it as any ValueError.
    """

    def __init__(self, said: Text, at: str = "") -> None:
        super().__init__(english(said))
        self.said, self.at = said, at


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
