"""The files of a workspace: announced, filled, completed; and whether a message may show one."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from bot.playground.file import File
from bot.playground.message import Json
from bot.playground.refusal import Refused
from bot.playground.state import State

ALT_MAX = 1000
LENGTH_MAX = 8 * 1024 * 1024  # Slack takes 1 GB; here all is kept in memory and in the saved file
_OWN = re.compile(r".*/playground/files/(F[A-Z0-9]+)")
_BAD = "invalid slack file"


class Files:
    """Slack looks at a file for a while before a message can show it: `settles` is for how many seconds."""

    def __init__(self, clock: Callable[[], float], state: State) -> None:
        self.settles = 0.0
        self._clock, self._state = clock, state

    def all(self) -> list[File]:
        """Every file, the oldest first."""
        return list(self._state.files.values())

    def announce(self, name: str, length: int, alt: str) -> File:
        """A file that has no bytes yet."""
        if len(alt) > ALT_MAX:
            raise Refused("alt_txt_too_large")
        if length > LENGTH_MAX:
            raise Refused("file_upload_size_restricted")
        serial = self._state.next_serial()
        made = File(
            id=f"F{serial:010d}", key=f"U{serial:010d}", name=name, length=length, alt=alt, created=int(self._clock())
        )
        self._state.put_file(made)
        return made

    def fill(self, key: str, body: bytes) -> bool:
        """The bytes for an upload URL; False when they are not what was announced."""
        found = next((one for one in self._state.files.values() if one.key == key), None)
        if found is None or found.completed is not None or len(body) != found.length:
            return False
        self._state.put_file(replace(found, body=body))
        return True

    def complete(self, wanted: list[tuple[str, str]]) -> list[File]:
        """Finishes uploads: (id, title) of each. Nothing is done when one of them cannot be."""
        found = [self._state.files.get(name) for name, _ in wanted]
        ready = [one for one in found if one is not None and one.body is not None]
        if len(ready) < len(wanted):
            raise Refused("file_not_found")
        done = [
            replace(one, title=title or one.name, completed=self._clock() if one.completed is None else one.completed)
            for one, (_, title) in zip(ready, wanted, strict=True)
        ]
        for one in done:
            self._state.put_file(one)
        return done

    def shown(self, name: str) -> File | None:
        """A picture that a message may show now."""
        found = self._state.files.get(name)
        if found is None or found.completed is None or not found.picture:
            return None
        return found if self._clock() >= found.completed + self.settles else None

    def shared(self, name: str) -> File | None:
        """A file that stands in a channel by itself."""
        found = self._state.files.get(name)
        named = (one["id"] for shelf in self._state.messages.values() for said in shelf.values() for one in said.files)
        return found if found is not None and found.completed is not None and name in named else None

    def check_shown(self, blocks: list[Json], attachments: list[Json]) -> None:
        """Raises Refused as Slack does (github.com/slackapi/python-slack-sdk/issues/1658) for a file it cannot show."""
        places = [(blocks, "/blocks")]
        places += [(one.get("blocks") or [], f"/attachments/{index}/blocks") for index, one in enumerate(attachments)]
        found = [
            f"{_BAD} [json-pointer:{at}]"
            for node, start in places
            for name, at in _named(node, start)
            if self.shown(name) is None
        ]
        if found:
            raise Refused("invalid_blocks", tuple(found))


def _named(node: object, at: str) -> Iterator[tuple[str, str]]:
    """The ids of the files in blocks, and where they stand."""
    if isinstance(node, list):
        for index, one in enumerate(node):
            yield from _named(one, f"{at}/{index}")
    elif isinstance(node, dict):
        file = node.get("slack_file")
        if node.get("type") == "image" and isinstance(file, dict):
            own = _OWN.fullmatch(str(file.get("url")))
            yield str(file.get("id") or (own[1] if own else "")), f"{at}/slack_file"
        for name in ("accessory", "elements"):
            yield from _named(node.get(name), f"{at}/{name}")
