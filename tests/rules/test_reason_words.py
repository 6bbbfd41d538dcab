"""What a reason means for people: each that a record may keep has its words."""

from bot.cards.plain import plain
from rules.reason import Reason
from rules.reason_words import WORDS, told

ANSWERS = {  # what came of one signal only: the asker or the sender is told, no record keeps it
    Reason.REPEAT, Reason.NEVER_SEEN, Reason.STALE, Reason.DUPLICATE, Reason.TALLIED, Reason.IGNORED, Reason.ALREADY,
    Reason.NOT_ALLOWED, Reason.NO_STEP, Reason.NOT_SILENCED, Reason.MUTED, Reason.UNMUTED, Reason.TAKEN_OVER,
    Reason.NOT_OPEN, Reason.NO_RECORD, Reason.BLOCKED, Reason.NO_REASON, Reason.NOT_IN_PLAN, Reason.NO_PLAN,
    Reason.NOT_FROZEN, Reason.NO_SCOPE, Reason.TOO_LONG, Reason.NOTHING_PROPOSED, Reason.DEPLOYMENT_ASKED,
    Reason.DEPLOYMENT_APPROVED, Reason.ANSWER_REFUSED, Reason.NOT_BEGUN, Reason.NO_TARGET, Reason.FULL, Reason.NOT_OWED,
    Reason.DIGEST_WRITTEN, Reason.DIGEST_MISSED,
}  # fmt: skip


def test_each_reason_has_its_words_or_is_kept_by_no_record() -> None:
    assert ANSWERS.isdisjoint(WORDS)
    assert ANSWERS | set(WORDS) == set(Reason)


def test_a_reason_is_told_in_words_with_the_word_of_the_log() -> None:
    assert plain(told("in_room")) == "Latest: its war-room told it how things stand there (in_room)."


def test_a_reason_of_a_newer_sereno_is_told_as_it_is() -> None:
    assert plain(told("of_tomorrow")) == "Latest reason: of_tomorrow."
