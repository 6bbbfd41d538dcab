"""Deployments: an environment whose newest deployment failed is firing until one succeeds."""

from handlers.github.moments import aged
from handlers.github.shapes import Acted, Happening, Line, Millis, Part, Person, Prose, Url
from handlers.github.signals import Body, Reader, facts, links, report, titled
from rules.signal import Link, Signal

FAILED = frozenset({"failure", "error"})
VERDICTS = FAILED | {"success"}


class Status(Part):
    """One step of a deployment."""

    state: Line
    environment: Line = ""
    description: Prose = ""
    log_url: Url = ""
    target_url: Url = ""
    environment_url: Url = ""
    created_at: Millis = 0


class Deployment(Part):
    """What is brought where."""

    environment: Line = ""
    task: Line = ""
    ref: Line = ""
    creator: Person = Person()
    created_at: Millis = 0


class DeploymentStatusEvent(Happening):
    """`deployment_status`."""

    deployment_status: Status
    deployment: Deployment


def read(body: Body) -> list[Signal]:
    """What a `deployment_status` says; raises ValidationError."""
    if Acted.model_validate(body).action != "created":
        return []
    happening = DeploymentStatusEvent.model_validate(body)
    return [_report(happening)] if happening.deployment_status.state in VERDICTS else []


EVENTS: dict[str, Reader] = {"deployment_status": read}


def _report(happening: DeploymentStatusEvent) -> Signal:
    status, deployment = happening.deployment_status, happening.deployment
    environment, failed = status.environment or deployment.environment, status.state in FAILED
    labels = facts(
        event="deployment_status",
        repository=happening.repository.full_name,
        environment=environment,
        task=deployment.task,
        ref=deployment.ref,
        state=status.state,
        severity="error" if failed else "",
        author=deployment.creator.login,
        author_type=deployment.creator.type,
    )
    at = aged(deployment.created_at or status.created_at, status.created_at)
    return report(
        event="deployment_status",
        key=f"github:deployment_status:{happening.repository.full_name}:{environment}",
        firing=failed,
        title=titled(deployment.task or "deploy", environment),
        summary=status.description if failed else "",
        labels=labels,
        at=at,
        since=at,
        until=status.created_at,
        links=_links(status) if failed else (),
        people=deployment.creator.names,
    )


def _links(status: Status) -> tuple[Link, ...]:
    return links(run=status.log_url or status.target_url, environment=status.environment_url)
