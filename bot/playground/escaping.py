"""What Slack makes of names in a slash command whose app asked for it (`should_escape`): markup with their ids.

https://docs.slack.dev/interactivity/implementing-slash-commands#escaping-users-channels-and-links-in-slash-commands
"""

import re

from bot.playground.workspace import Workspace

_NAMES = re.compile(r"(?<![^\s(])(?P<sign>[@#])(?P<name>[\w][\w.-]*\w|\w)")


def escaped(ws: Workspace, text: str) -> str:
    """The text as the app gets it; a name that nobody has stays as it is."""
    return _NAMES.sub(lambda found: _markup(ws, found["sign"], found["name"]) or found[0], text)


def _markup(ws: Workspace, sign: str, name: str) -> str:
    if sign == "#":
        return next((f"<#{one.id}|{one.name}>" for one in ws.channels if one.name == name and not one.im), "")
    users = (f"<@{one.id}|{one.name}>" for one in ws.users.values() if one.name == name)
    groups = (f"<!subteam^{one.id}|@{one.handle}>" for one in ws.usergroups.values() if one.handle == name)
    return next((found for some in (users, groups) for found in some), "")
