"""What /sereno why tells of Slack's answers."""

import pytest

from bot.cards.plain import plain
from handlers.explaining import calls
from rules.observed import Called, Observed


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (["ok"] * 8, ["ok", "ok"]),
        (["ok"], ["ok"]),
        (["ok", "ratelimited", "ok", "ok", "ok"], ["ratelimited", "ok", "ok"]),
        (["not_in_channel", "ok", "not_in_channel"], ["not_in_channel", "ok", "not_in_channel"]),
    ],
)
def test_of_what_went_well_the_last_two_calls_are_told_and_of_the_rest_each(
    answers: list[str], told: list[str]
) -> None:
    seen = Observed(calls=tuple(Called(at=at, method="chat.update", answer=one) for at, one in enumerate(answers)))
    head, *lines = [plain(line) for line in calls(seen)]
    assert head == "Slack was called, latest last:"
    assert [line.rpartition(", ")[2] for line in lines] == told


def test_without_a_call_it_says_so() -> None:
    assert [plain(line) for line in calls(Observed())] == ["Slack was not called for it yet."]
