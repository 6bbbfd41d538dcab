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


class Shortcut(_Asked):
    """A person chooses the app's shortcut in the menu of a message."""

    user: str
    channel: str
    ts: str
    callback_id: str


class React(_Asked):
    """A person puts a reaction on a message, or takes their own away."""

    user: str
    channel: str
    ts: str
    name: str
    on: bool = True


class Pin(_Asked):
    """A person pins a message to its channel, or takes the pin away."""

    user: str
    channel: str
    ts: str
    on: bool = True


class Join(_Asked):
    """A person joins a public channel."""

    user: str
    channel: str


class Remove(_Asked):
    """A person deletes a message."""

    channel: str
    ts: str


class SendSample(_Asked):
    """A person sends a recorded payload to the bot."""

    name: str
