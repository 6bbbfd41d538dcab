"""views.*: open, push and update modals."""

from bot.playground.arguments import Arguments
from bot.playground.message import Json
from bot.playground.refusal import Refused
from bot.playground.workspace import Workspace


def open_view(ws: Workspace, args: Arguments) -> Json:
    """views.open"""
    return {"view": ws.modals.open(args.text("trigger_id"), _view(args))}


def push_view(ws: Workspace, args: Arguments) -> Json:
    """views.push"""
    return {"view": ws.modals.push(args.text("trigger_id"), _view(args))}


def update_view(ws: Workspace, args: Arguments) -> Json:
    """views.update"""
    view_id, external_id = args.text("view_id"), args.text("external_id")
    return {"view": ws.modals.update(_view(args), view_id, external_id, args.text("hash"))}


def _view(args: Arguments) -> Json:
    view = args.object("view", "invalid_arguments")
    if view is None:
        raise Refused("invalid_arguments", ("missing required field: view",))
    return view


METHODS = {"views.open": open_view, "views.push": push_view, "views.update": update_view}
