"""The canary: posts, edits and deletes a message of its own, to know how Slack does before an alert needs it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NoReturn

import structlog
from pydantic import TypeAdapter, ValidationError
from redis.asyncio import Redis

from bot.cards.face import Face
from bot.cards.mrkdwn import draw
from bot.cards.tongue import speaking
from bot.clients.directory import Directory
from bot.clients.slack import Answer, NotFound, Refused, Retry, Sent, Slack
from bot.clock import Clock
from bot.leases import Leases
from bot.metrics import Metrics
from bot.store import Unavailable, redis_errors
from rules.heartbeat_plan import Canary as Plan
from rules.policy import Policy
from rules.text import Text

KEY, TTL_S = "{sereno:0}:canary", 86_400
LANE, TICK_S = 0, 1.0
AGAIN_S = 30.0  # after a round that failed
SHOWN_MS = 15_000  # by then Slack shows a message whose answer was lost, or never will
ENOUGH = 2  # failures in a row: one alone happens to everybody
POSTED = Text.of("Canary: I measure how long Slack takes. This message goes away by itself.")
EDITED = Text.of("Canary: posted and edited. This message goes away by itself.")
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A message that is there, or may be while `ts` is "". `place`: a #channel; `at`: when it was sent (unix ms)."""

    place: str
    channel: str
    step: str
    at: int
    ts: str = ""


MARK = TypeAdapter(Mark)


class Failed(Exception):
    """Slack did not do what it was asked; the message says which call, where, and Slack's word."""


class PutOff(Exception):
    """Neither good nor bad: try again `after` seconds. A 429 only says that we are to call less."""

    def __init__(self, why: str, after: float) -> None:
        super().__init__(f"{why}: again in {after:.0f} s")
        self.why, self.after = why, after


class Canary:
    """Flies from the process that holds lane 0, each `every` of the policy."""

    def __init__(
        self, redis: Redis, slack: Slack, directory: Directory, leases: Leases, clock: Clock,
        policy: Callable[[], Policy], metrics: Metrics,
    ) -> None:  # fmt: skip
        self._redis, self._slack, self._directory, self._leases = redis, slack, directory, leases
        self._clock, self._policy, self._metrics = clock, policy, metrics
        self._mine: tuple[Plan | None, str] = (None, "")
        self._next, self._fails, self._why = float("-inf"), 0, ""

    def troubles(self) -> list[str]:
        """What Slack fails in, in words; nothing until it has failed twice in a row."""
        is_ours = self._leases.token(LANE) == self._mine[1] != ""
        return [f"the canary: {self._why}"] if is_ours and self._fails >= ENOUGH else []

    async def run(self) -> NoReturn:
        """Fly for ever; Slack or Redis being away is not the end."""
        while True:
            await self.look()
            await asyncio.sleep(TICK_S)

    async def look(self) -> None:
        """Fly one round, if it is time and for us to do."""
        plan, token = self._policy().canary, self._leases.token(LANE)
        if not token:
            return
        if (plan, token) != self._mine:
            self._mine, self._next, self._fails, self._why = (plan, token), float("-inf"), 0, ""
        if plan and self._clock.monotonic() >= self._next:
            self._next = self._clock.monotonic() + await self._fly(plan)

    async def _fly(self, plan: Plan) -> float:
        """One round, and after how many seconds the next one is due."""
        try:
            seconds = await self._round(self._policy().channel(plan.channel))
        except PutOff as error:
            self._metrics.flown(error.why)
            log.info("canary_put_off", why=str(error))
            return error.after
        except Failed as error:
            self._fails, self._why = self._fails + 1, str(error)
            self._metrics.flown("failed")
            log.warning("canary_failed", why=self._why, in_a_row=self._fails)
            return min(AGAIN_S, plan.every / 1000)
        except Unavailable as error:
            log.warning("canary_waits", error=str(error)[:200])
            return AGAIN_S
        if self._fails:
            log.info("canary_flies_again", seconds=round(seconds, 3))
        self._fails, self._why = 0, ""
        self._metrics.flown("ok", seconds)
        return plan.every / 1000

    async def _round(self, place: str) -> float:
        """The seconds from posting to deleting. Raises PutOff, Failed, Unavailable."""
        await self._tidy(place)
        channel, now = self._directory.channel(place), self._clock.now()
        mark = Mark(place=place, channel=channel, step=f"canary/{now}", at=now)
        await self._keep(mark)  # before it is sent: whoever comes after a crash knows what to look for
        started = self._clock.monotonic()
        answer = await self._slack.post(channel, self._face(POSTED), mark.step)
        if isinstance(answer, Refused | Retry):
            await self._forget()
        sent = _done(answer, "chat.postMessage", mark)
        mark = replace(mark, channel=sent.channel or channel, ts=sent.ts)
        await self._keep(mark)
        self._directory.learn(place, sent.channel)
        _done(await self._slack.edit(mark.channel, mark.ts, self._face(EDITED)), "chat.update", mark)
        await self._delete(mark)
        return self._clock.monotonic() - started

    async def _tidy(self, place: str) -> None:
        """Take away what a crash, a limit or a failure has left; what cannot be found or taken away is let go.

        Not so in the channel that it flies in: there it would leave one message more with each round.
        """
        mark = await self._left()
        if mark is None:
            return
        try:
            await self._delete(mark if mark.ts else await self._found(mark))
        except Failed as error:
            if mark.place == place:
                raise
            log.warning("canary_left_behind", channel=mark.place, why=str(error))
            await self._forget()

    async def _found(self, mark: Mark) -> Mark:
        """The message whose answer was lost; without `ts` when it is not there, or cannot be looked up."""
        found = await self._slack.find(mark.channel, mark.step, mark.at)
        if isinstance(found, NotFound) and self._clock.now() - mark.at < SHOWN_MS:
            raise PutOff("waiting", SHOWN_MS / 1000)
        if isinstance(found, Refused | NotFound):
            log.info("canary_not_found", channel=mark.place, error=getattr(found, "error", ""))
            return mark
        return replace(mark, ts=_done(found, "conversations.history", mark).ts)

    async def _delete(self, mark: Mark) -> None:
        if mark.ts:
            answer = await self._slack.delete(mark.channel, mark.ts)
            if not (isinstance(answer, Refused) and answer.error == "message_not_found"):  # somebody was faster
                _done(answer, "chat.delete", mark)
        await self._forget()

    def _face(self, text: Text) -> Face:
        policy = self._policy()
        with speaking(policy.language, policy.zone):
            return Face(text=draw(text))

    async def _left(self) -> Mark | None:
        async with redis_errors():
            body = await self._redis.get(KEY)
        try:
            return MARK.validate_json(body) if body else None
        except ValidationError:
            log.warning("canary_mark_unreadable", next="a message may be left in its channel")
            return None

    async def _keep(self, mark: Mark) -> None:
        async with redis_errors():
            await self._redis.set(KEY, MARK.dump_json(mark), ex=TTL_S)

    async def _forget(self) -> None:
        async with redis_errors():
            await self._redis.delete(KEY)


def _done(answer: Answer | NotFound, method: str, mark: Mark) -> Sent:
    """The answer, if it was done. Raises PutOff, Failed."""
    match answer:
        case Sent():
            return answer
        case Retry(after=after, limited=True):
            raise PutOff("limited", max(AGAIN_S, after))
        case NotFound():
            raise Failed(f"{method} in {mark.place}: not found")
        case _:
            raise Failed(f"{method} in {mark.place}: {answer.error}")
