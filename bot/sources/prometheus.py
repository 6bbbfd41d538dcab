"""Checks that Prometheus answers: the value now, how many cases it is about, and the same for the baseline."""

from bot.clients.prometheus import Prometheus, Rejected, Sample, Unreachable
from bot.sources.asked import Asked, NotSet
from rules.reading import Reading
from rules.text import Text

SOURCE = "Prometheus"


async def read(prometheus: Prometheus | None, asked: Asked) -> Reading:
    """Raises NotSet, Unreachable, Rejected."""
    if prometheus is None:
        raise NotSet(Text.of("PROMETHEUS_URL is not set"))
    check = asked.check
    found = await prometheus.value(asked.filled(check.prometheus or ""), asked.now)
    counted = await prometheus.value(asked.filled(check.sample), asked.now) if check.sample else None
    return Reading(
        at=asked.now,
        source=SOURCE,
        value=found.value,
        sample=counted.value if counted else None,
        baseline=await _baseline(prometheus, asked),
        note="; ".join(found.warnings),
        trouble=_trouble(found),
    )


def _trouble(found: Sample) -> Text | str:
    if found.value is not None:
        return ""
    unmeasured = Text.of("Prometheus has no number for it now")
    return unmeasured if found.series else Text.of("Prometheus found no series for it")


async def _baseline(prometheus: Prometheus, asked: Asked) -> float | None:
    """The same of the release before: by its label, or as it was at the same time after its own release."""
    check, watch = asked.check, asked.watch
    if check.baseline is not None or not watch.baseline:
        return check.baseline
    expr = check.baseline_prometheus or check.prometheus or ""
    then = watch.baseline_at + asked.elapsed
    if "$version" in expr or "$number" in expr:
        at = then if 0 < watch.baseline_at < watch.began_at else asked.now
    elif watch.baseline_at > 0 and then < watch.began_at:
        at = then
    else:
        return None  # not known when it began; or by then it was this release that was measured
    try:
        return (await prometheus.value(asked.filled(expr, watch.baseline), at)).value
    except (Unreachable, Rejected):
        return None  # the value itself is worth more than nothing; a threshold that needs the baseline says so
