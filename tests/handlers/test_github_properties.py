"""Whatever JSON comes as whatever event, parse answers with signals, Unparseable or Unsupported."""

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.contract import Delivery, Unparseable, Unsupported
from handlers.webhooks.github import READERS, parse
from rules.decide import decide
from rules.policy_file import load
from rules.signal import Signal

PAYLOADS = {path.stem: json.loads(path.read_text()) for path in sorted(Path("tests/payloads/github").glob("*.json"))}
POLICY = load(Path("rules/policies/default.yaml").read_text(), "default.yaml")
NOW = 1_800_000_000_000
TIMES = st.sampled_from(["2019-05-15T15:20:18Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "soon"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | TIMES
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=6
)


def attempt(event: str, body: bytes, kind: str = "application/json") -> list[Signal]:
    headers = {"x-github-event": event, "x-github-delivery": "d", "content-type": kind}
    try:
        return parse(Delivery(headers=headers, body=body))
    except (Unparseable, Unsupported):
        return []


def usable(signal: Signal) -> None:
    """What any later stage relies on: it decides, and its texts can be stored."""
    for text in (signal.key, signal.title, signal.summary, *signal.labels.values()):
        text.encode()
        assert "\n" not in text
    assert signal.key.startswith("github:")
    assert signal.at >= 0
    assert all(member.since >= 0 and member.until >= 0 for member in signal.members)
    assert decide(signal, None, POLICY, NOW).reason


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for name, own in inner for place in places(own, (*path, name)))]


def put(root: Any, path: tuple[str | int, ...], value: object) -> Any:
    if not path:
        return value
    *way, last = path
    target = root
    for part in way:
        target = target[part]
    target[last] = value
    return root


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    name = draw(st.sampled_from(list(PAYLOADS)))
    body = copy.deepcopy(PAYLOADS[name])
    for _ in range(draw(st.integers(1, 3))):
        body = put(body, draw(st.sampled_from(places(body))), draw(VALUES))
    return name.partition("__")[0], json.dumps(body).encode()


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
def test_mutated_payloads(delivery: tuple[str, bytes]) -> None:
    for signal in attempt(*delivery):
        usable(signal)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([*READERS, "push", "\udcff"]), VALUES)
def test_random_json(event: str, body: object) -> None:
    for signal in attempt(event, json.dumps(body).encode()):
        usable(signal)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(list(READERS)),
    st.binary() | st.binary().map(lambda raw: b"payload=" + raw),
    st.sampled_from(["", "application/json", "application/x-www-form-urlencoded"]),
)
def test_random_bytes(event: str, body: bytes, kind: str) -> None:
    attempt(event, body, kind)


def test_no_field_of_a_payload_is_needed_to_answer() -> None:
    """Each field in turn is null, and each is missing."""
    for name, payload in PAYLOADS.items():
        event = name.partition("__")[0]
        for path in places(payload)[1:]:
            for signal in attempt(event, json.dumps(put(copy.deepcopy(payload), path, None)).encode()):
                usable(signal)
