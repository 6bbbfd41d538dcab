"""What Alertmanager and those that speak like it send, recorded and made up; all of it is read or refused."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.contract import Delivery, Unparseable
from handlers.webhooks.alertmanager import SOURCE, parse
from rules import keys
from rules.decide import decide
from rules.policy_file import load
from rules.reason import Reason
from rules.signal import Kind, Link, Signal

HERE = Path(__file__).parents[1] / "payloads" / "alertmanager"
CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "alertmanager"
FILES = sorted(HERE.glob("*.json")) + sorted(CORPUS.glob("*.json"))
GROUPS = {f"{path.parent.parent.name}/{path.stem}": json.loads(path.read_text()) for path in FILES}
GROUPS = {name: body for name, body in GROUPS.items() if "alerts" in body}  # one shows what is no group
POLICY = load(Path("rules/policies/default.yaml").read_text(), "default.yaml")
NOW = 1_800_000_000_000
Json = dict[str, Any]


def raw(body: bytes) -> Signal:
    (signal,) = parse(Delivery(headers={}, body=body))
    return signal


def read(body: object) -> Signal:
    return raw(json.dumps(body).encode())


def recorded(name: str) -> Signal:
    return raw((HERE / f"{name}.json").read_bytes())


def alert(**more: Any) -> Json:
    given: Json = {"status": "firing", "labels": {"alertname": "A"}, "startsAt": "2026-11-20T21:00:00Z"}
    return {**given, **more}


def group(*alerts: object, **more: Any) -> Json:
    given: Json = {"groupKey": "k", "groupLabels": {"alertname": "A"}, "receiver": "r", "status": "firing"}
    return {**given, "alerts": list(alerts or [alert()]), **more}


@pytest.mark.parametrize("name", GROUPS)
def test_a_real_group_is_one_signal(name: str) -> None:
    body = GROUPS[name]
    signal = read(body)
    assert (signal.source, signal.kind) == ("alertmanager", Kind.REPORT)
    assert signal.key.startswith("alertmanager:")
    assert signal.title
    label_sets = {json.dumps(one["labels"], sort_keys=True) for one in body["alerts"] if one.get("labels")}
    unlabelled = any(not one.get("labels") for one in body["alerts"])
    assert len(signal.members) >= len(label_sets)
    assert unlabelled or len(signal.members) == len(label_sets), "two label sets share a member, or one has two"
    assert all(0 <= member.since < 4_102_444_800_000 and member.until >= 0 for member in signal.members)
    assert read(body) == signal


@pytest.mark.parametrize("name", GROUPS)
def test_the_copy_of_an_ha_pair_is_the_same_signal(name: str) -> None:
    body = GROUPS[name]
    copied = {**body, "externalURL": "http://the-other:9093", "alerts": body["alerts"][::-1]}
    one, other = read(body), read(copied)
    assert other.key == one.key
    assert {member.id: member for member in other.members} == {member.id: member for member in one.members}
    assert (other.title, other.summary, other.links, other.labels) == (one.title, one.summary, one.links, one.labels)
    known = decide(one, None, POLICY, NOW).record
    assert decide(other, known, POLICY, NOW).reason in (Reason.REPEAT, Reason.NEVER_SEEN)


def test_different_groups_never_share_a_key() -> None:
    known: dict[str, tuple[Any, ...]] = {}
    for body in GROUPS.values():
        said = (body.get("receiver"), body.get("groupKey"), json.dumps(body.get("groupLabels"), sort_keys=True))
        if body.get("groupKey"):
            assert known.setdefault(read(body).key, said) == said


def test_the_story_of_one_group() -> None:
    first = recorded("firing__first")
    names = ["first", "repeat", "ha_copy", "worse", "mixed"]
    signals = [recorded(f"firing__{name}") for name in names] + [recorded("resolved__all")]
    assert {signal.key for signal in signals} == {first.key}
    reasons, record = [], None
    for number, signal in enumerate(signals):
        decision = decide(signal, record, POLICY, NOW + number * 60_000)
        record = decision.record
        reasons.append(decision.reason.value)
    assert reasons == ["opened", "repeat", "repeat", "worse", "partly_resolved", "resolved"]


def test_what_is_read_of_a_group() -> None:
    signal = recorded("firing__first")
    assert signal.title == "DiskWillFillIn4Hours"
    assert signal.summary == "/var on db-01.example.org fills up within 4 hours"
    assert signal.labels == {
        "alertname": "DiskWillFillIn4Hours",
        "cluster": "eu-1",
        "job": "node",
        "severity": "warning",
    }
    assert signal.links == (
        Link(name="runbook", url="https://runbooks.example.org/disk"),
        Link(name="source", url="http://prometheus.example.org:9090/graph?g0.expr=predict_linear&g0.tab=1"),
    )
    first = signal.members[0]
    assert (first.what, first.firing) == ("instance=db-01.example.org:9100", True)
    assert (first.since, first.until) == (1_795_208_471_358, 0)
    assert (signal.truncated, signal.complete) == (0, False)


def test_counts() -> None:
    assert recorded("firing__truncated").truncated == 37
    assert len(recorded("firing__twenty").members) == 20
    mixed = recorded("firing__mixed")
    assert [member.firing for member in mixed.members] == [True, True, False]
    assert not mixed.complete
    over = recorded("resolved__all")
    assert over.complete
    assert over.members[0].until > over.members[0].since
    assert not read(group(alert(status="resolved"), truncatedAlerts=2)).complete


@pytest.mark.parametrize(
    ("field", "value"),
    [("receiver", "other"), ("groupKey", "k2"), ("groupLabels", {"alertname": "B"})],
)
def test_the_key_is_the_receiver_and_the_group(field: str, value: object) -> None:
    assert read(group(**{field: value})).key != read(group()).key
    assert read(group(externalURL="http://x", version="5", status="resolved", more=1)).key == read(group()).key


def test_without_a_group_key_the_group_is_known_by_its_labels_or_its_members() -> None:
    a, b = alert(labels={"x": "1", "y": "1"}), alert(labels={"x": "1", "y": "2"})
    by_labels = [read(group(one, groupKey="", groupLabels={"g": "1"})) for one in (a, b)]
    assert by_labels[0].key == by_labels[1].key
    shared = [read({"alerts": one}) for one in ([a, b], [b, a], [a, b, alert(labels={"x": "1"})])]
    assert shared[0].key == shared[1].key == shared[2].key
    apart = [read({"alerts": [alert(labels={"x": value}), alert(labels={"z": value})]}) for value in "12"]
    assert apart[0].key != apart[1].key
    assert read(group(groupKey=0)).key == read(group(groupKey="")).key


def test_a_member_is_its_labels_even_when_fingerprints_are_reused() -> None:
    one, two = (alert(labels={"alertname": "A", "pod": pod}, fingerprint="same") for pod in "ab")
    assert len(read(group(one, two)).members) == 2
    same = alert(labels={"pod": "a", "alertname": "A"}, fingerprint="another")
    assert read(group(one)).members[0].id == read(group(same)).members[0].id
    assert len({keys.of_labels({"a": "bc"}), keys.of_labels({"ab": "c"}), keys.of_labels({"a": "b", "c": ""})}) == 3


def test_alerts_without_labels_are_told_apart_by_what_they_have() -> None:
    bare = [{"fingerprint": "1"}, {"fingerprint": "2"}, {"generatorURL": "http://a"}, {"message": "m"}, {}]
    assert len(read({"alerts": bare}).members) == 5
    assert read({"alerts": [{"message": "disk full"}]}).title == "disk full"
    assert read({"alerts": [{}]}).title == "Alert without a name"
    assert read({"alerts": [{}], "receiver": "ops"}).title == "ops"


def test_the_same_alert_firing_and_resolved_in_one_group_fires() -> None:
    fires, over = alert(), alert(status="resolved", endsAt="2026-11-20T22:00:00Z")
    for alerts in ([fires, over], [over, fires]):
        signal = read(group(*alerts))
        assert [member.firing for member in signal.members] == [True]


def test_the_status_of_the_group_stands_in_for_a_missing_one() -> None:
    without = {"labels": {"alertname": "A"}}
    assert not read(group(without, status="resolved")).members[0].firing
    assert read(group(without, status="")).members[0].firing
    assert read(group(alert(status="RESOLVED"))).complete
    assert read(group(alert(status="pending"))).members[0].firing


@pytest.mark.parametrize(
    ("time", "millis"),
    [
        ("2026-11-20T21:00:00Z", 1_795_208_400_000),
        ("2026-11-20T21:00:00.123456789Z", 1_795_208_400_123),
        ("2026-11-20T23:00:00.5+02:00", 1_795_208_400_500),
        ("2026-11-20T21:00:00", 1_795_208_400_000),
        ("0001-01-01T00:00:00Z", 0),
        ("0001-01-01T00:00:00+14:00", 0),
        ("1969-01-01T00:00:00Z", 0),
        ("9999-12-31T23:59:59-14:00", 253_402_351_199_000),
        ("soon", 0),
        ("", 0),
        (None, 0),
        (1_795_208_400, 0),
        (float("nan"), 0),
    ],
)
def test_times(time: object, millis: int) -> None:
    assert read(group(alert(startsAt=time))).members[0].since == millis


def test_values_that_are_no_strings_are_taken_as_text() -> None:
    labels = {"alertname": 5, "a": True, "b": None, "c": [1], "d": {"e": 1}, "f": 1.5, "g": float("nan")}
    signal = read(group(alert(labels=labels, annotations={"summary": 7}), receiver=3, groupKey=9, truncatedAlerts=True))
    assert signal.title == "5"
    assert signal.labels == {
        "alertname": "5",
        "a": "True",
        "b": "",
        "c": "[1]",
        "d": "{'e': 1}",
        "f": "1.5",
        "g": "nan",
    }
    assert (signal.summary, signal.truncated) == ("7", 1)


@pytest.mark.parametrize("count", [-5, "5", 5.5, None, [], {}, "many"])
def test_a_count_that_is_none_is_zero(count: object) -> None:
    assert read(group(truncatedAlerts=count)).truncated == 0


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://a.example/x", True),
        ("http://a", True),
        ("javascript:alert(1)", False),
        ("/x", False),
        ("", False),
        (5, False),
    ],
)
def test_only_http_addresses_are_links(url: object, kept: bool) -> None:
    signal = read(group(alert(generatorURL=url, annotations={"runbook_url": url, "dashboard": url}, panelURL=url)))
    assert [link.name for link in signal.links] == (["runbook", "dashboard", "source"] if kept else [])


def test_long_texts_are_cut_and_are_one_line() -> None:
    signal = read(group(alert(labels={"alertname": "x\n" * 9000}, annotations={"summary": "y\n" * 9000})))
    assert (len(signal.title), len(signal.summary)) == (200, 1500)
    assert "\n" not in signal.title + signal.summary


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"7", b'"text"', b"{}", b"not json", b'{"alerts"', b"\xff\xfe", b"\xef\xbb\xbf{}",
        b"[" * 100_000,         b'{"alerts": null}', b'{"alerts": []}', b'{"alerts": {}}', b'{"alerts": "x"}',
        b'{"alerts": [null]}', b'{"alerts": [[]]}',         b'{"alerts": [{"labels": "x"}]}',
        b'{"alerts": [{"labels": [1]}]}',
        b'{"alerts": [{"labels": {"a": "\\ud800"}}]}',         b'{"alerts": [{"labels": {"a": "\xff"}}]}',
        b'{"alerts": [{"x": ' + b"[" * 500 + b"]" * 500 + b"}]}",         b'{"alerts": [{"x": ' + b"9" * 5000 + b"}]}",
        b'{"text": "a test notification"}', b'{"alerts": [{}]} trailing',
    ],
    ids=lambda body: body[:40].decode("latin-1"),
)  # fmt: skip
def test_what_is_no_group_is_refused_in_words(body: bytes) -> None:
    with pytest.raises(Unparseable, match=r"^not an Alertmanager group: \S"):
        raw(body)


def test_the_test_button_of_grafana_may_send_what_is_no_group() -> None:
    with pytest.raises(Unparseable, match="alerts: is required"):
        read({"text": "🚨 TestAlert - Notification test"})


def test_odd_but_readable_numbers() -> None:
    assert raw(b'{"alerts": [{"x": [NaN, Infinity, -1e999, ' + b"9" * 4000 + b"]}]}").members
    assert raw(b'{"alerts": [{}], "truncatedAlerts": ' + b"9" * 4000 + b"}").truncated == 1_000_000


def test_the_source_wants_a_bearer() -> None:
    assert SOURCE.parse is parse
    assert SOURCE.auth == "bearer"


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("0001-01-01T00:00:00Z")
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    for name, own in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*path, name)
        yield from places(own, (*path, name))


@settings(deadline=None, derandomize=True, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(GROUPS)), st.data())
def test_a_changed_payload_is_read_or_refused(name: str, data: st.DataObject) -> None:
    body = copy.deepcopy(GROUPS[name])
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(list(places(body)) or [("alerts",)]))
        target = body
        for part in way:
            target = target[part]
        if isinstance(target, dict) and data.draw(st.booleans()):
            target.pop(last, None)
        else:
            target[last] = data.draw(VALUES)
    try:
        signal = read(body)
    except Unparseable as error:
        assert str(error)  # noqa: PT017 - either is fine
        return
    for text in (signal.key, signal.title, signal.summary, *signal.labels, *signal.labels.values()):
        text.encode()
    first = decide(signal, None, POLICY, NOW)
    assert decide(signal, first.record, POLICY, NOW).reason in (Reason.REPEAT, Reason.NEVER_SEEN, Reason.IGNORED)


@settings(deadline=None, derandomize=True)
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with pytest.raises(Unparseable):
        raw(body)
