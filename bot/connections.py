"""The connections that a process keeps: Redis, its own or another, and Slack's Web API."""

from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from slack_sdk.web.async_client import AsyncWebClient

from bot import demo_workspace
from bot.clients.slack import TIMEOUT_S
from bot.embedded import Embedded
from bot.settings import Settings

REDIS_TIMEOUT_S, REDIS_CONNECTIONS = 3.0, 32


async def to_redis(settings: Settings, data: Path, stack: AsyncExitStack) -> Redis:
    """The Redis of the settings, else an embedded Valkey in `data`; closed with the stack."""
    url = settings.sereno_redis_url
    if not url:
        embedded = Embedded(data)
        await embedded.start()
        stack.push_async_callback(embedded.stop)
        url = embedded.url
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=REDIS_CONNECTIONS,
        timeout=REDIS_TIMEOUT_S,
        socket_timeout=REDIS_TIMEOUT_S,
        socket_connect_timeout=REDIS_TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
    )
    redis = Redis(connection_pool=pool)
    stack.push_async_callback(redis.aclose)
    stack.push_async_callback(pool.aclose)
    return redis


async def to_slack(settings: Settings, stack: AsyncExitStack) -> AsyncWebClient:
    """Slack's Web API; without a token that of the playground, whose address is known once we listen."""
    session = await stack.enter_async_context(aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)))
    return AsyncWebClient(
        token=settings.slack_bot_token.get_secret_value() or demo_workspace.TOKEN,
        base_url=settings.slack_api_url,
        timeout=TIMEOUT_S,
        session=session,
        retry_handlers=[],  # a message that is sent again by the client is shown twice: only the reconciler retries
    )
