"""A believable morning: what goes wrong at a small shop between six and nine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from rules.text import Text

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One delivery. `after`: seconds since the one before; `body(now)` with `now` in unix milliseconds."""

    after: float
    what: Text
    source: str
    body: Callable[[int], Json]
    headers: Mapping[str, str] = field(default_factory=dict)


def _alert(name: str, severity: str, *, ago: int, summary: str, firing: bool = True, **labels: str) -> Json:
    return {"name": name, "severity": severity, "ago": ago, "firing": firing, "summary": summary, "labels": labels}


def _group(*alerts: Json) -> Callable[[int], Json]:
    def body(now: int) -> Json:
        name = alerts[0]["name"]
        return {
            "version": "4",
            "groupKey": f'{{}}:{{alertname="{name}"}}',
            "status": "firing" if any(alert["firing"] for alert in alerts) else "resolved",
            "receiver": "sereno",
            "groupLabels": {"alertname": name},
            "commonLabels": {"alertname": name},
            "commonAnnotations": {},
            "externalURL": "http://alertmanager.example.org:9093",
            "truncatedAlerts": 0,
            "alerts": [_shape(alert, now) for alert in alerts],
        }

    return body


def _shape(alert: Json, now: int) -> Json:
    labels = {"alertname": alert["name"], "severity": alert["severity"], **alert["labels"]}
    return {
        "status": "firing" if alert["firing"] else "resolved",
        "labels": labels,
        "annotations": {
            "summary": alert["summary"],
            "runbook_url": f"https://runbooks.example.org/{alert['name']}",
        },
        "startsAt": _iso(now // 600_000 * 600_000 - alert["ago"] * 1000),
        "endsAt": "0001-01-01T00:00:00Z" if alert["firing"] else _iso(now),
        "generatorURL": "http://prometheus.example.org:9090/graph?g0.expr=up",
    }


def _iso(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat().replace("+00:00", "Z")


def _issue(action: str, number: int, title: str, *labels: str) -> Callable[[int], Json]:
    def body(now: int) -> Json:
        issue = {
            "number": number,
            "title": title,
            "body": "Steps to reproduce are in the description.",
            "state": "open",
            "html_url": f"https://github.example.org/acme/shop/issues/{number}",
            "user": {"login": "marta", "type": "User"},
            "labels": [{"name": label} for label in labels],
            "created_at": _iso(now),
            "updated_at": _iso(now),
        }
        repository = {"full_name": "acme/shop", "default_branch": "main"}
        return {
            "action": action,
            "issue": issue,
            "repository": repository,
            "sender": {"login": "marta", "type": "User"},
        }

    return body


_DISK = _alert("DiskFillingUp", "warning", ago=300, instance="db-2", summary="/var is full in about 6 hours")
_DISK_3 = _alert("DiskFillingUp", "warning", ago=60, instance="db-3", summary="/var is full in about 6 hours")
_SLOW = "p95 of checkout is 1.9 s, the limit is 1 s"
_FAILS = "7% of the requests to checkout fail"
_OVER = {"firing": False}
_ISSUES = {"X-GitHub-Event": "issues"}

SCENES: tuple[Scene, ...] = (
    Scene(after=0, what=Text.of("06:02 a disk fills up: triage, nobody is pinged"), source="alertmanager",
          body=_group(_DISK)),
    Scene(after=3, what=Text.of("06:07 the same again: silent"), source="alertmanager", body=_group(_DISK)),
    Scene(after=2, what=Text.of("06:30 another disk joins: one line in the thread"), source="alertmanager",
          body=_group(_DISK, _DISK_3)),
    Scene(after=3, what=Text.of("07:10 checkout is slow: a warning"), source="alertmanager",
          body=_group(_alert("CheckoutLatency", "warning", ago=120, summary=_SLOW, service="checkout"))),
    Scene(after=4, what=Text.of("07:14 checkout is worse: critical, @channel once"), source="alertmanager",
          body=_group(
              _alert("CheckoutLatency", "warning", ago=120, summary=_SLOW, service="checkout"),
              _alert("CheckoutLatency", "critical", ago=120, summary=_SLOW, service="checkout"),
          )),
    Scene(after=3, what=Text.of("07:15 checkout fails: critical"), source="alertmanager",
          body=_group(_alert("HighErrorRate", "critical", ago=30, summary=_FAILS, service="checkout"))),
    Scene(after=4, what=Text.of("07:20 a user opens a bug: triage"), source="github", headers=_ISSUES,
          body=_issue("opened", 412, "Cart is empty after login", "bug")),
    Scene(after=3, what=Text.of("07:25 it gets the label P0: worse"), source="github", headers=_ISSUES,
          body=_issue("labeled", 412, "Cart is empty after login", "bug", "P0")),
    Scene(after=4, what=Text.of("07:40 one disk was cleaned: amber"), source="alertmanager",
          body=_group({**_DISK, **_OVER}, _DISK_3)),
    Scene(after=3, what=Text.of("07:48 checkout works again: resolved"), source="alertmanager",
          body=_group(_alert("HighErrorRate", "critical", ago=30, firing=False, summary=_FAILS, service="checkout"))),
    Scene(after=3, what=Text.of("08:05 an info alert: counted for Monday, not shown"), source="alertmanager",
          body=_group(_alert("CertificateExpiresIn30Days", "info", ago=0, summary="30 days left", host="shop.test"))),
)  # fmt: skip
