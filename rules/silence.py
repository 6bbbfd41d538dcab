"""A silence of Alertmanager: one that is wanted for an incident, or one that was found there."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """`matchers`: in Alertmanager's own syntax, separated by commas. Times in unix milliseconds.

    `id`: Alertmanager's, "" until it is there. `token`: ours, in the silence's comment, by which one that was made is
    found again; "" for one made elsewhere. `by_id`: the Slack id of who asked for it.
    `ends_with`: it ends when the incident does. `ending`: it is to be ended now.
    `warned`: it was said that it ends soon.
    `trouble`: why it is not as it should be, in Alertmanager's words or those of the way to it.
    """

    matchers: str
    by: str
    reason: str
    since: int
    until: int
    id: str = ""
    token: str = ""
    by_id: str = ""
    ends_with: bool = False
    ending: bool = False
    warned: bool = False
    trouble: str = ""

    @property
    def name(self) -> str:
        """What tells it from the others of the same incident."""
        return self.token or self.id

    @property
    def is_there(self) -> bool:
        """Whether Alertmanager has it and it is to stay."""
        return bool(self.id) and not self.ending
