"""Sends the letters that records want, beside Slack and whether or not Slack answers; a crash loses none.

A letter that goes out again, because its answer was lost, has the Message-ID of the first: mail programs show it once.
"""

import asyncio
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from typing import NoReturn

import structlog

from bot.cards.letters import of_incident, of_report
from bot.cards.mail import addressed, message_id
from bot.cards.tongue import speaking
from bot.clients.mail import Delivered, Later, Mail, Refused
from bot.leases import Leases
from bot.queues import Queues
from bot.store import Fenced, Store, Unavailable
from rules import languages, observing
from rules.incident import Incident
from rules.letter import Letter
from rules.lettering import unsent
from rules.policy import Policy
from rules.report import Report

EVERY_S, AT_ONCE = 1.0, 8
FIRST_S, LONGEST_S = 5.0, 120.0
SENT, NO_SERVER = "sent", "SMTP_URL is not set"
log = structlog.get_logger()


class Letters:
    """The letters of the lanes that are ours; one task for each record, a few at a time."""

    def __init__(
        self, mail: Mail | None, store: Store, queues: Queues, leases: Leases, policy: Callable[[], Policy]
    ) -> None:
        self._mail, self._store, self._queues, self._leases, self._policy = mail, store, queues, leases, policy
        self._sending: dict[str, asyncio.Task[None]] = {}
        self._rests: dict[str, tuple[float, float]] = {}  # until when (monotonic), for how long
        self._left: dict[tuple[str, str], tuple[str, ...]] = {}  # of a letter that only some have, who has not
        self._gate = asyncio.Semaphore(AT_ONCE)
        self.word = "ok" if mail else "not set"  # how the mail server is, as far as it was asked

    async def run(self) -> NoReturn:
        """Look for ever; Redis being away is not the end."""
        while True:
            try:
                await self.look()
            except Unavailable as error:
                log.warning("letters_wait", error=str(error)[:200])
            await asyncio.sleep(EVERY_S)

    async def look(self) -> None:
        """Begin to send what waits. Raises Unavailable."""
        now = self._store.clock.monotonic()
        for lane in self._leases.held():
            for key in await self._queues.letters(lane):
                if key not in self._sending and self._rests.get(key, (0.0, 0.0))[0] <= now:
                    self._sending[key] = asyncio.create_task(self._work(key, self._leases.token(lane)))

    async def stop(self) -> None:
        """Leave what is on its way: it is found again, and goes out under the same Message-ID."""
        tasks = list(self._sending.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self, key: str, token: str) -> None:
        try:
            async with self._gate:
                await self._advance(key, token)
        except (Unavailable, Fenced, KeyError) as error:
            log.info("letter_waits", key=key, error=str(error)[:200])
        finally:
            del self._sending[key]

    async def _advance(self, key: str, token: str) -> None:
        """The next letter of one record. Raises Unavailable, Fenced, KeyError when the record is gone meanwhile."""
        record = await self._store.load(key)
        if not isinstance(record, Incident | Report):
            await self._store.forget(key)
            return
        letter = next(iter(unsent(record)), None)
        if letter is None:
            await self._store.change(key, lambda now: now, token)
            return
        outcome = await self._send(record, letter)
        if outcome is None:
            return
        at = self._store.clock.now()
        await self._store.change(key, lambda now: observing.mailed(now, letter, outcome, at), token)
        self._rests.pop(key, None)
        self._left.pop((key, letter.name), None)
        log.info("mailed", key=key, letter=letter.name, to=len(letter.to), outcome=outcome)

    async def _send(self, record: Incident | Report, letter: Letter) -> str | None:
        """What came of it; None when it is to be tried again."""
        if self._mail is None:
            return NO_SERVER
        left = self._left.get((record.key, letter.name), letter.to)
        message = await asyncio.to_thread(self._written, record, letter, self._mail.address.sender)
        match await self._mail.send(message, left):
            case Delivered(refused=refused, later=later):
                self.word = "ok"
                if later:
                    self._left[record.key, letter.name] = tuple(later)
                    self._rest(record.key, next(iter(later.values())))
                    return None
                return _but_for(refused) if refused else SENT
            case Refused(why=why):
                self.word = "ok"
                return why
            case Later(why=why):
                self.word = why
                self._rest(record.key, why)
                return None

    def _rest(self, key: str, why: str) -> None:
        _, seconds = self._rests.get(key, (0.0, FIRST_S / 2))
        seconds = min(2 * seconds, LONGEST_S)
        self._rests[key] = (self._store.clock.monotonic() + seconds, seconds)
        log.warning("mail_waits", key=key, why=why, seconds=seconds)

    def _written(self, record: Incident | Report, letter: Letter, sender: str) -> EmailMessage:
        policy = self._policy()
        voice = languages.of_team(policy)
        language = record.language if isinstance(record, Report) else voice.language
        with speaking(language, voice.zone):
            message = of_report(record) if isinstance(record, Report) else of_incident(record, letter, policy)
        return addressed(
            message, sender=sender, to=letter.to, message_id=message_id(record.id, letter.name, sender),
            date_ms=self._store.clock.now(), key=record.key,
            reply_to=message_id(record.id, letter.follows, sender) if letter.follows else "",
        )  # fmt: skip


def _but_for(refused: Mapping[str, str]) -> str:
    return "sent, but not to " + "; ".join(f"{one}: {why}" for one, why in refused.items())
