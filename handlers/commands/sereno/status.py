"""/sereno status"""

from handlers.contract import Command, Desk, Reply
from rules.signal import Actor
from rules.text import Moment, Span, Text


async def run(_words: list[str], _person: Actor, desk: Desk) -> Reply:
    """How Sereno itself is."""
    health = await desk.health()
    lines = [Text.of("⚠️ {trouble}", trouble=trouble) for trouble in health.troubles] or [Text.of("All is well.")]
    if health.waiting:
        since = Span(ms=int(health.waiting_for_s * 1000))
        lines.append(
            Text.counted(
                "{count} record waits for Slack, for {span} by now.",
                "{count} records wait for Slack, the oldest for {span}.", count=health.waiting, span=since,
            )
        )  # fmt: skip
    else:
        lines.append(Text.of("Nothing waits for Slack."))
    lines.append(
        Text.of(
            "Slack: {word}. Alertmanager: {other}. Mail: {mail}.",
            word=health.slack,
            other=health.alertmanager,
            mail=health.mail,
        )
    )
    for source, at in sorted(health.heard.items()):
        heard = Text.of("{source}: last heard at {at}", source=source, at=Moment(at=at))
        lines.append(heard if at else Text.of("{source}: never heard yet", source=source))
    lines += [Text.of("{source}: closed, it has no secret", source=source) for source in health.closed]
    lines += [Text.of("⚠️ {name} is not known in Slack: {why}", name=n, why=w) for n, w in health.unresolved.items()]
    return lines


COMMAND = Command(
    usage="status",
    help=Text.of("how I am: what waits, Slack, and when each source was last heard"),
    run=run,
    example="status",
)
