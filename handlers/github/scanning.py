"""What GitHub finds in the code: code scanning and secret scanning. The secret itself is never read."""

from handlers.github.findings import Actions, Course, Times, course, severity
from handlers.github.shapes import Acted, Happening, Line, Name, Part, Prose, Url
from handlers.github.signals import Body, Reader, facts, links, report
from rules.signal import Signal

CODE = Actions(
    begins=frozenset({"created"}),
    again=frozenset({"reopened", "reopened_by_user"}),
    over=frozenset({"fixed", "closed_by_user"}),
    still=frozenset({"appeared_in_branch"}),
)
SECRET = Actions(
    begins=frozenset({"created"}),
    again=frozenset({"reopened"}),
    over=frozenset({"resolved", "revoked"}),
    still=frozenset({"publicly_leaked"}),
)


class Rule(Part):
    """What a code scanning tool looks for."""

    id: Line = ""
    severity: Line = ""
    security_severity_level: Line = ""
    description: Line = ""
    full_description: Prose = ""


class Alert(Times):
    """What both kinds have."""

    number: int
    state: Line = ""
    html_url: Url = ""


class CodeAlert(Alert):
    """Something that a tool found in the code."""

    rule: Rule = Rule()
    tool: Name = Name()


class SecretAlert(Alert):
    """A credential in the code: only which kind it is."""

    secret_type: Line = ""
    secret_type_display_name: Line = ""


class CodeEvent(Happening):
    """`code_scanning_alert`."""

    alert: CodeAlert
    ref: Line = ""


class SecretEvent(Happening):
    """`secret_scanning_alert`."""

    alert: SecretAlert


def code(body: Body) -> list[Signal]:
    """What a code scanning tool found or finds no more; raises ValidationError."""
    action = Acted.model_validate(body).action
    if action not in CODE:
        return []
    happening = CodeEvent.model_validate(body)
    alert, rule = happening.alert, happening.alert.rule
    more = facts(rule=rule.id, tool=alert.tool.name, ref=happening.ref)
    bad = severity(rule.security_severity_level, rule.severity)
    stands = course(CODE, action, alert, alert.state)
    return [
        _report("code_scanning_alert", happening, alert, stands, rule.description or rule.id, {**more, **bad}),
    ]


def secret(body: Body) -> list[Signal]:
    """A credential that was found, or is no longer one; raises ValidationError."""
    action = Acted.model_validate(body).action
    if action not in SECRET:
        return []
    happening = SecretEvent.model_validate(body)
    alert = happening.alert
    title = alert.secret_type_display_name or alert.secret_type
    more = {**facts(secret_type=alert.secret_type), "severity": "critical"}
    stands = course(SECRET, action, alert, alert.state)
    return [_report("secret_scanning_alert", happening, alert, stands, title, more)]


EVENTS: dict[str, Reader] = {"code_scanning_alert": code, "secret_scanning_alert": secret}


def _report(event: str, happening: Happening, alert: Alert, stands: Course, title: str, more: dict[str, str]) -> Signal:
    repository = happening.repository.full_name
    named = facts(event=event, action=happening.action, repository=repository, number=str(alert.number))
    return report(
        event=event,
        key=f"github:{event}:{repository}#{alert.number}",
        firing=stands.firing,
        title=title,
        labels={**named, **more},
        at=stands.at,
        since=stands.since,
        until=stands.until,
        links=links(alert=alert.html_url),
    )
