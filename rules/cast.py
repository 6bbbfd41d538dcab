"""Who is called what in a blameless document: the same person always by the same role, and never by name."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rules.incident import Incident
from rules.room import Role, Room
from rules.text import Joined, Text, Value

ROLES = {
    Role.COMMANDER: Text.of("the incident commander"),
    Role.COMMS: Text.of("communications"),
    Role.SCRIBE: Text.of("the scribe"),
    Role.OPS: Text.of("operations"),
}
AN_ENGINEER, ANOTHER, OTHERS = Text.of("an engineer"), Text.of("another engineer"), Text.of("others")
PEOPLE, ASKED = ("person", "who", "second", "name"), "whom"  # values of a timeline's sentences that are people
SPACE = Text.of(" ")
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """`words`: what each name and Slack id becomes, both as `_key` makes them; `names`: finds all of them in a text."""

    words: Mapping[str, Text]
    names: re.Pattern[str]

    def role(self, name: str) -> Text:
        """What the person of this name or Slack id is called."""
        return self.words.get(_key(name), AN_ENGINEER)

    def hide(self, text: str) -> Value:
        """What somebody wrote, with a role in the place of each name and each mention."""
        pieces: list[Text] = []
        end = 0
        for found in self.names.finditer(text):
            pieces += [*_piece(text[end : found.start()]), self.role(found[1] or found[0])]
            end = found.end()
        return Joined((*pieces, *_piece(text[end:])), "") if pieces else text

    def retold(self, text: Text) -> Text:
        """A sentence of a timeline as one line without names."""
        return replace(text, values={name: self._value(name, value) for name, value in text.values.items()})

    def _value(self, name: str, value: Value) -> Value:
        match value:
            case Text():
                return self.retold(value)
            case Joined(texts=texts, by=by):
                return Joined(tuple(self.retold(one) for one in texts), by.replace("\n", " "))
            case str() if name == ASKED:
                return OTHERS  # people, rotations and groups in one list: nobody can tell which is which
            case str() if name in PEOPLE and _key(value) in self.words:
                return self.role(value)
            case str():
                return self.hide(value)
        return value


def cast(room: Room, incidents: Sequence[Incident]) -> Cast:
    """All people whom the records name: those with a role by it, the others as engineers in order of appearance."""
    words: dict[str, Text] = {}
    for role in Role:
        holder = room.roles.get(role)
        if holder and holder.agreed:
            _enter(words, (holder.id, holder.name), ROLES[role])
    people = list(_people(room, incidents))
    engineers = 0
    for names in people:
        engineers += _enter(words, names, _engineer(engineers + 1))
    spelled = dict.fromkeys(_bare(name) for names in people for name in names if _key(name))
    patterns = [_whole(name) for name in sorted(spelled, key=len, reverse=True)]
    for name, given in ((name, _given(name)) for name in spelled):
        if given:
            patterns.append(_whole(given, any_case=False))
            words.setdefault(_key(given), words[_key(name)])
    return Cast(words=words, names=re.compile("|".join((_MENTION.pattern, *patterns))))


def _people(room: Room, incidents: Sequence[Incident]) -> Iterator[tuple[str, ...]]:
    """Each person by all the names that stand in one place."""
    yield from ((holder.id, holder.name) for holder in room.roles.values())
    yield (room.opened_by_id, room.opened_by)
    yield from ((line.by,) for line in room.lines)
    yield (room.closed_by,)
    yield from ((one.taken_id, one.taken_by) for one in incidents)
    yield from ((silence.by_id, silence.by) for one in incidents for silence in one.silences)
    for entry in (*room.timeline, *(entry for one in incidents for entry in one.timeline)):
        yield from _named(entry.text)
    for text in (room.title, room.impact, room.cause, room.fix, *(line.text for line in room.lines)):
        yield from ((id_,) for id_ in _MENTION.findall(text))


def _named(text: Text) -> Iterator[tuple[str]]:
    for name, value in text.values.items():
        match value:
            case str():
                yield from ((id_,) for id_ in _MENTION.findall(value))
                if name in PEOPLE and not _MENTION.search(value):
                    yield (value,)
            case Text():
                yield from _named(value)
            case Joined(texts=texts):
                yield from (found for one in texts for found in _named(one))


def _enter(words: dict[str, Text], names: Iterable[str], called: Text) -> bool:
    """Whether this is somebody new; who is known by one name gets the others too."""
    keys = [_key(name) for name in names if _key(name)]
    known = next((words[key] for key in keys if key in words), None)
    for key in keys:
        words.setdefault(key, known or called)
    return bool(keys) and known is None


def _engineer(number: int) -> Text:
    if number <= 2:
        return AN_ENGINEER if number == 1 else ANOTHER
    return Text.of("engineer {number}", number=number)


def _given(name: str) -> str:
    """The first of several names, by which people call each other: Ana of Ana Torres; "" without."""
    first, _, more = name.partition(" ")
    return first if more and len(first) > 2 and first.isalpha() and first.istitle() else ""


def _bare(name: str) -> str:
    return " ".join(name.split()).removeprefix("user:").removeprefix("@").strip()


def _key(name: str) -> str:
    """The same for all ways to write a name; "" for what is none."""
    plain = _bare(name).casefold()
    return plain if any(letter.isalnum() for letter in plain) else ""


def _whole(name: str, *, any_case: bool = True) -> str:
    """A name as whole words; Slack's names of people may stand behind an @."""
    words = r"\s+".join(re.escape(word) for word in name.split())
    before, after = r"(?<!\w)" if _spaced(name[0]) else "", r"(?!\w)" if _spaced(name[-1]) else ""
    return f"{before}(?:user:|@)?(?{'i' if any_case else ''}:{words}){after}"


def _spaced(letter: str) -> bool:
    """Whether it is of a script that puts spaces between words."""
    return letter.isdigit() or letter.lower() != letter.upper()


def _piece(text: str) -> Iterator[Text]:
    """Some words between two names, with the spaces at their edges, which are lost when values are drawn."""
    if text[:1].isspace():
        yield SPACE
    if text.strip():
        yield Text.of("{words}", words=text.strip())
        if text[-1:].isspace():
            yield SPACE
