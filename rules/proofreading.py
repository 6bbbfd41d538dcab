"""What to look at in a draft of a postmortem before it is passed on: gaps, times that cannot be right, blame."""

from collections.abc import Iterator, Sequence

from rules import blame, room_times
from rules.room import Room, Task
from rules.text import Joined, Text, Value

SHOWN, PHRASE_MAX = 10, 80


def remarks(room: Room, document: Sequence[str]) -> Iterator[Text]:
    """What is missing first. `document`: the lines of the draft, as whoever reads it counts them."""
    if found := tuple(_gaps(room)):
        yield Text.of("Missing: {gaps}.", gaps=Joined(found, ", "))
    if ownerless := _ownerless(room):
        yield Text.of("Nobody owns yet: {actions}.", actions=Joined(tuple(_named(ownerless)), ", "))
    for fault in room_times.faults(room.moments):
        yield Text.of("⚠️ These times cannot be right: {fault}", fault=fault)
    blames = list(_blames(document))
    if not blames:
        yield Text.of("No word in it blames anybody, as far as I can tell.")
        return
    yield Text.of("Words that blame, and what to write instead:")
    yield from blames[:SHOWN]
    if (left := len(blames) - SHOWN) > 0:
        yield Text.counted("… and {count} more", "… and {count} more", count=left)


def _gaps(room: Room) -> Iterator[Text]:
    """What nobody has said yet."""
    written = ((Text.of("the impact"), room.impact), (Text.of("the cause"), room.cause), (Text.of("the fix"), room.fix))
    yield from (name for name, words in written if not words.strip())
    if not room.tasks:
        yield Text.of("corrective actions")
    if count := len(_ownerless(room)):
        yield Text.counted("the owner of {count} action", "the owners of {count} actions", count=count)
    if count := sum(not task.due for task in room.tasks):
        yield Text.counted("the day of {count} action", "the days of {count} actions", count=count)


def _ownerless(room: Room) -> list[Task]:
    return [task for task in room.tasks if not task.owner.strip()]


def _named(tasks: Sequence[Task]) -> Iterator[Text]:
    """Which ones; long ones are cut, and of many the others are counted."""
    for task in tasks[:SHOWN]:
        what = task.what if len(task.what) <= PHRASE_MAX else f"{task.what[: PHRASE_MAX - 1]}…"
        yield Text.of("“{what}”", what=what)
    if (left := len(tasks) - SHOWN) > 0:
        yield Text.counted("… and {count} more", "… and {count} more", count=left)


def _blames(document: Sequence[str]) -> Iterator[Text]:
    for number, line in enumerate(document, 1):
        for found in blame.phrases(line):
            named: dict[str, Value] = {"number": number, "phrase": found.phrase[:PHRASE_MAX], "instead": found.instead}
            yield Text.of("• line {number}, “{phrase}”: {instead}", **named)
