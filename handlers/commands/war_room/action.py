"""/war-room action "WHAT" [@OWNER] [DUE]"""

from handlers.contract import Command, Desk, Handled
from handlers.days import BadDay, day
from handlers.forms.room_write import blank
from handlers.naming import said, somebody, typed
from handlers.quoting import Unclosed, parted
from handlers.rooms import NoRoom, do, meant, wordless
from rules.room_writing import ACTION, DUE, OWNER, TEXT
from rules.signal import Actor
from rules.text import Text

EXAMPLE = Text.of('action "a larger pool by default" @ana 7d')


async def run(words: list[str], person: Actor, desk: Desk) -> Handled:
    """Something to be done afterwards, by whom and by when; without words the form."""
    try:
        room, rest = await meant(words, person, desk, like='action ROOM "…"')
        if not rest:
            return blank(room, desk, ACTION)
        text, owner, due = await _quoted(rest, person, desk) or await _plain(rest, person, desk)
    except NoRoom as nothing:
        return nothing.reply
    except Unclosed:
        return [Text.of("Nothing is written down: the quote is not closed."), wordless(EXAMPLE)]
    except Stranger as nobody:
        return [Text.of("I do not know {word}. Write @ and choose a name, or `me`.", word=typed(nobody.word))]
    except BadDay as error:
        return [Text.of("Nothing is written down: `{word}` is no day.", word=typed(str(error))),
                Text.of("Write a day such as 2026-12-01, or a length such as 7d.")]  # fmt: skip
    if not text:
        return [wordless(EXAMPLE)]
    return await do(ACTION, room, person, desk, {TEXT: text, OWNER: owner, DUE: due})


class Stranger(ValueError):
    """Nobody is called so."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


async def _quoted(words: list[str], person: Actor, desk: Desk) -> tuple[str, str, str] | None:
    """The text in quotes, who is named behind it, and the day behind that. Raises Unclosed, Stranger, BadDay."""
    found = parted(words)
    if found is None:
        return None
    text, rest = found
    owner, due = "", ""
    if rest and (called := await somebody(rest[0], person, desk)):
        owner, rest = called[1], rest[1:]
    elif rest and _is_mention(rest[0]):
        raise Stranger(rest[0])
    if rest:
        due = day(" ".join(rest), desk.now(), desk.policy().zone)
    return said(text), owner, due


async def _plain(words: list[str], person: Actor, desk: Desk) -> tuple[str, str, str]:
    """The same of words without quotes: what looks like a day at their end, and a mention before it, are such."""
    owner, due, rest = "", "", words
    if len(rest) > 1:
        try:
            due, rest = day(rest[-1], desk.now(), desk.policy().zone), rest[:-1]
        except BadDay:
            due = ""
    if len(rest) > 1 and _is_mention(rest[-1]):
        called = await somebody(rest[-1], person, desk)
        if called is None:
            raise Stranger(rest[-1])
        owner, rest = called[1], rest[:-1]
    return said(" ".join(rest)).strip(), owner, due


def _is_mention(word: str) -> bool:
    return word.startswith(("@", "<@"))


COMMAND = Command(
    usage='action "WHAT" [@OWNER] [DUE]',
    help=Text.of("something to be done afterwards; DUE is a day such as 2026-12-01, or 7d"),
    run=run,
    example=EXAMPLE,
)
