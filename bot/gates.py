"""What a new message must pass before it may go out: the storm board, the hour's pings; and the storm's own news."""

from collections.abc import Awaitable, Callable

from bot.clock import Clock
from bot.pacing import Pacing
from bot.store import Store
from rules import observing, storming
from rules.decision import Decision, Shown
from rules.incident import Incident
from rules.policy import Policy
from rules.signal import Kind, Signal
from rules.steps import Post, PostCard, PostDetails, PostDirect, PostReply
from rules.storm import Storm, key_of

BEGINNING = 5  # the first arrivals over the limit put those on the board that have cards already
Submit = Callable[[Signal], Awaitable[Decision]]


class Gates:
    """Each question is answered by the policy and by counts that all replicas share."""

    def __init__(
        self, store: Store, pacing: Pacing, policy: Callable[[], Policy], submit: Submit, clock: Clock
    ) -> None:
        self._store, self._pacing, self._policy, self._submit, self._clock = store, pacing, policy, submit, clock

    async def catches(self, record: Shown, token: str) -> bool:
        """Whether a storm keeps the first card of this incident back; its channel's board then knows of it."""
        if not isinstance(record, Incident) or record.rank == 0 or record.unrolled or record.observed.cards:
            return False
        limit, now = self._policy().storm, self._clock.now()
        arrived = await self._pacing.arrive(record.place, record.key, now, limit.within)
        if len(arrived) <= limit.incidents:
            return False
        for key in arrived if len(arrived) <= limit.incidents + BEGINNING else ():
            other = self._store.cached(key) or await self._store.load(key)
            if isinstance(other, Incident) and other.observed.cards and not other.observed.storm_told:
                await self._tell(other, storming.ARRIVED, token="")
        await self._store.change(record.key, _caught, token)
        return True

    async def hushes(self, record: Shown, step: Post, token: str) -> bool:
        """Whether the step's ping is over the channel's budget; the record is then changed to a plain message.

        The budget is the channel's: what names people in a thread, or writes to them, is none of it.
        """
        if isinstance(step, PostDetails | PostDirect) or not step.mention:
            return False
        if isinstance(step, PostReply) and not step.aloud:
            return False
        place = step.place if isinstance(step, PostCard) else step.posted.place
        severity = record.severity
        limit = self._policy().rule(severity).mentions_per_hour
        until = await self._pacing.may_ping(place, step.name, limit)
        if not until:
            return False
        now = self._clock.now()
        await self._store.change(record.key, lambda at: observing.unpinged(at, until, limit, now), token)
        return True

    async def tell(self, incident: Shown, token: str) -> None:
        """Give the storm board of the incident's channel this revision of it."""
        if isinstance(incident, Incident):
            caught = incident.storm and not incident.observed.storm_told
            await self._tell(incident, storming.ARRIVED if caught else storming.NEWS, token)

    async def _tell(self, incident: Incident, event: str, token: str) -> None:
        revision = incident.revision
        board = incident.storm or incident.observed.board or key_of(incident.place)
        await self._submit(
            Signal(
                key=board,
                source="sereno",
                kind=Kind.STORM,
                event=event,
                title=incident.title,
                labels={
                    "incident": incident.key,
                    "place": incident.place,
                    "id": incident.id,
                    "severity": incident.severity,
                    "state": incident.state,
                    "carded": "yes" if incident.observed.cards else "no",
                },
            )
        )
        await self._store.change(incident.key, lambda at: observing.storm_told(at, revision, board), token)

    async def unroll(self, storm: Shown, key: str, token: str) -> None:
        """Let an incident of a storm that has passed have its card."""
        if isinstance(storm, Storm):
            await self._pacing.calm(storm.place)
        await self._submit(Signal(key=key, source="sereno", kind=Kind.UNROLL, event="unroll"))
        await self._store.change(storm.key, lambda at: observing.unrolled(at, key), token)


def _caught(record: Shown) -> Shown:
    return storming.caught_by(record) if isinstance(record, Incident) else record
