"""Who is called what in a blameless document: by the role of that time, else as one and the same engineer; no names."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rules.incident import Incident
from rules.room import Role, Room
from rules.room_acting import WORDS
from rules.text import Joined, Text, Value, between

ROLES = {
    Role.COMMANDER: Text.of("the incident commander"),
    Role.COMMS: Text.of("communications"),
    Role.SCRIBE: Text.of("the scribe"),
    Role.OPS: Text.of("operations"),
}
AN_ENGINEER, ANOTHER, OTHERS = Text.of("an engineer"), Text.of("another engineer"), Text.of("others")
PEOPLE, ASKED = ("person", "who", "second", "name"), "whom"  # values of a timeline's sentences that are people
GIVEN, HANDED = "{name} is {role} now.", "{who} hands over to {name}"  # what a room says when roles change hands
_SIGN = re.compile(r"\s*:\s+(?=\S)")
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenure:
    """A role that somebody has from then on (unix milliseconds), until another one has it."""

    since: int
    role: Role
    person: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """`persons`: who is meant by each name and Slack id, both as `_key` makes them; `names`: finds all in a text.

    `engineers`: what each person is called without a role. `until`: roles are those before this moment, None: at last.
    """

    persons: Mapping[str, int]
    engineers: tuple[Text, ...]
    tenures: tuple[Tenure, ...]
    names: re.Pattern[str]
    until: int | None = None

    def at(self, moment: int) -> "Cast":
        """The same people with the roles that they had then (unix milliseconds); who is just given one has none yet."""
        return replace(self, until=moment)

    def role(self, name: str) -> Text:
        """What the person of this name or Slack id is called."""
        person = self.persons.get(_key(name))
        if person is None:
            return AN_ENGINEER
        held = {one.role: one.person for one in self.tenures if self.until is None or one.since < self.until}
        return next((ROLES[role] for role in Role if held.get(role) == person), self.engineers[person])

    def hide(self, text: str) -> Value:
        """What somebody wrote, with a role in the place of each name and each mention."""
        pieces: list[Text] = []
        end = 0
        for found in self.names.finditer(text):
            pieces += [*between(text[end : found.start()]), self.role(found[1] or found[0])]
            end = found.end()
        return Joined((*pieces, *between(text[end:])), "") if pieces else text

    def unsigned(self, text: str) -> Value:
        """The same without the name before a colon with which somebody begins it: that is who wrote it, and no words.

        Only a name of somebody who is known is one; any other word before a colon stays.
        """
        found = self.names.match(text.lstrip())
        signed = found and _SIGN.match(text.lstrip(), found.end())
        return self.hide(text.lstrip()[signed.end() :] if signed else text)

    def retold(self, text: Text) -> Text:
        """A sentence of a timeline as one line without names; who gets a role is from then on called by it."""
        if text.template == GIVEN:
            return self._becomes(text)
        return replace(text, values={name: self._value(name, value) for name, value in text.values.items()})

    def _becomes(self, text: Text) -> Text:
        who, given = self.role(str(text.values.get("name", ""))), text.values.get("role")
        role = next((ROLES[role] for role, words in WORDS.items() if words == given), AN_ENGINEER)
        if given == WORDS[Role.COMMANDER]:
            return Text.of("{who} takes command: {role} from now on.", who=who, role=role)
        return Text.of("{who} takes a role: {role} from now on.", who=who, role=role)

    def _value(self, name: str, value: Value) -> Value:
        match value:
            case Text():
                return self.retold(value)
            case Joined(texts=texts, by=by):
                return Joined(tuple(self.retold(one) for one in texts), by.replace("\n", " "))
            case str() if name == ASKED:
                return OTHERS  # people, rotations and groups in one list: nobody can tell which is which
            case str() if name in PEOPLE and _key(value) in self.persons:
                return self.role(value)
            case str():
                return self.hide(value)
        return value


def cast(room: Room, incidents: Sequence[Incident]) -> Cast:
    """All people whom the records name, and the roles that they had; those without one at last appear first."""
    named, persons = list(_people(room, incidents)), dict[str, int]()
    for names in named:
        _enter(persons, names)
    tenures = _tenures(room, persons)
    last = {one.role: one.person for one in tenures}.values()
    order = sorted(dict.fromkeys(persons.values()), key=lambda person: person in last)
    engineers = {person: _engineer(number) for number, person in enumerate(order, 1)}
    spelled = dict.fromkeys(_bare(name) for names in named for name in names if _key(name))
    patterns = [_whole(name) for name in sorted(spelled, key=len, reverse=True)]
    for name, given in ((name, _given(name)) for name in spelled):
        if given:
            patterns.append(_whole(given, any_case=False))
            persons.setdefault(_key(given), persons[_key(name)])
    return Cast(
        persons=persons, engineers=tuple(engineers[person] for person in sorted(engineers)), tenures=tenures,
        names=re.compile("|".join((_MENTION.pattern, *patterns))),
    )  # fmt: skip


def _tenures(room: Room, persons: Mapping[str, int]) -> tuple[Tenure, ...]:
    """As the lines of the room tell them, and those of now, of which a line may be gone; in order."""
    found: list[Tenure] = []
    for entry in room.timeline:
        values, held = entry.text.values, {one.role: one.person for one in found}
        who, heir = (persons.get(_key(str(values.get(name, "")))) for name in ("who", "name"))
        gained: list[Role] = []
        if entry.text.template == GIVEN:
            gained = [role for role, words in WORDS.items() if words == values.get("role")]
        elif entry.text.template.startswith(HANDED):  # but for who commands, whose heir says yes first
            gained = [role for role, person in held.items() if person == who and role is not Role.COMMANDER]
        if heir is not None:
            found += [Tenure(since=entry.at, role=role, person=heir) for role in gained]
    for role, holder in room.roles.items():
        person = next((persons[key] for key in (_key(holder.id), _key(holder.name)) if key in persons), None)
        if holder.agreed and person is not None:
            found.append(Tenure(since=holder.at, role=role, person=person))
    return tuple(sorted(found, key=lambda one: one.since))


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


def _enter(persons: dict[str, int], names: Iterable[str]) -> None:
    """Who is known by one name gets the others too."""
    keys = [_key(name) for name in names if _key(name)]
    known = next((persons[key] for key in keys if key in persons), max(persons.values(), default=-1) + 1)
    for key in keys:
        persons.setdefault(key, known)


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
