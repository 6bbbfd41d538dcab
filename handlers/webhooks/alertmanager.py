"""Alertmanager's webhook (v4, older ones, Grafana's and Google's variants): one group in, one report out.

Shapes: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config and Grafana's "webhook notifier".
Almost any field may be missing in the wild. The key is what happened (receiver and group), never who sent it, so the
copies of an HA pair are one. A member is a label set, as in Prometheus: some senders reuse a fingerprint for others.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json

from handlers.contract import Auth, Delivery, Source, Unparseable
from handlers.faults import first_fault
from rules import keys
from rules.signal import Kind, Link, Member, Signal
from rules.text import Text

TITLE_MAX, SUMMARY_MAX, WHAT_MAX, TRUNCATED_MAX = 200, 1500, 160, 1_000_000
LINKS = {"runbook_url": "runbook", "runbook": "runbook", "dashboard_url": "dashboard", "dashboard": "dashboard"}
PLACES = ("cluster", "environment", "env", "namespace", "service", "job", "instance", "host", "pod", "device")


class Alert(BaseModel):
    """One alert of a group; `extra` fields are kept, they tell label-less alerts apart."""

    model_config = ConfigDict(extra="allow", coerce_numbers_to_str=True)

    status: str = ""
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    startsAt: str = ""  # noqa: N815 - Alertmanager's own word
    endsAt: str = ""  # noqa: N815 - as above
    generatorURL: str = ""  # noqa: N815 - as above
    fingerprint: str = ""
    dashboardURL: str = ""  # noqa: N815 - as above
    panelURL: str = ""  # noqa: N815 - as above


class Group(BaseModel):
    """The body."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    alerts: list[Alert] = Field(min_length=1)
    status: str = ""
    receiver: str = ""
    externalURL: str = ""  # noqa: N815 - as above
    groupKey: str = ""  # noqa: N815 - as above
    groupLabels: dict[str, str] = {}  # noqa: N815 - as above
    commonLabels: dict[str, str] = {}  # noqa: N815 - as above
    commonAnnotations: dict[str, str] = {}  # noqa: N815 - as above
    truncatedAlerts: Any = 0  # noqa: N815 - a count, if it is one


def parse(delivery: Delivery) -> list[Signal]:
    """One signal for the group. Raises Unparseable when the body is not a group of alerts."""
    try:
        return [_signal(Group.model_validate_json(delivery.body))]
    except ValidationError as error:
        strict = error
    try:
        return [_signal(Group.model_validate(_loosened(from_json(delivery.body))))]
    except ValueError as error:  # pydantic's ValidationError is one
        raise Unparseable(Text.of("not an Alertmanager group: {fault}", fault=first_fault(strict))) from error


def _loosened(fields: object) -> object:
    """What senders that are not Alertmanager put where a text belongs: null is nothing, all else is taken as text."""
    if not isinstance(fields, dict):
        return fields
    loose: dict[str, object] = {}
    for name, value in fields.items():
        if isinstance(value, dict) and name.endswith(("abels", "nnotations")):
            loose[name] = {label: "" if own is None else str(own) for label, own in value.items()}
        elif name == "alerts" and isinstance(value, list):
            loose[name] = [_loosened(alert) for alert in value]
        elif value is not None:
            loose[name] = value if name in ("alerts", "truncatedAlerts") else str(value)
    return loose


SOURCE = Source(auth=Auth.BEARER, parse=parse)


def _signal(group: Group) -> Signal:
    shared = keys.common([alert.labels for alert in group.alerts])
    common = frozenset(shared.items())
    pairs = sorted(((_member(alert, group, common), alert) for alert in group.alerts), key=_order)
    members: dict[str, Member] = {}
    for member, _ in pairs:  # the same label set twice: what fires goes first
        members.setdefault(member.id, member)
    first = pairs[0][1]
    count = group.truncatedAlerts
    truncated = min(max(0, count), TRUNCATED_MAX) if isinstance(count, int) else 0
    return Signal(
        key=_key(group, shared, members),
        source="alertmanager",
        kind=Kind.REPORT,
        event="alerts",
        title=_title(group, first, shared),
        summary=_summary(group, first),
        labels=shared,
        members=tuple(members.values()),
        links=_links(group, first),
        truncated=truncated,
        origin=group.externalURL[:500],
        complete=not pairs[0][0].firing and not truncated,
    )


