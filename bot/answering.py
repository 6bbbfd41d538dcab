"""Tells a person what came of what was asked: to this person alone, or, when asked to, to the channel."""

import asyncio
import re
from http import HTTPStatus
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.cards.face import SECTION_MAX, Block, Face, section
from bot.cards.mrkdwn import draw, fits
from handlers.contract import Reply
from rules.text import Text

# A response URL takes five answers, and one that it refuses counts: four are tried, the last without a picture.
PICTURE_S = (2.0, 6.0, 0.0)  # Slack looks at a new file before it lets an answer show it; between two tries
NOT_SHOWN = Text.of("Slack does not show the picture of this chart yet. Please ask again in a minute.")
DONE = "what was asked for is done all the same"
_NO = re.compile(r'"ok"\s*:\s*false')
log = structlog.get_logger()


async def tell(respond: Any, reply: Reply | Face, *, here: bool = False) -> None:
    """Answer through Slack's response URL. `here`: for all in the channel to see."""
    if not reply:
        return
    text, blocks = (reply.text, reply.blocks) if isinstance(reply, Face) else _drawn(reply)
    kind = "in_channel" if here else "ephemeral"
    said = {"text": text, "response_type": kind, "replace_original": False}
    words = [one for one in blocks if one["type"] != "image"]
    if len(words) < len(blocks):
        for pause in PICTURE_S:
            if not await _is_refused(respond, said | {"blocks": blocks}, "trying again, at last without the picture"):
                return
            await asyncio.sleep(pause)
        words.append(section(draw(NOT_SHOWN)))
    await _is_refused(respond, said | {"blocks": words}, DONE)


async def _is_refused(respond: Any, said: dict[str, Any], after: str) -> bool:
    """Whether Slack surely did not take it: what is not sure is not said again. `after`: what is done then."""
    try:
        answer = await respond(**said)
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
        log.warning("not_answered", error=str(error)[:200], next=DONE)
        return False
    status, body = int(answer.status_code), str(answer.body)[:200]
    refused = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR or bool(_NO.search(body))
    if refused or status != HTTPStatus.OK:
        log.warning("not_answered", status=status, error=body, next=after if refused else DONE)
    return refused


async def whisper(client: AsyncWebClient, channel: str, user: str, reply: Reply) -> None:
    """Answer where there is no response URL: after a form was sent; directly, when the channel does not let us."""
    if not reply:
        return
    text, blocks = _drawn(reply)
    try:
        if channel:
            await client.chat_postEphemeral(channel=channel, user=user, text=text, blocks=blocks)
            return
    except SlackApiError as error:
        log.info("not_ephemeral", channel=channel, error=str(error.response.get("error")), next="writing directly")
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
        log.warning("not_answered", error=str(error)[:200], next=DONE)
        return
    try:
        await client.chat_postMessage(channel=user, text=text, blocks=blocks)
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
        log.warning("not_answered", error=str(error)[:200], next=DONE)


def _drawn(reply: Reply) -> tuple[str, list[Block]]:
    """In a block, because Slack makes links of bare addresses in a text."""
    lines, left = fits([draw(line) for line in reply], SECTION_MAX - 100)
    if left:
        more = Text.counted("{count} more line is not shown.", "{count} more lines are not shown.", count=left)
        lines.append(draw(more))
    text = "\n".join(lines)
    return text, [section(text)]
