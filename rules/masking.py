"""What of an address opens something: its user, its password, a token of its query; nothing that is said repeats it."""

import re
from dataclasses import replace

from rules.text import Joined, Text, Value

MASK = "***"
# A password may hold whatever should have been written with %: it ends at the last @, of the line when it has a colon.
_USER = re.compile(r"(?<=://)(?:[^\s/?#:@]*:(?:\D.*|\S*)|[^\s/?#]*)@")
_BARE = re.compile(r"""[^\s'"/:@]+:[^\s'"/@][^\s'"]*@""")  # user:password@host, its scheme forgotten or with one slash
_TOKEN = re.compile(
    r"""(?P<name>[?&;#][\w.%\[\]-]*(?:token|key|secret|sig|signature|passw|pwd|auth|code|credential)[\w.%\[\]-]*=)"""
    r"""[^\s&;#'"]+""",
    re.IGNORECASE,
)


def masked(text: str) -> str:
    """The same text without what opens an address in it. Mask before a text is cut: a cut address has no @ to see."""
    return _TOKEN.sub(rf"\g<name>{MASK}", _BARE.sub(f"{MASK}@", _USER.sub(f"{MASK}@", text)))


def guarded(said: Text) -> Text:
    """The same sentence, each of its values masked; the template is ours."""
    return replace(said, values={name: _guarded(value) for name, value in said.values.items()})


def _guarded(value: Value) -> Value:
    match value:
        case str():
            return masked(value)
        case Text():
            return guarded(value)
        case Joined():
            return replace(value, texts=tuple(guarded(one) for one in value.texts))
        case _:
            return value
