"""A number of a digest with what it was before, or why there is none."""

from rules.community import Measured
from rules.text import Number, Text
from rules.threshold_words import number


def versus(what: Text, now: float, before: float | None, unit: str = "") -> Text:
    """`what`: 12 (before: 9)."""
    value = number(now, unit)
    if before is None:
        return Text.of("{what}: *{value}*", what=what, value=value)
    return Text.of("{what}: *{value}* (before: {before})", what=what, value=value, before=number(before, unit))


def measured(what: Text, found: Measured, before: float | None = None, unit: str = "") -> Text:
    """The same of a number that may not have been had; that is said, and never taken for zero."""
    if found.value is None:
        if found.trouble:
            return Text.of("⚠️ {what}: incomplete, {why}", what=what, why=found.trouble)
        return Text.of("{what}: {note}", what=what, note=found.note or Text.of("none"))
    if found.at_least:
        value = number(found.value, unit)
        return Text.of("{what}: at least *{value}* ({note})", what=what, value=value, note=found.note or Text.of("?"))
    return versus(what, found.value, before, unit)


def gained(now: float, before: float | None) -> Text | None:
    """How much there is more, with its sign."""
    if before is None:
        return None
    if now >= before:
        return Text.of("+{count}", count=Number(number=now - before))
    return Text.of("−{count}", count=Number(number=before - now))
