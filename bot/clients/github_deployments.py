"""Answers a custom deployment protection rule of GitHub: a deployment that it holds may go on, or may not.

https://docs.github.com/en/rest/actions/workflow-runs#review-custom-deployment-protection-rules-for-a-workflow-run
"""

import re

from bot.clients.answers import Answer
from bot.clients.asking import Rejected, one_line, refuse
from bot.clients.github_rest import GitHubRest
from rules.masking import masked
from rules.text import Text

COMMENT_MAX = 1024  # characters: docs.github.com, "Creating custom deployment protection rules"
_NAME = r"(?!\.{1,2}/)[A-Za-z0-9._-]{1,100}"
_PATH = re.compile(rf"/repos/{_NAME}/{_NAME}/actions/runs/[0-9]{{1,20}}/deployment_protection_rule")


async def review(api: GitHubRest, callback: str, environment: str, comment: str, *, approved: bool) -> None:
    """Say so at the address that GitHub gave, if it is one of this API: the token is for nobody else.

    Raises Unreachable (perhaps later) or Rejected (never).
    """
    path = callback.removeprefix(api.url)
    if not callback.startswith(api.url) or not _PATH.fullmatch(path):
        raise Rejected(
            Text.of(
                "{callback} is not an address of GITHUB_API_URL ({url}) for such an answer",
                callback=repr(one_line(masked(callback), 200)),
                url=api.url,
            )
        )
    said = {
        "environment_name": environment,
        "state": "approved" if approved else "rejected",
        "comment": one_line(comment, COMMENT_MAX),
    }
    await api.ask("review", path, _taken, method="POST", json=said)


def _taken(answer: Answer) -> None:
    refuse(answer)
