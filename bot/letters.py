"""Sends the letters that records want, beside Slack and whether or not Slack answers; a crash loses none.

A letter that goes out again, because its answer was lost, has the Message-ID of the first: mail programs show it once.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from typing import NoReturn

import structlog

from bot.cards.letters import of_incident, of_report
from bot.cards.mail import addressed, message_id
from bot.cards.tongue import speaking
from bot.clients.mail import Delivered, Later, Mail, Refused
from bot.leases import Leases
from bot.pacing import Pacing
from bot.queues import Queues
from bot.store import Fenced, Store, Unavailable
from rules import keys, languages, observing
from rules.incident import Incident
from rules.letter import Letter
from rules.lettering import unsent
from rules.policy import Policy
from rules.report import Report

EVERY_S, AT_ONCE = 1.0, 8
FIRST_S, LONGEST_S = 5.0, 120.0
GIVEN_UP_MS = 24 * 3_600_000  # who still has it then has it from elsewhere
AN_HOUR = 30  # mails of one address, of what is not the worst
SENT, NO_SERVER = "sent", "SMTP_URL is not set"
HELD_BACK = f"held back, the address has had its {AN_HOUR} mails for the hour"
log = structlog.get_logger()


class Letters:
    """The letters of the lanes that are ours, the worst first; one task for each record, a few at a time."""

    def __init__(
        self, mail: Mail | None, store: Store, queues: Queues, leases: Leases, pacing: Pacing,
        policy: Callable[[], Policy],
    ) -> None:  # fmt: skip
        self._mail, self._store, self._queues, self._leases = mail, store, queues, leases
        self._pacing, self._policy = pacing, policy
        self._sending: dict[str, asyncio.Task[None]] = {}
        self._pauses: dict[str, float] = {}  # seconds between two tries of what could not go out
        self._free = asyncio.Event()
        self.word = "ok" if mail else "not set"  # how the mail server is, as far as it was asked

    async def run(self) -> NoReturn:
        """Look for ever; Redis being away is not the end."""
        while True:
            self._free.clear()
            try:
                await self.look()
            except Unavailable as error:
                log.warning("letters_wait", error=str(error)[:200])
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY_S):
                    await self._free.wait()

    async def look(self) -> None:
        """Begin to send what is due, as much as goes at once. Raises Unavailable."""
        due = await self._queues.letters(self._leases.held(), self._store.clock.now())
        for key in due:
            if len(self._sending) >= AT_ONCE:
                return
            if key not in self._sending:
                self._sending[key] = asyncio.create_task(self._work(key))

    @property
    def busy(self) -> bool:
        """Whether something is being sent."""
        return bool(self._sending)

    async def stop(self) -> None:
        """Leave what is on its way: it is found again, and goes out under the same Message-ID."""
        tasks = list(self._sending.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self, key: str) -> None:
        try:
            await self.advance(key)
        except (Unavailable, Fenced, KeyError) as error:
            log.info("letter_waits", key=key, error=str(error)[:200])
        finally:
            del self._sending[key]
            self._free.set()

    async def advance(self, key: str) -> None:
        """The next letter of one record, if its lane is ours.

        Raises Unavailable, Fenced, KeyError when the record is gone meanwhile.
        """
        record, token = await self._store.load(key), self._leases.token(keys.lane(key))
        if not token:
            return  # another process has the lane now, and sends it
        if not isinstance(record, Incident | Report):
            await self._store.forget(key)
            return
        letter = next(iter(unsent(record)), None)
        if letter is None:
            await self._store.change(key, lambda now: now, token)
            return
        outcome = await self._sent(record, letter)
        at = self._store.clock.now()
        if isinstance(outcome, Waits) and at - letter.at < GIVEN_UP_MS:
            left = outcome.left
            if left != (letter.left or letter.to):
                await self._store.change(key, lambda now: observing.partly_mailed(now, letter, left), token)
            await self._rest(key, outcome.why)
            return
        said = f"given up after a day: {outcome.why}" if isinstance(outcome, Waits) else outcome
        await self._store.change(key, lambda now: observing.mailed(now, letter, said, at), token)
        self._pauses.pop(key, None)
        log.info("mailed", key=key, letter=letter.name, to=len(letter.to), outcome=said)

    async def _sent(self, record: Incident | Report, letter: Letter) -> "str | Waits":
        """What came of it, in words; or that some still wait for it."""
        if self._mail is None:
            return NO_SERVER
        to = await self._allowed(record, letter)
        if not to:
            return HELD_BACK
        message = await asyncio.to_thread(self._written, record, letter, self._mail.address.sender)
        answer = await self._mail.send(message, to)
        self.word = answer.why if isinstance(answer, Later) else "ok"
        match answer:
            case Delivered(later=later) if later:
                return Waits(tuple(later), next(iter(later.values())))
            case Delivered(refused=refused):
                held = {one: HELD_BACK for one in letter.left or letter.to if one not in to}
                return _but_for({**refused, **held}) if refused or held else SENT
            case Refused(why=why):
                return why
            case Later(why=why):
                return Waits(letter.left or letter.to, why)

    async def _allowed(self, record: Incident | Report, letter: Letter) -> tuple[str, ...]:
        """Whom it may reach now: a storm of what is not the worst must not become a storm of mails."""
        to = letter.left or letter.to
        if isinstance(record, Report) or record.rank == 0:
            return to
        step = f"{record.id}/{letter.name}"
        return tuple([one for one in to if not await self._pacing.may_ping(f"mail:{one}", step, AN_HOUR)])

    async def _rest(self, key: str, why: str) -> None:
        """Try again later, ever more slowly; whoever takes over the lane knows it too."""
        seconds = self._pauses[key] = min(2 * self._pauses.get(key, FIRST_S / 2), LONGEST_S)
        await self._queues.rest_letters(key, self._store.clock.now() + int(seconds * 1000))
        log.warning("mail_waits", key=key, why=why, seconds=seconds)

    def _written(self, record: Incident | Report, letter: Letter, sender: str) -> EmailMessage:
        policy = self._policy()
        voice = languages.of_report(policy, record) if isinstance(record, Report) else languages.of_team(policy)
        with speaking(*voice):
            message = of_report(record) if isinstance(record, Report) else of_incident(record, letter, policy)
        return addressed(
            message, sender=sender, to=letter.to, message_id=message_id(record.id, letter.name, sender),
            date_ms=self._store.clock.now(), key=record.key,
            reply_to=message_id(record.id, letter.follows, sender) if letter.follows else "",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Waits:
    """It is to be sent again, to those who have not got it yet."""

    left: tuple[str, ...]
    why: str


def _but_for(refused: Mapping[str, str]) -> str:
    return "sent, but not to " + "; ".join(f"{one}: {why}" for one, why in refused.items())
