"""How a method of the playground says no: Slack's word for it and, where Slack gives them, the details."""

from typing import Any


class Refused(Exception):
    """Becomes `{"ok": false, "error": word}`; `messages` are put where Slack puts them."""

    def __init__(self, word: str, messages: tuple[str, ...] = (), **more: Any) -> None:
        super().__init__(word)
        self.word = word
        self.messages = messages
        self.more = more

    def body(self) -> dict[str, Any]:
        """The JSON that Slack would send."""
        body: dict[str, Any] = {"ok": False, "error": self.word, **self.more}
        if self.messages:
            body["errors"] = list(self.messages)
            body["response_metadata"] = {"messages": [f"[ERROR] {line}" for line in self.messages]}
        return body
