"""Tells a person what came of what was asked: to this person alone, or, when asked to, to the channel."""

from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.cards.face import SECTION_MAX, Block, Face, section
from bot.cards.mrkdwn import draw, fits
from handlers.contract import Reply
from rules.text import Text

log = structlog.get_logger()


async def tell(respond: Any, reply: Reply | Face, *, here: bool = False) -> None:
    """Answer through Slack's response URL. `here`: for all in the channel to see."""
    if not reply:
        return
    text, blocks = (reply.text, reply.blocks) if isinstance(reply, Face) else _drawn(reply)
    kind = "in_channel" if here else "ephemeral"
    try:
        answer = await respond(text=text, blocks=blocks, response_type=kind, replace_original=False)
        if answer.status_code != 200:
            log.warning("not_answered", status=answer.status_code, next="what was asked for is done all the same")
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
        log.warning("not_answered", error=str(error)[:200], next="what was asked for is done all the same")


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
        log.warning("not_answered", error=str(error)[:200], next="what was asked for is done all the same")
        return
    try:
        await client.chat_postMessage(channel=user, text=text, blocks=blocks)
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
        log.warning("not_answered", error=str(error)[:200], next="what was asked for is done all the same")


def _drawn(reply: Reply) -> tuple[str, list[Block]]:
    """In a block, because Slack makes links of bare addresses in a text."""
    lines, left = fits([draw(line) for line in reply], SECTION_MAX - 100)
    if left:
        lines.append(draw(Text.of("{count} more lines are not shown.", count=left)))
    text = "\n".join(lines)
    return text, [section(text)]
