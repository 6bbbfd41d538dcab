"""A recorded payload is sent as if it were of today."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from bot.demo_workspace import SAMPLES
from bot.playground.samples import as_of, samples

NOW = datetime.fromisoformat("2026-11-21T17:14:37+00:00").timestamp()
RECORDED = sorted(SAMPLES.glob("*/*.json"))


def alert(begins: str, ends: str = "0001-01-01T00:00:00Z") -> str:
    return json.dumps({"alerts": [{"startsAt": begins, "endsAt": ends, "labels": {"at": "2020"}}]})


def moved(recorded: str, now: float = NOW) -> tuple[str, str]:
    [found] = json.loads(as_of(now, recorded))["alerts"]
    assert found["labels"] == {"at": "2020"}
    return found["startsAt"], found["endsAt"]


def test_an_alert_fires_since_half_an_hour_and_has_no_end() -> None:
    assert moved(alert("2018-11-04T22:43:58.283995108+01:00")) == ("2026-11-21T16:40:00+00:00", "0001-01-01T00:00:00Z")
    assert moved(alert("2018-11-04T22:43:58Z", "1970-01-01T00:00:00Z"))[1] == "1970-01-01T00:00:00Z"


def test_the_end_of_an_alert_fits_the_beginning_in_another_payload() -> None:
    began = moved(alert("2018-11-04T22:43:58Z"))[0]
    assert moved(alert("2018-11-04T22:43:58Z", "2018-11-04T22:48:13Z")) == (began, "2026-11-21T16:44:15+00:00")


def test_what_is_sent_twice_is_the_same_for_ten_minutes() -> None:
    recorded = alert("2018-11-04T22:43:58Z")
    assert as_of(NOW, recorded) == as_of(NOW + 300, recorded) != as_of(NOW + 600, recorded)


@pytest.mark.parametrize("recorded", ['{"hello": "world"}', '{"startsAt": ""}', "no JSON", ""])
def test_what_has_no_times_is_sent_as_it_is(recorded: str) -> None:
    assert as_of(NOW, recorded) == recorded


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_every_sample_is_of_the_last_hour(path: Path) -> None:
    sent = as_of(NOW, path.read_text(encoding="utf-8"))
    assert json.loads(sent).keys() == json.loads(path.read_text(encoding="utf-8")).keys()
    assert '"2026-11-21T16:40:00+00:00"' in sent
    assert {one.path for one in samples(SAMPLES)} == set(RECORDED)
