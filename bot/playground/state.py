"""The tables of a workspace and the one way to change them: put a value, which is saved and told to listeners."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from bot.playground.file import File, as_line, from_line
from bot.playground.message import Channel, Json, Message, Ping
from bot.playground.saved import Line, Saved

Listener = Callable[[str, Json], None]
FILES_KEPT = 200


class State:
    """Channels and files by id, messages by channel and ts, ephemeral messages by ts, pings, and the two counters."""

    def __init__(self, saved: Path | None) -> None:
        self.channels: dict[str, Channel] = {}
        self.messages: dict[str, dict[str, Message]] = {}
        self.ephemerals: dict[str, Message] = {}
        self.pings: list[Ping] = []
        self.files: dict[str, File] = {}
        self.serial = 0
        self.last_micros = 0
        self.listeners: list[Listener] = []
        self._saved = Saved(saved) if saved else None
        if self._saved:
            for what, body in self._saved.read():
                self._replay(what, body)
            self._saved.start(self._lines())

    def put(self, value: Message | Channel | Ping) -> None:
        """Adds a value or replaces the one of the same name."""
        match value:
            case Message(visible_to=None):
                what = "message"
            case Message():
                what = "ephemeral"
            case Channel():
                what = "channel"
            case Ping():
                what = "ping"
        body = asdict(value)
        self._keep(what, value)
        self._tell(what, body)

    def put_file(self, file: File) -> None:
        """Adds a file or replaces the one of the same id; the oldest goes when 200 are kept. The page asks for it."""
        self._keep_file(file)
        if self._saved:
            self._saved.append("file", as_line(file))

    def drop(self, message: Message) -> None:
        """Forgets a message for good."""
        self._gone(message.channel, message.ts)
        self._tell("gone", {"channel": message.channel, "ts": message.ts})

    def next_serial(self) -> int:
        """A number never given before in this workspace; saved, so also not after a restart."""
        self.serial += 1
        if self._saved:
            self._saved.append("mark", {"serial": self.serial, "last_micros": self.last_micros})
        return self.serial

    def tell(self, what: str, body: Json) -> None:
        """Tells the listeners something that is not kept (a modal, for one)."""
        for listener in tuple(self.listeners):
            listener(what, body)

    def close(self) -> None:
        """Closes the saved file."""
        if self._saved:
            self._saved.close()

    def _tell(self, what: str, body: Json) -> None:
        if self._saved:
            self._saved.append(what, body)
        self.tell(what, body)

    def _keep(self, what: str, value: Message | Channel | Ping) -> None:
        match value:
            case Message():
                shelf = self.messages.setdefault(value.channel, {}) if what == "message" else self.ephemerals
                shelf[value.ts] = value
                self.last_micros = max(self.last_micros, int(value.ts.replace(".", "")))
            case Channel():
                self.channels[value.id] = value
                self.messages.setdefault(value.id, {})
            case Ping():
                self.pings.append(value)

    def _keep_file(self, file: File) -> None:
        self.files[file.id] = file
        while len(self.files) > FILES_KEPT:
            del self.files[next(iter(self.files))]

    def _gone(self, channel: str, ts: str) -> None:
        self.messages.get(channel, {}).pop(ts, None)
        self.ephemerals.pop(ts, None)

    def _replay(self, what: str, body: Json) -> None:
        match what:
            case "message" | "ephemeral":
                self._keep(what, Message(**body))
            case "channel":
                self._keep(what, Channel(**body))
            case "ping":
                self._keep(what, Ping(**body))
            case "file":
                self._keep_file(from_line(body))
            case "gone":
                self._gone(body["channel"], body["ts"])
            case "mark":
                self.serial = max(self.serial, body["serial"])
                self.last_micros = max(self.last_micros, body["last_micros"])

    def _lines(self) -> Iterator[Line]:
        yield "mark", {"serial": self.serial, "last_micros": self.last_micros}
        yield from (("channel", asdict(one)) for one in self.channels.values())
        for shelf in self.messages.values():
            yield from (("message", asdict(one)) for one in shelf.values())
        yield from (("ephemeral", asdict(one)) for one in self.ephemerals.values())
        yield from (("ping", asdict(one)) for one in self.pings)
        yield from (("file", as_line(one)) for one in self.files.values())
