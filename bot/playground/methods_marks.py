"""reactions.* and pins.*: what the bot puts on messages, and what is there."""

from bot.playground.arguments import Arguments
from bot.playground.conversation import conversation
from bot.playground.marking import pinned_item
from bot.playground.message import Json, message_json
from bot.playground.people import BOT_USER
from bot.playground.refusal import Refused
from bot.playground.workspace import Workspace


def add_reaction(ws: Workspace, args: Arguments) -> Json:
    """reactions.add"""
    name = args.need("name", "invalid_name")
    ws.events.happened(ws.react(*_item(ws, args), name, BOT_USER))
    return {}


def remove_reaction(ws: Workspace, args: Arguments) -> Json:
    """reactions.remove"""
    name = args.need("name", "invalid_name")
    ws.events.happened(ws.unreact(*_item(ws, args), name, BOT_USER))
    return {}


def get_reactions(ws: Workspace, args: Arguments) -> Json:
    """reactions.get: of one message."""
    message = ws.message(*_item(ws, args))
    shown = message_json(message) | {"permalink": ws.permalink(message)}
    return {"type": "message", "channel": message.channel, "message": shown}


def add_pin(ws: Workspace, args: Arguments) -> Json:
    """pins.add"""
    ws.events.happened(ws.pin(*_item(ws, args)))
    return {}


def remove_pin(ws: Workspace, args: Arguments) -> Json:
    """pins.remove"""
    ws.events.happened(ws.unpin(*_item(ws, args)))
    return {}


def list_pins(ws: Workspace, args: Arguments) -> Json:
    """pins.list: the newest pin first."""
    channel = conversation(ws, args)
    if BOT_USER not in channel.members:
        raise Refused("not_in_channel")
    return {"items": [pinned_item(one, ws.permalink(one)) for one in ws.pins(channel.id)]}


def _item(ws: Workspace, args: Arguments) -> tuple[str, str]:
    """The channel's id and the message's ts."""
    return conversation(ws, args).id, args.need("timestamp", "no_item_specified")


METHODS = {
    "reactions.add": add_reaction,
    "reactions.get": get_reactions,
    "reactions.remove": remove_reaction,
    "pins.add": add_pin,
    "pins.list": list_pins,
    "pins.remove": remove_pin,
}
