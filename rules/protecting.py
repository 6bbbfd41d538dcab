"""Whether a deployment that GitHub holds may go on, and what is remembered of the question and its answer."""

from dataclasses import dataclass, replace

from rules import keys
from rules.decision import Decision
from rules.deployment import APPROVED, REFUSED, REJECTED, Deployment
from rules.freeze import Freeze
from rules.policy import Policy
from rules.reason import Reason
from rules.signal import Signal
from rules.text import Moment, Text

REPOSITORY, ENVIRONMENT, CALLBACK, WHY = "repository", "environment", "callback", "why"  # particulars
REASONS = {
    APPROVED: Reason.DEPLOYMENT_APPROVED,
    REJECTED: Reason.DEPLOYMENT_REJECTED,
    REFUSED: Reason.ANSWER_REFUSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What GitHub is told."""

    approved: bool
    comment: Text


def decide(signal: Signal, deployment: Deployment | None, now: int) -> Decision:
    """A question of GitHub's, or what came of its answer: `signal.event` is then one of REASONS."""
    if reason := REASONS.get(signal.event):
        if deployment is None or not deployment.is_open:
            return Decision(reason=Reason.NO_RECORD, record=deployment)
        told = replace(deployment, answer=signal.event, answered_at=now, why=signal.labels.get(WHY, ""))
        return Decision(reason=reason, record=told, changed=True)
    if deployment is not None and deployment.is_open:
        return Decision(reason=Reason.REPEAT, record=deployment)
    said = signal.labels
    asked = Deployment(
        key=signal.key, id=keys.short(signal.key, now), version=deployment.version if deployment else 0,
        repository=said.get(REPOSITORY, ""), environment=said.get(ENVIRONMENT, ""), callback=said.get(CALLBACK, ""),
        asked_at=now,
    )  # fmt: skip
    return Decision(reason=Reason.DEPLOYMENT_ASKED, record=asked, changed=True)


def scope_for(policy: Policy, deployment: Deployment) -> str:
    """The scope that gates a deployment; "" for none."""
    asked = (deployment.repository, deployment.environment)
    return next((name for name, scope in policy.scopes.items() if scope.gates(*asked)), "")


def verdict(deployment: Deployment, scope: str, freeze: Freeze | None, now: int) -> Verdict:
    """What GitHub is told at this moment (unix milliseconds), whenever it asked."""
    if not scope:
        text = Text.of("No scope of the policy has the environment {name}, so nothing keeps it.",
                       name=deployment.environment)  # fmt: skip
        return Verdict(approved=True, comment=text)
    if freeze is None or not freeze.locks(now):
        return Verdict(approved=True, comment=Text.of("{scope} is not frozen.", scope=scope))
    text = Text.of("{scope} is frozen by {who} until {at}: {why}",
                   scope=freeze.title, who=freeze.owner, at=Moment(at=freeze.until), why=freeze.why)  # fmt: skip
    return Verdict(approved=False, comment=text)
