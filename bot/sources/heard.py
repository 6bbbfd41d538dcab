"""What GitHub's webhooks told of workflow runs: each attempt by itself, while the REST API keeps only the last."""

from pydantic import BaseModel, ValidationError

from bot.clients.github import Run
from bot.queues import Queues
from handlers.github.runs import runs_key


class _Labels(BaseModel):
    conclusion: str
    workflow: str = ""
    branch: str = ""
    head_sha: str
    attempt: int = 1


class _Line(BaseModel):
    at: int
    labels: _Labels


class Heard:
    """Reads the journal, where each run that a webhook told of is a line; it goes back two weeks at most."""

    def __init__(self, queues: Queues) -> None:
        self._queues = queues

    async def runs(self, repository: str, *, branch: str, since: int) -> list[Run]:
        """Attempts that ended since then (unix ms), oldest first; `branch`: "" for all. Raises Unavailable."""
        lines = [_line(raw) for raw in await self._queues.journal(runs_key(repository))]
        return [_run(one) for one in lines if one and one.at >= since and branch in ("", one.labels.branch)]


def _run(line: _Line) -> Run:
    said = line.labels
    return Run(
        id=0, workflow=said.workflow, attempt=said.attempt, conclusion=said.conclusion, sha=said.head_sha, at=line.at
    )


def _line(raw: bytes) -> _Line | None:
    try:
        return _Line.model_validate_json(raw)
    except ValidationError:
        return None  # a run without a commit, or a line of another version: nothing to count
