"""What people are called, by Slack's ids of them: asked once for each."""

import aiohttp
import structlog
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clients.directory import Directory

log = structlog.get_logger()


class Names:
    """By the policy where it knows somebody, else by Slack."""

    def __init__(self, web: AsyncWebClient, directory: Directory) -> None:
        self._web, self._directory = web, directory
        self._known: dict[str, str] = {}

    async def of(self, user_id: str) -> str:
        """The name of a person; the id, when Slack does not say."""
        return self._directory.full_name(user_id) or await self._ask(user_id) or user_id

    async def _ask(self, user_id: str) -> str:
        if user_id in self._known:
            return self._known[user_id]
        try:
            user = (await self._web.users_info(user=user_id)).get("user") or {}
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.info("name_unknown", user=user_id, error=str(error)[:200])
            return ""
        profile = user.get("profile") or {}
        name = profile.get("display_name") or user.get("real_name") or user.get("name") or ""
        return self._known.setdefault(user_id, str(name))
