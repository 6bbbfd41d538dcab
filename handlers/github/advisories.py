"""Vulnerable dependencies: Dependabot's alerts, their predecessor, and advisories from GitHub's database."""

from functools import partial
from typing import Self

from pydantic import model_validator

from handlers.github.findings import Actions, Times, course, severity
from handlers.github.shapes import Acted, Happening, Line, Name, Named, Part, Prose, Url
from handlers.github.signals import Body, Reader, facts, links, report, titled
from rules.signal import Signal
from rules.text import Text
from rules.unfit import Unfit

DEPENDABOT = Actions(
    begins=frozenset({"created"}),
    again=frozenset({"reopened", "reintroduced", "auto_reopened"}),
    over=frozenset({"fixed", "dismissed", "auto_dismissed"}),
)
FORERUNNER = Actions(begins=frozenset({"create"}), again=frozenset({"reopen"}), over=frozenset({"resolve", "dismiss"}))
ADVISORY = Actions(
    begins=frozenset({"published"}), again=frozenset(), over=frozenset({"withdrawn"}), still=frozenset({"updated"})
)


class Package(Name):
    """A package of an ecosystem."""

    ecosystem: Line = ""


class Vulnerability(Part):
    """Which package is vulnerable, and how badly."""

    package: Package = Package()
    severity: Line = ""


class Advisory(Times):
    """What is known of a vulnerability."""

    ghsa_id: Line = ""
    summary: Line = ""
    description: Prose = ""
    severity: Line = ""
    html_url: Url = ""
    vulnerabilities: tuple[Vulnerability, ...] = ()


class Alert(Times):
    """A vulnerable dependency of one repository: Dependabot's shape and its predecessor's."""

    number: int | None = None
    id: int | None = None
    state: Line = ""
    html_url: Url = ""
    security_advisory: Advisory = Advisory()
    security_vulnerability: Vulnerability = Vulnerability()
    affected_package_name: Line = ""
    severity: Line = ""
    ghsa_id: Line = ""
    external_identifier: Line = ""
    external_reference: Url = ""

    @model_validator(mode="after")
    def _has_identity(self) -> Self:
        if self.number is None and self.id is None:
            raise Unfit(Text.of("`number` is required (in older payloads `id`)"))
        return self


class AlertEvent(Happening):
    """`dependabot_alert` and `repository_vulnerability_alert`."""

    alert: Alert


class Published(Advisory):
    """An advisory that is the subject of an event: it must have its name."""

    ghsa_id: Named


class AdvisoryEvent(Acted):
    """`security_advisory`: it is about no repository and nobody sends it."""

    security_advisory: Published


def dependency(event: str, actions: Actions, body: Body) -> list[Signal]:
    """A vulnerable dependency of a repository; raises ValidationError."""
    if Acted.model_validate(body).action not in actions:
        return []
    happening = AlertEvent.model_validate(body)
    alert, known = happening.alert, happening.alert.security_advisory
    stands = course(actions, happening.action, alert, alert.state)
    name = alert.security_vulnerability.package.name or alert.affected_package_name
    labels = facts(
        event=event,
        action=happening.action,
        repository=happening.repository.full_name,
        number=_number(alert),
        package=name,
        ecosystem=alert.security_vulnerability.package.ecosystem,
        ghsa=known.ghsa_id or alert.ghsa_id,
        **severity(alert.security_vulnerability.severity, known.severity, alert.severity),
    )
    signal = report(
        event=event,
        key=_key(event, happening),
        firing=stands.firing,
        title=known.summary or titled(name, alert.external_identifier),
        summary=known.description,
        labels=labels,
        at=stands.at,
        since=stands.since,
        until=stands.until,
        links=links(alert=alert.html_url, advisory=alert.external_reference),
    )
    return [signal]


def security_advisory(body: Body) -> list[Signal]:
    """An advisory that GitHub published, changed or withdrew; raises ValidationError."""
    action = Acted.model_validate(body).action
    if action not in ADVISORY:
        return []
    advisory = AdvisoryEvent.model_validate(body).security_advisory
    packages = [found.package for found in advisory.vulnerabilities if found.package.name]
    stands = course(ADVISORY, action, advisory)
    labels = facts(
        event="security_advisory",
        action=action,
        package=",".join(dict.fromkeys(package.name for package in packages)),
        ecosystem=",".join(dict.fromkeys(package.ecosystem for package in packages)),
        ghsa=advisory.ghsa_id,
        **severity(advisory.severity),
    )
    signal = report(
        event="security_advisory",
        key=f"github:security_advisory:{advisory.ghsa_id}",
        firing=stands.firing,
        title=advisory.summary,
        summary=advisory.description,
        labels=labels,
        at=stands.at,
        since=stands.since,
        until=stands.until,
        links=links(advisory=advisory.html_url or f"https://github.com/advisories/{advisory.ghsa_id}"),
    )
    return [signal]


EVENTS: dict[str, Reader] = {
    "dependabot_alert": partial(dependency, "dependabot_alert", DEPENDABOT),
    "repository_vulnerability_alert": partial(dependency, "repository_vulnerability_alert", FORERUNNER),
    "security_advisory": security_advisory,
}


def _number(alert: Alert) -> str:
    return str(alert.number if alert.number is not None else alert.id)


def _key(event: str, happening: AlertEvent) -> str:
    """GitHub may send both events for one alert: where the predecessor has the number it is the same key."""
    kind = event if happening.alert.number is None else "dependabot_alert"
    return f"github:{kind}:{happening.repository.full_name}#{_number(happening.alert)}"
