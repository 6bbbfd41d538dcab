"""A file of the workspace, and the saved line that it becomes."""

import base64
from dataclasses import asdict, dataclass

from bot.playground.message import Json

_PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """`body` is None until the bytes came; `completed` (seconds) is None until the upload was finished."""

    id: str
    key: str
    name: str
    length: int
    alt: str = ""
    title: str = ""
    created: int = 0
    body: bytes | None = None
    completed: float | None = None

    @property
    def picture(self) -> str:
        """Its content type when it is one of the pictures that Slack shows in a block, else ""."""
        body = self.body or b""
        return next((kind for start, kind in _PICTURES.items() if body.startswith(start)), "")


def as_line(file: File) -> Json:
    """Plain JSON, for the saved file."""
    return asdict(file) | {"body": None if file.body is None else base64.b64encode(file.body).decode()}


def from_line(line: Json) -> File:
    """The file of a saved line."""
    return File(**line | {"body": None if line["body"] is None else base64.b64decode(line["body"])})
