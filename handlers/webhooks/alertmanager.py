"""Alertmanager's webhook (v4, older ones, Grafana's and Google's variants): one group in, one report out.

Shapes: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config and Grafana's "webhook notifier".
Almost any field may be missing in the wild. The key is what happened (receiver and group), never who sent it, so the
copies of an HA pair are one. A member is a label set, as in Prometheus: some senders reuse a fingerprint for others.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from handlers.contract import Auth, Delivery, Source, Unparseable
from rules import keys
from rules.signal import Kind, Link, Member, Signal

TITLE_MAX, SUMMARY_MAX, WHAT_MAX = 200, 1500, 160
LINKS = {"runbook_url": "runbook", "runbook": "runbook", "dashboard_url": "dashboard", "dashboard": "dashboard"}
PLACES = ("cluster", "environment", "env", "namespace", "service", "job", "instance", "host", "pod", "device")


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value)


def _texts(value: object) -> object:
    return {str(name): _text(own) for name, own in value.items()} if isinstance(value, dict) else value or {}


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0


LooseText = Annotated[str, BeforeValidator(_text)]
Labels = Annotated[dict[str, str], BeforeValidator(_texts)]


class Alert(BaseModel):
    """One alert of a group; `extra` fields are kept, they tell label-less alerts apart."""

    model_config = ConfigDict(extra="allow")

    status: LooseText = ""
    labels: Labels = {}
    annotations: Labels = {}
    startsAt: LooseText = ""  # noqa: N815 - Alertmanager's own word
    endsAt: LooseText = ""  # noqa: N815
    generatorURL: LooseText = ""  # noqa: N815
    fingerprint: LooseText = ""
    dashboardURL: LooseText = ""  # noqa: N815
    panelURL: LooseText = ""  # noqa: N815
    silenceURL: LooseText = ""  # noqa: N815


class Group(BaseModel):
    """The body."""

    alerts: list[Alert] = Field(min_length=1)
    status: LooseText = ""
    receiver: LooseText = ""
    groupKey: LooseText = ""  # noqa: N815
    groupLabels: Labels = {}  # noqa: N815
    commonLabels: Labels = {}  # noqa: N815
    commonAnnotations: Labels = {}  # noqa: N815
    externalURL: LooseText = ""  # noqa: N815
    truncatedAlerts: Annotated[int, BeforeValidator(_count)] = 0  # noqa: N815


def parse(delivery: Delivery) -> list[Signal]:
    """One signal for the group. Raises Unparseable when the body is not a group of alerts."""
    try:
        group = Group.model_validate_json(delivery.body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise Unparseable(f"not an Alertmanager group: {where}: {first['msg']}") from error
    return [_signal(group)]


SOURCE = Source(auth=Auth.BEARER, parse=parse)


def _signal(group: Group) -> Signal:
    label_sets = [alert.labels for alert in group.alerts]
    shared = keys.common(label_sets)
    members = {member.id: member for member in (_member(alert, group, shared) for alert in group.alerts)}
    firing = any(member.firing for member in members.values())
    return Signal(
        key=_key(group, shared, members),
        source="alertmanager",
        kind=Kind.REPORT,
        event="alerts",
        title=_title(group, shared),
        summary=_summary(group),
        labels=shared,
        members=tuple(members.values()),
        links=_links(group),
        truncated=group.truncatedAlerts,
        complete=not firing and not group.truncatedAlerts,
    )


def _key(group: Group, shared: Mapping[str, str], members: Mapping[str, Member]) -> str:
    if group.groupKey and group.groupKey != "0":  # Alertmanager before 0.7 sent a number
        of_labels = keys.of_labels(group.groupLabels)  # some senders reuse a group key for other labels
        return "alertmanager:" + keys.digest("group", group.receiver, group.groupKey, of_labels)
    if group.groupLabels:
        return "alertmanager:" + keys.digest("labels", group.receiver, keys.of_labels(group.groupLabels))
    if shared:
        return "alertmanager:" + keys.digest("shared", group.receiver, keys.of_labels(shared))
    return "alertmanager:" + keys.digest("members", group.receiver, *sorted(members))


def _member(alert: Alert, group: Group, shared: Mapping[str, str]) -> Member:
    firing = (alert.status or group.status or "firing").lower() != "resolved"
    own = {name: value for name, value in alert.labels.items() if shared.get(name) != value}
    what = ", ".join(f"{name}={value}" for name, value in sorted(own.items()))
    return Member(
        id=_identity(alert),
        firing=firing,
        labels=alert.labels,
        what=_cut(what or _where(alert.labels), WHAT_MAX),
        since=_millis(alert.startsAt),
        until=0 if firing else _millis(alert.endsAt),
    )


def _identity(alert: Alert) -> str:
    if alert.labels:
        return keys.of_labels(alert.labels)
    if alert.fingerprint:
        return keys.digest("fingerprint", alert.fingerprint)
    extra: dict[str, Any] = alert.model_extra or {}
    rest = {**{f"annotation {n}": v for n, v in alert.annotations.items()}, **{n: str(v) for n, v in extra.items()}}
    return keys.digest("unlabelled", alert.generatorURL, keys.of_labels(rest))


def _title(group: Group, shared: Mapping[str, str]) -> str:
    names = sorted({alert.labels["alertname"] for alert in group.alerts if alert.labels.get("alertname")})
    if names:
        return _cut(" + ".join(names), TITLE_MAX)
    first = group.alerts[0]
    extra: dict[str, Any] = first.model_extra or {}
    candidates = (
        group.commonLabels.get("alertname"),
        first.annotations.get("summary"),
        group.commonAnnotations.get("summary"),
        extra.get("message"),
        _where(shared),
        group.receiver,
    )
    return _cut(next((text for text in map(_text, candidates) if text), "Alert without a name"), TITLE_MAX)


def _summary(group: Group) -> str:
    notes = [group.commonAnnotations, *(alert.annotations for alert in group.alerts[:1])]
    for name in ("summary", "message", "description"):
        for annotations in notes:
            if annotations.get(name):
                return _cut(annotations[name], SUMMARY_MAX)
    return ""


def _links(group: Group) -> tuple[Link, ...]:
    first = next((alert for alert in group.alerts if alert.status != "resolved"), group.alerts[0])
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


def _millis(timestamp: str) -> int:
    """Unix milliseconds of an RFC 3339 time with nanoseconds; 0 for year 1, for none, and for what is no time."""
    try:
        moment = datetime.fromisoformat(timestamp)
    except ValueError:
        return 0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0, int(moment.timestamp() * 1000)) if moment.year > 1 else 0
