"""The postmortem of a war-room: who owes it, by when, and where its drafts are."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where at GitHub drafts go: an issue with `labels`, or a pull request with a file in `folder`."""

    repository: str
    is_pull: bool = False
    folder: str = ""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Postmortem:
    """Who owes it. `wanted`: how many drafts were asked for, the latest at `asked_at`.

    `filed`, `published`: the latest of them that is in the room, and at GitHub. `owner_id`: Slack's; `file`: Slack's id
    of the latest. `where`: None, it stays in the room. `number`, `url`: of what is at GitHub. `trouble`: why the latest
    is not there; `refused`: GitHub said no, with this HTTP `status`, and is asked again only when somebody wants that.
    `filing_at`, `sending_at`: since when one is on its way. Times in unix milliseconds, 0: not so.
    """

    owner: str
    owner_id: str
    due: int
    wanted: int = 0
    asked_at: int = 0
    filed: int = 0
    filing_at: int = 0
    file: str = ""
    where: Destination | None = None
    published: int = 0
    sending_at: int = 0
    number: int = 0
    url: str = ""
    trouble: str = ""
    status: int = 0
    refused: bool = False
    reminded_at: int = 0
    done_at: int = 0
    done_by: str = ""

    @property
    def is_owed(self) -> bool:
        """Whether nobody has said yet that it is done."""
        return not self.done_at

    @property
    def is_unfiled(self) -> bool:
        """Whether the room lacks the latest draft."""
        return self.filed < self.wanted

    @property
    def is_unpublished(self) -> bool:
        """Whether GitHub lacks the latest draft, and may be asked to take it."""
        return self.where is not None and self.published < self.wanted and not self.refused
