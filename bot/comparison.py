"""Once a minute: what Alertmanager knows now, for each open incident of our lanes (rules/comparing.py decides)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import NoReturn
from urllib.parse import urlsplit

import structlog

from bot.clients.alertmanager import Alertmanager, Known, Rejected, Running, Unreachable
from bot.clock import Clock
from bot.leases import Leases
from bot.queues import Queues
from bot.store import Store, Unavailable
from rules import comparing, keys
from rules.decide import decide
from rules.decision import Decision
from rules.incident import Incident
from rules.policy import Policy
from rules.signal import Kind, Member, Signal
from rules.silence import Silence

EVERY_S, STANDBY_S = 60.0, 1.0
SOURCE = "alertmanager"
log = structlog.get_logger()


class Comparison:
    """`word` says how Alertmanager answered last."""

    def __init__(
        self,
        alertmanager: Alertmanager,
        store: Store,
        queues: Queues,
        leases: Leases,
        clock: Clock,
        policy: Callable[[], Policy],
        submit: Callable[[Signal], Awaitable[Decision]],
    ) -> None:
        self._alertmanager, self._store, self._queues, self._leases = alertmanager, store, queues, leases
        self._clock, self._policy, self._submit = clock, policy, submit
        self.word = "not asked yet"

    async def run(self) -> NoReturn:
        """Look for ever; Alertmanager or Redis being away is not the end."""
        while True:
            if self._leases.held():
                await self._try()
                await asyncio.sleep(EVERY_S)
            else:
                await asyncio.sleep(STANDBY_S)

    async def _try(self) -> None:
        try:
            await self.look()
            self.word = "ok"
        except (Unreachable, Rejected) as error:
            self.word = str(error)
            log.warning("alertmanager_away", error=str(error), next="incidents stay as they are; trying again")
        except Unavailable as error:
            log.warning("comparison_waits", error=str(error)[:200])

    async def look(self) -> None:
        """Compare once. Raises Unreachable, Rejected, Unavailable."""
        lanes = set(self._leases.held())
        asked_at = self._clock.now()
        alerts = await self._alertmanager.alerts()
        known = await asyncio.to_thread(lambda: {keys.of_labels(one.labels): one for one in alerts})
        silences = {one.id: one for one in await self._alertmanager.silences()}
        running = await self._alertmanager.running()
        for key in await self._queues.open_keys():
            if keys.lane(key) not in lanes or not key.startswith(f"{SOURCE}:"):
                continue
            record = self._store.cached(key) or await self._store.load(key)
            if isinstance(record, Incident) and record.is_open:
                await self._compare(record, self._signal(record, known, silences, running, asked_at))

    async def _compare(self, incident: Incident, signal: Signal) -> None:
        if decide(signal, incident, self._policy(), self._clock.now()).changed:  # most are as they were: no commit
            decision = await self._submit(signal)
            log.info("compared", key=incident.key, reason=decision.reason)

    def _signal(
        self,
        incident: Incident,
        known: Mapping[str, Known],
        silences: Mapping[str, Silence],
        running: Running,
        asked_at: int,
    ) -> Signal:
        firing = [id_ for id_, member in incident.members.items() if member.firing]
        hidden_by = [known[id_].silenced_by if id_ in known else () for id_ in firing]
        ids = {silence.id for silence in incident.silences}
        is_hidden = bool(firing) and all(hidden_by)
        if is_hidden:
            ids |= {id_ for names in hidden_by for id_ in names}
        ours = _origin(incident.origin) == _origin(self._alertmanager.url)
        return Signal(
            key=incident.key,
            source=SOURCE,
            kind=Kind.COMPARED,
            event="compared",
            members=tuple(Member(id=id_, firing=id_ in known) for id_ in firing),
            silences=tuple(silence for id_, silence in silences.items() if id_ in ids),
            at=asked_at,
            labels={
                comparing.STARTED: str(running.since),
                comparing.FLUSH: str(running.flush),
                comparing.OURS: "yes" if ours else "",
                comparing.HIDDEN: "yes" if is_hidden else "",
            },
        )


def _origin(url: str) -> tuple[str, int | None] | None:
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None
    return (parts.hostname, port) if parts.hostname else None
