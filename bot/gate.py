"""What CI asks before it deploys: `GET /gate/<scope>`, 200 when it is open, 423 when it is frozen."""

import asyncio
from collections.abc import Mapping

import structlog
from aiohttp import web

from bot.clients.asking import rfc3339
from bot.clients.slack import Slack
from bot.clock import Clock
from bot.policy_box import PolicyBox
from bot.store import Store, Unavailable
from rules.freeze import Freeze, key_of
from rules.observed import Posted

RETRY_AFTER_S, LINKS = 2, 100
log = structlog.get_logger()


class Gate:
    """Asks Redis each time, once: what another process froze a moment ago is frozen here."""

    def __init__(self, store: Store, slack: Slack, clock: Clock, policy: PolicyBox) -> None:
        self._store, self._slack, self._clock, self._policy = store, slack, clock, policy
        self._links: dict[str, str] = {}  # by the ts of the card
        self._asking: asyncio.Task[None] | None = None

    async def ask(self, request: web.Request) -> web.Response:
        """Open, locked and by whom, no such scope, or not known just now: CI must not take the last for open."""
        scope, known = request.match_info["scope"], list(self._policy().scopes)
        if scope not in known:
            why = f"the policy has no scope {scope[:60]!r}; it has: {', '.join(known) or 'none, see `scopes`'}"
            return _answer(404, {"scope": scope[:60], "why": why, "scopes": known})
        try:
            [record] = await self._store.peek([key_of(scope)])
        except Unavailable as error:
            log.warning("gate_unknown", scope=scope, error=str(error)[:200])
            told = {"scope": scope, "why": "the memory (Redis) does not answer: not known; ask again"}
            return _answer(503, told, {"Retry-After": str(RETRY_AFTER_S)})
        if not isinstance(record, Freeze) or not record.locks(self._clock.now()):
            return _answer(200, {"open": True, "scope": scope})
        locked = {"open": False, "scope": scope, "who": record.owner, "why": record.why, "until": rfc3339(record.until)}
        link = self._link(record)
        return _answer(423, {**locked, "url": link} if link else locked)

    async def stop(self) -> None:
        """Leave the question that is on its way."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    def _link(self, freeze: Freeze) -> str:
        """Where its card is, as soon as Slack has told it; nobody waits for Slack here."""
        posted = freeze.observed.posted
        if posted is None:
            return ""
        if posted.ts not in self._links and (self._asking is None or self._asking.done()):
            self._asking = asyncio.create_task(self._learn(posted))
        return self._links.get(posted.ts, "")

    async def _learn(self, posted: Posted) -> None:
        if len(self._links) >= LINKS:
            self._links.clear()
        self._links[posted.ts] = await self._slack.permalink(posted.channel, posted.ts)


def _answer(status: int, told: Mapping[str, object], headers: Mapping[str, str] | None = None) -> web.Response:
    return web.json_response(told, status=status, headers={"Cache-Control": "no-store", **(headers or {})})
