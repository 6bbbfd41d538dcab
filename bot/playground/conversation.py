"""Which conversation a call of the Web API names: by its id, and only one that the bot can see."""

from bot.playground.arguments import Arguments
from bot.playground.message import Channel
from bot.playground.people import BOT_USER
from bot.playground.refusal import Refused
from bot.playground.workspace import Workspace


def conversation(ws: Workspace, args: Arguments, name: str = "channel") -> Channel:
    """The conversation; only chat.postMessage takes names, everything else wants an id."""
    wanted = args.need(name, "channel_not_found")
    channel = ws.seen(wanted, BOT_USER)
    if channel.id != wanted:
        raise Refused("channel_not_found")
    return channel


def living(ws: Workspace, args: Arguments) -> Channel:
    """One that is not archived."""
    channel = conversation(ws, args)
    if channel.archived:
        raise Refused("is_archived")
    return channel


def joined(ws: Workspace, args: Arguments) -> Channel:
    """One that is not archived, and that the bot is in."""
    channel = living(ws, args)
    if BOT_USER not in channel.members:
        raise Refused("not_in_channel")
    return channel
