"""Every sentence of the code as a translator finds it; run as a program it brings bot/locale up to date.

`make catalogue` adds what is new with an empty translation, drops what no code says any more, and keeps the rest.
"""

import ast
import functools
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tests.house.tree import ROOMS, ROOT, named, parsed, python

LOCALE = ROOT / "bot" / "locale"
TEMPLATES = {"of": 1, "counted": 2}  # how many of the first arguments are templates
THEMSELVES = ("rules/text.py", "bot/cli/saying.py")  # where Text and word are made
HEADER = "Sereno's sentences. The English ones are the names under which the code knows them: translate, do not edit."
NOISE = re.compile(r'^"(?:Project-|Report-|POT-|PO-|Last-|Language-Team|Generated-).*\n', re.MULTILINE)
LETTER, PLACEHOLDER = re.compile(r"[^\W\d_]"), re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """What one call of Text.of, Text.counted or word says. `place`: file and line."""

    forms: tuple[str, ...]
    place: str

    @property
    def has_words(self) -> bool:
        """Whether there is something to translate beside the values."""
        return any(LETTER.search(PLACEHOLDER.sub("", form)) for form in self.forms)


def sentences() -> list[Sentence]:
    """All in the order of the files; those without words of their own too."""
    return [found for found in _found() if isinstance(found, Sentence)]


def unreadable() -> list[str]:
    """The places where a template is not a literal, so that no translator finds it."""
    return [found for found in _found() if isinstance(found, str)]


def catalogues() -> list[Path]:
    """The .po files, one for each language but English."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/sereno.po"))


def read(path: Path) -> Catalog:
    """A catalogue as it is; empty when the file is not there yet."""
    code = path.parents[1].name
    if not path.exists():
        return Catalog(locale=code)
    with path.open("rb") as lines:
        return read_po(lines, locale=code)


def forms(said: object) -> tuple[str, ...]:
    """A message's id or translation: one form, or one for a single thing and one for more."""
    return tuple(str(one) for one in said) if isinstance(said, list | tuple) else (str(said or ""),)


def messages(catalog: Catalog) -> list[Message]:
    """All of a catalogue but its header."""
    return [message for message in catalog if message.id]


def renewed(old: Catalog) -> Catalog:
    """The same language with exactly the sentences of the code."""
    new = Catalog(locale=old.locale, header_comment=f"# {HEADER}", fuzzy=False)
    for sentence in sentences():
        if sentence.has_words:
            known = old.get(sentence.forms[0])
            kept = known.string if known and forms(known.id) == sentence.forms else None
            one = sentence.forms[0] if len(sentence.forms) == 1 else sentence.forms
            new.add(one, kept, locations=[(sentence.place.rpartition(":")[0], 0)])
    return new


def written(catalog: Catalog) -> bytes:
    """The file: without dates and line numbers, which would change with every run."""
    out = io.BytesIO()
    write_po(out, catalog, width=110, include_lineno=False, sort_by_file=True)
    return NOISE.sub("", out.getvalue().decode()).encode()


@functools.cache
def _found() -> tuple[Sentence | str, ...]:
    return tuple(_read_from_the_code())


def _read_from_the_code() -> Iterator[Sentence | str]:
    for path in python(*ROOMS):
        if named(path) not in THEMSELVES:
            for node in ast.walk(parsed(path)):
                if isinstance(node, ast.Call) and (found := _of_call(node, f"{named(path)}:{node.lineno}")):
                    yield found


def _of_call(call: ast.Call, place: str) -> Sentence | str | None:
    match call.func:
        case ast.Name(id="Text"):
            return place
        case ast.Name(id="word"):
            return _literal(call, 1, place)
        case ast.Attribute(value=ast.Name(id="Text"), attr=attr) if attr in TEMPLATES:
            return _literal(call, TEMPLATES[attr], place)
    return None


def _literal(call: ast.Call, count: int, place: str) -> Sentence | str:
    given = [one.value if isinstance(one, ast.Constant) else None for one in call.args[:count]]
    literal = tuple(one for one in given if isinstance(one, str))
    return Sentence(forms=literal, place=place) if len(literal) == count else place


def compiled(path: Path) -> bytes:
    """A catalogue as gettext reads it, without the time of its making."""
    catalog = read(path)
    catalog.creation_date = catalog.revision_date = datetime(2000, 1, 1, tzinfo=UTC)
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def main() -> None:
    """Rewrite every catalogue, and say how many sentences are still to be translated; compile what gettext reads."""
    for path in LOCALE.glob("*/LC_MESSAGES/argparse.po"):
        path.with_suffix(".mo").write_bytes(compiled(path))
    for path in catalogues() or [LOCALE / "es" / "LC_MESSAGES" / "sereno.po"]:
        catalog = renewed(read(path))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written(catalog))
        empty = sum(not all(forms(message.string)) for message in messages(catalog))
        print(f"{named(path)}: {len(messages(catalog))} sentences, {empty} to be translated")


if __name__ == "__main__":
    main()
