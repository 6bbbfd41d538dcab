"""The incidents in the time of a release: which are kept, and which its card names."""

from dataclasses import replace

from rules.attribution import KEPT, kept
from rules.release_incidents import still_open
from rules.signal import Related
from tests.rules.releases import POLICY, plain, watched
from tests.rules.test_hindsight import happened


def named(*incidents: Related) -> str:
    return plain(still_open(replace(watched().one, incidents=incidents), POLICY))


def test_the_worst_come_first_and_of_these_the_oldest() -> None:
    late = [happened(f"I{number}", opened=number, severity="P1") for number in (6, 5, 4, 3)]
    worst = [happened("W9", opened=9), happened("W1", opened=1)]
    over = happened("OVER", opened=1, over=2)
    assert named(*late, *worst, over, happened("I2", opened=2, severity="P2")) == (
        "incidents open (7): W1, W9, I3, I4, I5 and 2 more"
    )


def test_a_few_are_all_named_and_none_is_said() -> None:
    assert named(happened("I1")) == "incidents open (1): I1"
    assert named(happened("I1", over=2)) == "no open incident"


def test_what_is_open_is_kept_however_old_it_is() -> None:
    over = [happened(f"I{number}", opened=number, over=200) for number in range(2, 2 + KEPT)]
    found = kept([happened("OLD", opened=1), *over])
    assert len(found) == KEPT
    assert found[0].id == "OLD"
    assert found[1].id == f"I{KEPT + 1}", "then the latest"
