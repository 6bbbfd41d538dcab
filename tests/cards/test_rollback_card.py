"""The card of a rollback, and the buttons of a red alert: within Slack's limits, with what makes sense now."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from bot.cards import remedies
from bot.cards.face import Face, Pen
from bot.cards.rollback import card as drawn
from handlers.forms.rollback import blank
from rules.freeze import Freeze, key_of
from rules.freeze import Phase as Frozen
from rules.incident import Incident
from rules.policy import Policy
from rules.policy_file import load
from rules.reading import Judged, Level
from rules.rollback import Call, Phase, Rollback, Sent, Todo
from rules.text import Text
from tests.cards.hostile import STRINGS
from tests.cards.test_cards import check, spell
from tests.rules import releases

NOW = 1_800_000_000_000
POLICY = load(
    releases.HEAD
    + "scopes: {production: {}}\n"
    + releases.PLANS.replace("    window:", "    scope: production\n    window:"),
    "x.yaml",
)
PEN = Pen(policy=POLICY, spell=spell)
TODAY = re.compile(r"<!date\^1800000000\^\{time\}\|[^<>|]*>|<!@on-call>")
CALL = Call(repository="acme/sdk", event="roll-back", at=NOW, wanted_at=NOW)


def rollback(**more: Any) -> Rollback:
    given: dict[str, Any] = {"key": "rollback:sdk:v1.1.1", "id": "K7F3Q2", "watch": "watch:sdk:v1.1.1", "plan": "sdk"}
    given |= {"release": "v1.1.1", "to": "v1.1.0", "title": "Python SDK", "place": "#releases", "by": "ana"}
    given |= {"why": "it does not start", "opened_at": NOW, "begun_at": NOW, "phase": Phase.BEGUN}
    given |= {"steps": (Todo(text="Deploy v1.1.0.", done_by="bruno", done_at=NOW), Todo(text="Tell support."))}
    return Rollback(**{**given, **more})


def card(one: Rollback, *mention: str) -> Face:
    face = drawn(one, PEN, mention)
    check(Face(text=TODAY.sub("", face.text), blocks=json.loads(TODAY.sub("", json.dumps(face.blocks)))))
    return face


def actions(face: Face) -> list[tuple[str, str]]:
    return [(one["action_id"], one["value"]) for one in face.blocks[-1].get("elements", []) if "action_id" in one]


def test_it_says_what_why_who_and_what_is_next() -> None:
    face = card(
        rollback(second="bruno", call=replace(CALL, state=Sent.SENT), looks=True, running="v1.1.1", running_at=NOW)
    )
    lines = face.text.splitlines()
    assert lines[0] == "⏪ *v1.1.1* · Python SDK is being rolled back to v1.1.0: it does not start"
    assert lines[1].startswith("✅ 1. Deploy v1.1.0. (bruno, ")
    assert lines[2] == "⬜ 2. Tell support."
    assert lines[3].startswith("🛫 GitHub has started the event roll-back of acme/sdk, ")
    assert lines[4].startswith("⬜ v1.1.1 runs, seen first ")
    assert lines[5].startswith("decided by ana · confirmed by bruno · since ")
    assert actions(face) == [("step", "K7F3Q2/2"), ("giveup", "K7F3Q2")]
    assert face.blocks[-1]["elements"][0]["text"]["text"] == "Done: 2. Tell support."


def test_a_second_person_is_called_once() -> None:
    face = card(rollback(phase=Phase.PROPOSED, begun_at=0, call=CALL), "@on-call")
    assert face.text.splitlines()[0].endswith("it does not start  <!@on-call>")
    assert "ana wants it, and waits for a second person" in face.text
    assert actions(face) == [("confirm", "K7F3Q2"), ("giveup", "K7F3Q2")]


@pytest.mark.parametrize(
    ("call", "says", "again"),
    [
        ({"state": Sent.WANTED}, "⏳ GitHub is told to start", False),
        ({"state": Sent.WANTED, "why": "not connected"}, "GitHub does not answer (not connected)", False),
        ({"state": Sent.SENDING}, "⏳ GitHub is told to start", False),
        ({"state": Sent.UNKNOWN}, "❓ I do not know whether GitHub got it", True),
        ({"state": Sent.REFUSED, "why": "Not Found", "status": 404}, "Not Found: there is no such repository", True),
    ],
)
def test_what_is_known_of_the_call(call: dict[str, Any], says: str, again: bool) -> None:
    face = card(rollback(call=replace(CALL, **call)))
    assert says in face.text
    assert ("resend" in dict(actions(face))) is again


def test_an_end_has_no_buttons() -> None:
    ended = card(rollback(phase=Phase.GIVEN_UP, ended_at=NOW, ended_by="bruno", ended_why="it is worse", call=CALL))
    assert "ended by bruno" in ended.text
    assert "it is worse" in ended.text
    assert "✋ GitHub was not told to start" in ended.text
    assert actions(ended) == []
    done = card(rollback(phase=Phase.DONE, ended_at=NOW, otherwise=Text.of("{a} was decided", a="v1.1.1")))
    assert "v1.1.1 was decided" in done.text
    assert "ended" in done.text


@pytest.mark.parametrize("text", STRINGS)
def test_whatever_stands_in_it_it_is_only_text(text: str) -> None:
    call = replace(CALL, event=text, repository=text, why=text, state=Sent.REFUSED, status=403)
    steps = tuple(Todo(text=text, done_by=text, done_at=number % 2 * NOW) for number in range(60))
    names = {"release": text, "to": text, "title": text, "why": text, "by": text}
    card(rollback(**names, steps=steps, call=call, looks=True, running=text, running_at=NOW, trouble=text))


def test_a_red_release_offers_both() -> None:
    room = releases.watched(POLICY)
    assert remedies.of_watch(room.one, PEN) == []
    red = replace(room.one, judged={"wheel": Judged(level=Level.RED)})
    assert _named(remedies.of_watch(red, PEN)) == [("freeze", "freeze:production"), ("rollback", red.key)]
    locked = Freeze(key=key_of("production"), id="A", scope="production", title="x", place="#x", opened_at=1,
                    phase=Frozen.FROZEN)  # fmt: skip
    assert _named(remedies.of_watch(red, replace(PEN, freezes={"production": locked}))) == [("rollback", red.key)]
    assert _named(remedies.of_watch(red, replace(PEN, policy=releases.POLICY))) == [("rollback", red.key)]


@pytest.mark.parametrize(("severity", "count"), [("P0", 2), ("P1", 0)])
def test_a_red_alert_of_a_release_offers_both(severity: str, count: int) -> None:
    labels = {"plan": "sdk", "version": "v1.1.1", "check": "wheel"}
    alert = Incident(key="check:sdk:v1.1.1:wheel", id="B", source="release-watch", title="x", severity=severity,
                     peak=severity, opened_at=1, place="#x", labels=labels)  # fmt: skip
    assert len(remedies.of_incident(alert, PEN)) == count
    locked = Freeze(key=key_of("production"), id="A", scope="production", title="x", place="#x", opened_at=1,
                    phase=Frozen.FROZEN)  # fmt: skip
    frozen = replace(PEN, freezes={"production": locked})
    assert len(remedies.of_incident(alert, frozen)) == count, "it is not drawn anew when the freeze ends"
    assert remedies.of_incident(replace(alert, source="alertmanager"), PEN) == []
    assert remedies.of_incident(replace(alert, labels={}), PEN) == []


def _named(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["action_id"], one["value"]) for one in found]


def test_the_form_says_that_a_plan_has_no_steps() -> None:
    watch = releases.watched(POLICY).one
    said = {count: blank(watch, "v1.1.0", _Desk(count)).below[0] for count in (0, 1, 2)}  # type: ignore[arg-type] # a desk that has a policy only
    assert {count: said[count].values.get("count") for count in said} == {0: None, 1: 1, 2: 2}
    assert said[0].template == "The plan has no steps for it."


class _Desk:
    """One whose plan has so many steps."""

    def __init__(self, steps: int) -> None:
        plan = POLICY.releases["sdk"].model_copy(update={"rollback": ["Go back."] * steps})
        self._policy = POLICY.model_copy(update={"releases": {"sdk": plan}})

    def policy(self) -> Policy:
        return self._policy
