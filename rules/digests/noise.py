"""The section on noise: what interrupted people, whether anybody needed it, and the three rules to mend first."""

from collections.abc import Iterator, Sequence

from rules.digests.counts import Counts, Noise
from rules.digests.mending import mends, share
from rules.policy import Policy
from rules.text import Number, Span, Text

SHOWN = 8


def noise(counts: Counts, policy: Policy, *, by_name: bool = False) -> Iterator[Text]:
    """Each alert that interrupted somebody, the bill, and what to mend. `by_name`: that is how they were chosen."""
    loud = sorted(
        (one for one in counts.alerts if one.pings or one.people), key=lambda one: (-one.pings, -one.people, one.alert)
    )
    if not loud:
        yield Text.of("Nobody was interrupted.")
        return
    if by_name:
        yield Text.of("Counted by alert and route, also what `match` leaves out of those.")
    yield from (_line(one) for one in loud[:SHOWN])
    if len(loud) > SHOWN:
        yield Text.counted("… and {count} more alert", "… and {count} more alerts", count=len(loud) - SHOWN)
    yield _bill(loud)
    for place, one in enumerate(mends(loud, policy), 1):
        yield Text.counted(
            "*Mend {place}: {alert}* ({why}). First in `routes:`, this would have saved {count} ping:\n{lines}",
            "*Mend {place}: {alert}* ({why}). First in `routes:`, this would have saved {count} pings:\n{lines}",
            count=one.saved, place=place, alert=one.noise.alert, why=one.why, lines=one.lines,
        )  # fmt: skip


def _bill(loud: Sequence[Noise]) -> Text:
    """Lines in threads and direct messages reach people without a ping."""
    people, pings = sum(one.people for one in loud), sum(one.pings for one in loud)
    return Text.counted(
        "The bill: one person was interrupted once; {pings}.",
        "The bill: people were interrupted {count} times; {pings}.",
        count=people, pings=Text.counted("{count} ping", "{count} pings", count=pings),
    )  # fmt: skip


def _line(one: Noise) -> Text:
    taken = Number(number=100 * min(share(one.taken, one.opened), 1), digits=2)
    soon = Number(number=100 * min(share(one.by_itself, one.opened), 1), digits=2)
    route = one.route or Text.of("no route")
    said = Text.of(
        "*{alert}* ({route}): {taken}% acknowledged, {soon}% over by itself within 5 minutes",
        alert=one.alert, route=route, taken=taken, soon=soon,
    )  # fmt: skip
    if not one.opened:
        said = Text.of("*{alert}* ({route}): opened before this time", alert=one.alert, route=route)
    pings = Text.counted("{count} ping", "{count} pings", count=one.pings)
    flips = Text.counted("{count} flip", "{count} flips", count=one.flips)
    line = Text.of("{said}, {pings}, {flips}", said=said, pings=pings, flips=flips)
    if one.median_ms is None:
        return line
    return Text.of("{line}, taken after about {span} (median)", line=line, span=Span(ms=one.median_ms))
