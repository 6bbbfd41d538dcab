"""What operators ask: is it alive, is it ready and if not why, the metrics, and a new policy."""

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable
from typing import NoReturn

import structlog
from aiohttp import web
from redis.asyncio import Redis

from bot import file_words
from bot.clients.slack import Refused, Sent, Slack
from bot.clock import Clock
from bot.leases import Leases
from bot.metrics import Metrics
from bot.policy_box import PolicyBox
from bot.queues import Queues
from bot.store import Unavailable, redis_errors
from rules.policy_file import BadPolicy
from rules.unfit import english

LOOK_S, SLACK_EVERY = 5.0, 12
OLD_S = 300
log = structlog.get_logger()


class Ops:
    """`/-/healthy`, `/-/ready`, `/-/reload` and `/metrics`; looks at the queue and at Slack every few seconds."""

    def __init__(
        self,
        redis: Redis,
        queues: Queues,
        leases: Leases,
        slack: Slack,
        metrics: Metrics,
        policy: PolicyBox,
        clock: Clock,
        each_look: Callable[[], Awaitable[None]],
        more: Callable[[], list[str]],
    ) -> None:
        self._redis, self._queues, self._leases, self._slack = redis, queues, leases, slack
        self._metrics, self._policy, self._clock, self._each_look, self._more = metrics, policy, clock, each_look, more
        self.slack_word = "not asked yet"
        self.waiting, self.age = 0, 0.0

    def add(self, app: web.Application) -> None:
        """Mount the addresses."""
        app.router.add_get("/-/healthy", self.healthy)
        app.router.add_get("/-/ready", self.ready)
        app.router.add_post("/-/reload", self.reload)
        app.router.add_get("/metrics", self.page)

    async def healthy(self, _request: web.Request) -> web.Response:
        """The process answers."""
        return web.json_response({"status": "healthy"})

    async def ready(self, _request: web.Request) -> web.Response:
        """503 and the reasons when it would not do its work now."""
        why = await self.troubles()
        return web.json_response({"status": "not ready" if why else "ready", "why": why}, status=503 if why else 200)

    async def troubles(self) -> list[str]:
        """What keeps it from its work now, in words."""
        why = []
        try:
            async with redis_errors(), asyncio.timeout(2):
                await self._redis.ping()
        except (Unavailable, TimeoutError) as error:
            why.append(f"Redis does not answer: {error}")
        if self.slack_word not in ("ok", "not asked yet"):
            why.append(f"Slack: {self.slack_word}")
        why += self._more()
        if self.age > OLD_S:
            why.append(f"a record has waited for Slack for {self.age:.0f} s")
        return why

    async def reload(self, request: web.Request) -> web.Response:
        """Take the policy file anew; only from this machine."""
        try:
            local = ipaddress.ip_address(request.remote or "").is_loopback
        except ValueError:
            local = False
        if not local:
            return web.json_response({"status": "refused", "why": "only from this machine; or send SIGHUP"}, status=403)
        changes, faults = self.take_policy()
        if faults:
            return web.json_response({"status": "kept the old one", "faults": faults}, status=400)
        return web.json_response({"status": "loaded", "changes": changes})

    def take_policy(self) -> tuple[list[str], list[str]]:
        """Reload the file: what changed, or what is wrong with it (the old policy stays)."""
        try:
            changes = self._policy.reload()
        except BadPolicy as error:
            faults = [str(fault) for fault in error.faults]
        except OSError as error:
            faults = [f"{self._policy.path}: {english(file_words.why(error))}"]
        else:
            log.info("policy_loaded", changes=changes)
            return changes, []
        log.error("policy_refused", faults=faults, next="the old policy stays in force")
        return [], faults

    async def page(self, _request: web.Request) -> web.Response:
        """The metrics."""
        return web.Response(body=self._metrics.page(), content_type="text/plain", charset="utf-8")

    async def watch(self) -> NoReturn:
        """Keep the gauges and Slack's word fresh."""
        turn = 0
        while True:
            try:
                await self._each_look()
                self.waiting, since = await self._queues.depth()
                self.age = max(0.0, (self._clock.now() - since) / 1000) if since else 0.0
                self._metrics.letters.set(await self._queues.letters_waiting())
            except Unavailable as error:
                log.warning("depth_unknown", error=str(error)[:200])
            self._metrics.waiting.set(self.waiting)
            self._metrics.age.set(self.age)
            self._metrics.open.set(len(self._leases.held()))
            if turn % SLACK_EVERY == 0 or self.slack_word != "ok":
                await self._ask_slack()
            turn += 1
            await asyncio.sleep(LOOK_S)

    async def _ask_slack(self) -> None:
        match await self._slack.alive():
            case Sent():
                word = "ok"
            case Refused(_, error):
                word = f"{error}: check SLACK_BOT_TOKEN"
            case other:
                word = other.error
        if word != self.slack_word:
            log.info("slack_is", word=word)
        self.slack_word = word
