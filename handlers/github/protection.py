"""Deployment protection rules: GitHub holds a deployment to an environment until it is told whether it may go on.

https://docs.github.com/en/webhooks/webhook-events-and-payloads#deployment_protection_rule
"""

import re
from typing import Annotated

from pydantic import Field

from handlers.github.deployments import Deployment
from handlers.github.shapes import Acted, Happening, Named, Url
from handlers.github.signals import SOURCE, Body, Reader, facts, titled
from rules.protecting import CALLBACK, ENVIRONMENT, REPOSITORY
from rules.signal import Kind, Signal

EVENT = "deployment_protection_rule"
RUN = re.compile(r"/actions/runs/([0-9]{1,20})/")


class ProtectionEvent(Happening):
    """`deployment_protection_rule`; one that says not where to answer cannot be answered."""

    environment: Named
    deployment_callback_url: Annotated[Url, Field(min_length=1, max_length=1000)]
    deployment: Deployment = Deployment()


def read(body: Body) -> list[Signal]:
    """What GitHub asks; raises ValidationError."""
    if Acted.model_validate(body).action != "requested":
        return []
    asked = ProtectionEvent.model_validate(body)
    repository, callback = asked.repository.full_name, asked.deployment_callback_url
    run = RUN.search(callback)
    labels = facts(
        event=EVENT,
        ref=asked.deployment.ref,
        author=asked.deployment.creator.login,
        **{REPOSITORY: repository, ENVIRONMENT: asked.environment, CALLBACK: callback},
    )
    key = f"github:{EVENT}:{repository}:{asked.environment}:{run[1] if run else ''}"
    title = titled(asked.environment, repository)
    return [Signal(key=key, source=SOURCE, kind=Kind.DEPLOYMENT, event=EVENT, title=title, labels=labels)]


EVENTS: dict[str, Reader] = {EVENT: read}
