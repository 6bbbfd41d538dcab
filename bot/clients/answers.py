"""What an HTTP API has answered, and which of it is worth keeping: it is asked for again by its ETag only."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

REMEMBERED_MAX = 500
Key = tuple[str, tuple[tuple[str, str], ...]]  # the path and the query


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, whole; `body` is empty where nobody reads it.

    `headers`: by their names in small letters; those of a 304 over those remembered.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


class Answers:
    """The answers with an ETag, as many as fit into `size` bytes; the one longest unused goes first."""

    def __init__(self, size: int) -> None:
        self._size, self._held = size, 0
        self._answers: OrderedDict[Key, Answer] = OrderedDict()

    def find(self, key: Key) -> Answer | None:
        """The answer that was kept."""
        if key in self._answers:
            self._answers.move_to_end(key)
        return self._answers.get(key)

    def keep(self, key: Key, answer: Answer) -> None:
        """Keep an answer that can be asked for again by its ETag, in place of the one before."""
        old = self._answers.pop(key, None)
        self._held -= len(old.body) if old else 0
        if "etag" not in answer.headers or len(answer.body) > self._size:
            return
        self._answers[key] = answer
        self._held += len(answer.body)
        while self._held > self._size or len(self._answers) > REMEMBERED_MAX:
            self._held -= len(self._answers.popitem(last=False)[1].body)
