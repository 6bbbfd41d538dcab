"""Has GitHub Actions start something: an event of one's own, or one workflow by its file; asked once, never again.

https://docs.github.com/en/rest/repos/repos#create-a-repository-dispatch-event
https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event
"""

from bot.clients.answers import Answer
from bot.clients.asking import Rejected, refuse, segment
from bot.clients.github_rest import GitHubRest, repo_path
from rules.rollback import Call
from rules.text import Text


class Refused(Rejected):
    """GitHub said no; nothing was started. `status`: of HTTP, 0 when it was not even asked."""

    def __init__(self, said: Text, status: int = 0) -> None:
        super().__init__(said)
        self.status = status


async def dispatch(api: GitHubRest, call: Call) -> None:
    """Raises Unreachable (it may have been started, see `never_arrived`) or Refused (it was not)."""
    try:
        path, body = _asked(call)
    except Rejected as error:
        raise Refused(error.said) from error
    await api.ask("dispatch", path, _taken, method="POST", json=body)


def never_arrived(word: str) -> bool:
    """Whether GitHub surely did nothing, by the short word of an Unreachable: it may be asked again."""
    return word in ("not connected", "closed", "rate limited", "http_403", "http_429")


def is_elsewhere(word: str) -> bool:
    """Whether GitHub pointed to another address, by the same word: nothing was done, and asking again is in vain."""
    return word.startswith("http_3")


def _asked(call: Call) -> tuple[str, dict[str, object]]:
    """The path and the body. Raises Rejected for what cannot be asked for."""
    base, inputs = repo_path(call.repository), dict(call.inputs)
    if call.event:
        return f"{base}/dispatches", {"event_type": call.event, "client_payload": inputs}
    return f"{base}/actions/workflows/{segment(call.workflow)}/dispatches", {"ref": call.ref, "inputs": inputs}


def _taken(answer: Answer) -> None:
    try:
        refuse(answer)
    except Rejected as error:
        raise Refused(error.said, answer.status) from error
