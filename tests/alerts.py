"""Alertmanager groups for tests, as Alertmanager itself writes them."""

from typing import Any

Json = dict[str, Any]


def alert(
    name: str = "HighErrorRate", severity: str | None = "critical", *, firing: bool = True, **labels: str
) -> Json:
    own = {"alertname": name, **({"severity": severity} if severity else {}), **labels}
    return {
        "status": "firing" if firing else "resolved",
        "labels": own,
        "annotations": {"summary": f"{name} is the matter", "runbook_url": "https://runbooks.example.org/one"},
        "startsAt": "2026-11-21T03:00:00.123456789Z",
        "endsAt": "0001-01-01T00:00:00Z" if firing else "2026-11-21T03:10:00Z",
        "generatorURL": "http://prometheus.example.org:9090/graph",
        "fingerprint": "0123456789abcdef",
    }


def started(one: Json, at: str) -> Json:
    return {**one, "startsAt": at}


def group(*alerts: Json, key: str = "", truncated: int = 0) -> Json:
    name = alerts[0]["labels"].get("alertname", "")
    return {
        "version": "4",
        "groupKey": key or f'{{}}:{{alertname="{name}"}}',
        "truncatedAlerts": truncated,
        "status": "firing" if any(one["status"] == "firing" for one in alerts) else "resolved",
        "receiver": "sereno",
        "groupLabels": {"alertname": name},
        "commonLabels": {"alertname": name},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.example.org:9093",
        "alerts": list(alerts),
    }
