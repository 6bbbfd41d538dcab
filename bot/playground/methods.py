"""The table of Web API methods: name -> function of the workspace and the arguments."""

from collections.abc import Callable

from bot.playground import (
    methods_bookmarks,
    methods_channels,
    methods_chat,
    methods_files,
    methods_history,
    methods_marks,
    methods_people,
    methods_sockets,
    methods_views,
)
from bot.playground.arguments import Arguments
from bot.playground.message import Json
from bot.playground.workspace import Workspace

Method = Callable[[Workspace, Arguments], Json]

METHODS: dict[str, Method] = {
    **methods_bookmarks.METHODS,
    **methods_chat.METHODS,
    **methods_channels.METHODS,
    **methods_files.METHODS,
    **methods_history.METHODS,
    **methods_marks.METHODS,
    **methods_people.METHODS,
    **methods_sockets.METHODS,
    **methods_views.METHODS,
}