def _order(pair: tuple[Member, Alert]) -> tuple[bool, int, str]:
    """Firing first, then by age: the copies of an HA pair may differ in the order, what is shown must not."""
    member = pair[0]
    return not member.firing, member.since, member.id


def _key(group: Group, shared: Mapping[str, str], members: Mapping[str, Member]) -> str:
    if group.groupKey and group.groupKey != "0":  # Alertmanager before 0.7 sent a number
        of_labels = keys.of_labels(group.groupLabels)  # some senders reuse a group key for other labels
        return "alertmanager:" + keys.digest("group", group.receiver, group.groupKey, of_labels)
    if group.groupLabels:
        return "alertmanager:" + keys.digest("labels", group.receiver, keys.of_labels(group.groupLabels))
    if shared:
        return "alertmanager:" + keys.digest("shared", group.receiver, keys.of_labels(shared))
    return "alertmanager:" + keys.digest("members", group.receiver, *sorted(members))


@lru_cache(maxsize=8192)
def _told(labels: tuple[tuple[str, str], ...], shared: frozenset[tuple[str, str]]) -> tuple[str, str]:
    """The identity of a label set ("" for none) and what sets it apart; the same alerts come again and again."""
    what = ", ".join(f"{name}={value}" for name, value in sorted(set(labels) - shared))
    return (keys.of_labels(dict(labels)) if labels else "", _cut(what or _where(dict(labels)), WHAT_MAX))


def _member(alert: Alert, group: Group, shared: frozenset[tuple[str, str]]) -> Member:
    firing = (alert.status or group.status or "firing").lower() != "resolved"
    identity, what = _told(tuple(alert.labels.items()), shared)
    return Member(
        id=identity or _unlabelled(alert),
        firing=firing,
        labels=alert.labels,
        what=what,
        since=_millis(alert.startsAt),
        until=0 if firing else _millis(alert.endsAt),
    )


def _unlabelled(alert: Alert) -> str:
    if alert.fingerprint:
        return keys.digest("fingerprint", alert.fingerprint)
    extra: dict[str, Any] = alert.model_extra or {}
    rest = {**{f"annotation {n}": v for n, v in alert.annotations.items()}, **{n: str(v) for n, v in extra.items()}}
    return keys.digest("unlabelled", alert.generatorURL, keys.of_labels(rest))


def _title(group: Group, first: Alert, shared: Mapping[str, str]) -> str:
    names = sorted({alert.labels["alertname"] for alert in group.alerts if alert.labels.get("alertname")})
    if names:
        return _cut(" + ".join(names), TITLE_MAX)
    extra: dict[str, Any] = first.model_extra or {}
    candidates = (
        group.commonLabels.get("alertname"),
        first.annotations.get("summary"),
        group.commonAnnotations.get("summary"),
        str(extra.get("message") or ""),
        _where(shared),
        group.receiver,
    )
    return _cut(next((text for text in candidates if text), "Alert without a name"), TITLE_MAX)


def _summary(group: Group, first: Alert) -> str:
    notes = (group.commonAnnotations, first.annotations)
    for name in ("summary", "message", "description"):
        for annotations in notes:
            if annotations.get(name):
                return _cut(annotations[name], SUMMARY_MAX)
    return ""


def _links(group: Group, first: Alert) -> tuple[Link, ...]:
    found: dict[str, str] = {}
    for annotations in (first.annotations, group.commonAnnotations):
        for annotation, name in LINKS.items():
            found.setdefault(name, annotations.get(annotation, ""))
    found["dashboard"] = found.get("dashboard") or first.dashboardURL or first.panelURL
    found["source"] = first.generatorURL
    return tuple(Link(name=name, url=url) for name, url in found.items() if url.startswith(("http://", "https://")))


def _where(labels: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={labels[name]}" for name in PLACES if labels.get(name))


def _cut(text: str, size: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= size else flat[: size - 1] + "…"


@lru_cache(maxsize=4096)
def _millis(timestamp: str) -> int:
    """Unix milliseconds of an RFC 3339 time with nanoseconds; 0 for year 1, for none, and for what is no time."""
    try:
        moment = datetime.fromisoformat(timestamp)
    except ValueError:
        return 0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0, int(moment.timestamp() * 1000)) if moment.year > 1 else 0
