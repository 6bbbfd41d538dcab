"""The policy in force: the file's, and what people ordered from Slack for a while, the same in every process."""

import asyncio
from collections.abc import Mapping
from typing import NoReturn

import structlog

from bot.policy_box import PolicyBox
from bot.store import Store, Unavailable
from rules import standing
from rules.freeze import Freeze, key_of
from rules.policy import Policy
from rules.standing import Standing

REFRESH_S = 2.0
log = structlog.get_logger()


class Orders:
    """Asked like the policy itself: `orders()`."""

    def __init__(self, box: PolicyBox, store: Store) -> None:
        self._box, self._store = box, store
        self._known = Standing()
        self._made: tuple[Policy, Standing, Policy] | None = None
        self._freezes: Mapping[str, Freeze] = {}

    def __call__(self) -> Policy:
        """The policy in force now."""
        cached, file = self._store.cached(standing.KEY), self._box()
        if isinstance(cached, Standing) and cached.version > self._known.version:
            self._known = cached
        if self._made is None or self._made[0] is not file or self._made[1] is not self._known:
            self._made = (file, self._known, standing.applied(file, self._known))
        return self._made[2]

    def freezes(self) -> Mapping[str, Freeze]:
        """The latest freeze of each scope, as it was REFRESH_S ago at most: for cards. A gate asks Redis itself."""
        return self._freezes

    async def refresh(self) -> None:
        """See what other processes took. Raises Unavailable."""
        record = await self._store.load(standing.KEY)
        if isinstance(record, Standing) and record.version != self._known.version:
            self._known = record  # only then: who follows the policy does much when it is another one
        found = await self._store.peek([key_of(scope) for scope in self._box().scopes])
        self._freezes = {one.scope: one for one in found if isinstance(one, Freeze)}

    async def keep(self) -> NoReturn:
        """Refresh for ever."""
        while True:
            await asyncio.sleep(REFRESH_S)
            try:
                await self.refresh()
            except Unavailable as error:
                log.warning("orders_wait", error=str(error)[:200])
