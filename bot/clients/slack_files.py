"""Sends the bytes of a file to the address that Slack named for them, once; and Slack's words about files.

The three steps: https://docs.slack.dev/messaging/working-with-files#upload
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

ALT_MAX = 1000  # of files.getUploadURLExternal; the image block that shows the file takes 2000
NOT_SHOWN = "invalid_slack_file"
REFUSED = {
    "file_uploads_disabled", "file_uploads_except_images_disabled", "file_type_not_allowed", "blocked_file_type",
    "file_upload_size_restricted", "storage_limit_reached", "alt_txt_too_large", "missing_argument", "malware_detected",
    NOT_SHOWN,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that Slack has and nobody sees; `file` is its id, for the `slack_file` of an image block."""

    file: str


@dataclass(frozen=True, slots=True)
class _Said:
    status_code: int
    headers: Mapping[str, str]
    data: None = None


def word_of(data: object) -> str:
    """Slack's word for a refusal; a file that cannot be shown has one of its own.

    Slack looks at a file for some time after its upload is complete, and refuses a message that shows it until then:
    https://github.com/slackapi/python-slack-sdk/issues/1521
    """
    if not isinstance(data, dict):
        return ""
    word = str(data.get("error", ""))
    return NOT_SHOWN if word == "invalid_blocks" and "invalid slack file" in str(data.get("errors")) else word


async def put(web: AsyncWebClient, url: str, body: bytes) -> dict[str, Any]:
    """The bytes to an upload URL, without the token. Slack has them when it answers 200; else SlackApiError."""
    if web.session is None:
        raise RuntimeError("an upload needs the client's session: make it with AsyncWebClient(session=...)")
    headers = {"Content-Type": "application/octet-stream"}
    async with web.session.post(
        url, data=BytesIO(body), headers=headers, allow_redirects=False, proxy=web.proxy, ssl=web.ssl or True
    ) as reply:
        if reply.status != HTTPStatus.OK:
            said = _Said(reply.status, dict(reply.headers))
            raise SlackApiError("the bytes were not taken", said)  # type: ignore[no-untyped-call] # slack_sdk has no types
        return {}
