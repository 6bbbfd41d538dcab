"""The shapes of what the page sends."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError


def complaint(problem: ValidationError) -> str:
    """What was wrong with what came, as one short sentence."""
    first = problem.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "the request"
    return f"The playground cannot read this, {where}: {first['msg'].rstrip('.')}. Reload the page and try again."


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Say(_Asked):
    """A person writes in a channel or thread."""

    user: str
    channel: str
    text: str = Field(min_length=1, max_length=40_000)
    thread_ts: str | None = None


class Command(_Asked):
    """A person types a slash command."""

    user: str
    channel: str
    command: str = Field(pattern=r"^/[\w-]{1,31}$")
    text: str = ""


class Press(_Asked):
    """A person presses a button or chooses in a select, in a message (channel and ts) or in a modal (view_id)."""

    user: str
    action_id: str
    block_id: str | None = None
    channel: str | None = None
    ts: str | None = None
    view_id: str | None = None
    value: Any = None
    values: dict[str, Any] = {}


class Submit(_Asked):
    """A person submits or closes a modal."""

    user: str
    view_id: str
    values: dict[str, Any] = {}


class Remove(_Asked):
    """A person deletes a message."""

    channel: str
    ts: str


class SendSample(_Asked):
    """A person sends a recorded payload to the bot."""

    name: str
