"""What the forms of a war-room carry to and fro, and the words that their commands take."""

from dataclasses import replace

import pytest

from bot.cards.mrkdwn import draw
from bot.cards.tongue import speaking
from handlers.commands.war_room import status
from handlers.forms import _meanwhile
from handlers.forms._meanwhile import Seen, about, written
from rules.room import Room, Status
from rules.room_acting import STATUS_WORDS

ROOM = Room(key="room:K7F3Q2", id="K7F3Q2", title="x", severity="P0", base="inc-x", opened_at=1, cause="a disk")


def test_a_form_knows_what_it_has_shown() -> None:
    seen = Seen.read(about(ROOM, written(ROOM)))
    assert seen.room == "K7F3Q2"
    assert seen.has("cause", "a disk")
    assert [what for what, now in written(ROOM).items() if seen.is_past(what, now)] == []
    changed = replace(ROOM, cause="a full disk", fix="a larger disk")
    assert [what for what, now in written(changed).items() if seen.is_past(what, now)] == ["cause", "fix"]
    assert seen.is_past("severity", "P0"), "what it has not shown is not replaced either"
    assert not seen.is_past("severity", ""), "of which there is none"
    assert Seen.read(seen.renewed({"fix": "a larger disk"})).has("fix", "a larger disk")
    assert Seen.read(seen.renewed({"fix": "a larger disk"})).has("cause", "a disk"), "the others are as they were"


def test_a_form_of_an_earlier_version_has_seen_nothing() -> None:
    seen = Seen.read("K7F3Q2")
    assert (seen.room, seen.has("cause", ""), seen.is_past("cause", "a disk")) == ("K7F3Q2", False, False)


@pytest.mark.parametrize("end", ["", "\n", " "])
def test_what_a_field_cuts_or_trims_is_what_it_has_shown(end: str) -> None:
    long = "x" * (_meanwhile.FIELD_MAX + 500)
    seen = Seen.read(about(ROOM, {"cause": long, "fix": f"a disk{end}"}))
    assert seen.has("cause", long[: _meanwhile.FIELD_MAX])
    assert seen.has("fix", "a disk")


def test_a_form_fits_into_what_slack_gives_back() -> None:
    assert len(about(ROOM, dict.fromkeys(written(ROOM), "ä" * 9000))) < 200, "of 3,000 characters"


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("meant", Status)
def test_a_status_is_taken_as_it_is_shown(meant: Status, language: str) -> None:
    with speaking(language):
        shown = draw(STATUS_WORDS[meant])
    assert status.meant_by(shown) is meant
    assert status.meant_by(shown.upper()) is meant


@pytest.mark.parametrize("words", ["", "dancing", "resuelta", "investigating it"])
def test_other_words_are_no_status(words: str) -> None:
    assert status.meant_by(words) is None
