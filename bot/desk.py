"""Takes signals: one decision, one atomic commit for each; the only way in for webhooks, people and timers."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import structlog

from bot.clients.alertmanager import Alertmanager, Rejected, Unreachable
from bot.clients.directory import Directory
from bot.clients.names import Names
from bot.clock import Clock
from bot.gathering import Gathering
from bot.memories import Memories
from bot.queues import Queues
from bot.store import Conflict, Heard, Note, Seen, Store
from handlers.contract import Firing, Health, NoAnswer
from rules import keys
from rules.decide import decide
from rules.decision import Decision, Record
from rules.digests import schedule, writing
from rules.incident import Incident
from rules.matching import Matcher, matches_all
from rules.policy import Policy
from rules.reason import Reason
from rules.releasing import addressed
from rules.report import Report, key_of
from rules.rollback import Rollback
from rules.room import Room
from rules.signal import Kind, Signal
from rules.text import Text
from rules.watch import Watch

SHORT = re.compile(r"[0-9A-Z]{6}")
UNNOTED = (Reason.WATCH_READ, Reason.AWAITS_READING)  # each minute the same: they would fill the journal
KEPT_S = 3.0  # a form that is being typed into asks again and again
PATIENCE_S = 1.5  # somebody waits, and Slack gives three seconds
log = structlog.get_logger()


class Desk:
    """What handlers may ask of the bot (handlers/contract.py), and what the web and the timers submit to."""

    def __init__(
        self,
        store: Store,
        queues: Queues,
        clock: Clock,
        policy: Callable[[], Policy],
        *,
        wake: Callable[[int, str], None],
        decided: Callable[[Signal, Decision, float], None],
        health: Callable[[], Awaitable[Health]],
        directory: Directory,
        names: Names,
        memories: Memories,
        gathering: Gathering,
        alertmanager: Alertmanager | None = None,
    ) -> None:
        self._store, self._queues, self._clock, self._policy = store, queues, clock, policy
        self._wake, self._decided, self._health, self._alertmanager = wake, decided, health, alertmanager
        self._directory, self._names = directory, names
        self._firing: tuple[float, list[Mapping[str, str]]] = (-KEPT_S, [])
        self._memories, self._gathering = memories, gathering
        self._busy: dict[str, tuple[asyncio.Lock, int]] = {}

    async def submit(self, signal: Signal) -> Decision:
        """Decide and commit. When this returns, the outcome is durable. Raises Unavailable: nothing was accepted."""
        signal = addressed(signal, self._policy())
        async with self._alone(signal.key):
            decision, seconds = await self._settle(signal)
        if decision.changed:
            self._wake(keys.lane(signal.key), signal.key)
        self._decided(signal, decision, seconds)
        log.debug("decided", reason=decision.reason, key=signal.key, source=signal.source, event_kind=signal.event)
        return decision

    async def find(self, key: str) -> Record | None:
        """The record under a key, or under a short id such as K7F3Q2. Raises Unavailable."""
        if record := await self._store.load(key):
            return record
        wanted = key.strip().upper()
        named = await self._store.named(wanted) if SHORT.fullmatch(wanted) else ""
        record = await self._store.load(named) if named else None
        return record if record and record.id == wanted else None  # the key may have opened anew, by another name

    async def open_records(self) -> list[Record]:
        """All that is open. Raises Unavailable."""
        found = []
        for key in await self._queues.open_keys():
            record = await self._store.load(key)
            if record is None:
                await self._store.forget(key)
            elif record.is_open:
                found.append(record)
        return found

    async def open_watches(self) -> list[Watch]:
        """The releases that are watched, or wait for their decision. Raises Unavailable."""
        return await self._memories.open_watches()

    async def watches(self) -> list[Watch]:
        """The releases that are or were watched, the latest first. Raises Unavailable."""
        return await self._memories.watches()

    async def room(self, channel: str) -> Room | None:
        """The war-room whose channel has this id of Slack, open or closed. Raises Unavailable."""
        rooms = await self._memories.rooms() if channel else []
        return next((one for one in rooms if one.furnished.channel == channel), None)

    async def rooms(self) -> list[Room]:
        """The latest war-rooms, the latest first. Raises Unavailable."""
        return await self._memories.rooms()

    async def incidents(self, since: int) -> list[Incident]:
        """Those that were open at some time from `since` (unix ms) on, the latest first. Raises Unavailable."""
        return await self._memories.incidents(since)

    async def called(self, slack_id: str) -> str:
        """What people call somebody, by Slack's id."""
        return await self._names.of(slack_id)

    async def rollbacks(self) -> list[Rollback]:
        """The rollbacks that go on, or wait for a second person. Raises Unavailable."""
        return await self._memories.open_rollbacks()

    async def digest(self, name: str) -> Report:
        """A digest of the policy as it would be written now. Raises Unavailable."""
        policy, now = self._policy(), self._clock.now()
        digest = policy.digest[name]
        period = schedule.coming(digest, schedule.zone_of(digest, policy), now)
        facts = await self._gathering.facts(name, digest, period)
        return writing.drawn(key_of(name, period.day), facts, digest, policy, now)

    async def digest_told(self, name: str) -> int:
        """Up to when (unix ms) a digest has been told; 0: nobody has looked for it yet. Raises Unavailable."""
        return await self._queues.last_told(name)

    async def heard(self, key: str) -> Heard:
        """How often a record's signal was repeated. Raises Unavailable."""
        return await self._store.heard(key)

    async def firing(self, matchers: tuple[Matcher, ...]) -> Firing:
        """What fires in Alertmanager. Raises NoAnswer."""
        if self._alertmanager is None:
            raise NoAnswer(Text.of("ALERTMANAGER_URL is not set"))
        asked, labels = self._firing
        if self._clock.monotonic() - asked > KEPT_S:
            labels = await self._ask(self._alertmanager)
            self._firing = (self._clock.monotonic(), labels)
        return Firing(matching=tuple(one for one in labels if matches_all(matchers, one)), total=len(labels))

    async def _ask(self, alertmanager: Alertmanager) -> list[Mapping[str, str]]:
        try:
            async with asyncio.timeout(PATIENCE_S):
                return [one.labels for one in await alertmanager.alerts()]
        except TimeoutError as error:
            raise NoAnswer(Text.of("no answer within {seconds} s", seconds=f"{PATIENCE_S:.0f}")) from error
        except (Unreachable, Rejected) as error:
            raise NoAnswer(error.said) from error

    def silences(self) -> bool:
        """Whether there is an Alertmanager to silence."""
        return self._alertmanager is not None

    def person(self, name: str) -> str:
        """Slack's id of somebody whom the policy names; "" for nobody."""
        return self._directory.user(name)

    def knows(self, name: str) -> bool:
        """Whether Slack would notify somebody by this name of the policy."""
        return self._directory.knows(name)

    async def health(self) -> Health:
        """How Sereno itself is. Raises Unavailable."""
        return await self._health()

    def named(self, slack_id: str) -> str:
        """The policy's word for an id of Slack; "" when it has none."""
        return self._directory.named(slack_id)

    def policy(self) -> Policy:
        """The policy in force."""
        return self._policy()

    def now(self) -> int:
        """Unix milliseconds."""
        return self._clock.now()

    async def _settle(self, signal: Signal) -> tuple[Decision, float]:
        """The decision that could be committed, and the seconds that deciding it took."""
        record = self._store.cached(signal.key)
        while True:
            now, started = self._clock.now(), self._clock.monotonic()
            decision = decide(signal, record, self._policy(), now)
            seconds = self._clock.monotonic() - started
            new = decision.record if decision.changed else None
            note = None if decision.reason in UNNOTED else self._note(signal, decision, now)
            answer = await self._store.commit(signal.key, record, new, note)
            match answer:
                case Conflict(current):
                    record = current
                case Seen():
                    return Decision(reason=Reason.DUPLICATE, record=record), seconds
                case _:
                    return decision, seconds

    def _note(self, signal: Signal, decision: Decision, now: int) -> Note:
        severity = decision.severity or "-"
        line = {
            "at": now,
            "key": signal.key,
            "source": signal.source,
            "event": signal.event,
            "reason": decision.reason,
            "severity": decision.severity,
            "route": decision.route,
            "tried": decision.tried,
            "delivery": signal.id,
            "labels": dict(signal.labels) if signal.kind in (Kind.TALLY, Kind.ACT) else {},
            "who": (signal.actor.name, signal.actor.id) if signal.actor else (),
        }
        return Note(
            line=line,
            tallies=(f"{signal.source}|{signal.event}|{severity}|{decision.reason}",),
            id=signal.id,
            is_repeat=decision.reason is Reason.REPEAT,
            is_act=signal.actor is not None,
        )

    @asynccontextmanager
    async def _alone(self, key: str) -> AsyncIterator[None]:
        """One at a time for a key in this process: compare-and-set alone collapses on a hot key."""
        lock, users = self._busy.get(key, (None, 0))
        lock = lock or asyncio.Lock()
        self._busy[key] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            lock, users = self._busy[key]
            if users == 1:
                del self._busy[key]
            else:
                self._busy[key] = (lock, users - 1)
