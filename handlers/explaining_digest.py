"""Why a digest came, came late, or did not come; and when the next one is due."""

from handlers.contract import Desk, Reply
from handlers.explaining import calls, places
from rules.digests import schedule
from rules.report import Report, key_of
from rules.text import Moment, Text

WORD = "digest"  # `/sereno why digest`: all that the policy has


def meant(words: list[str], desk: Desk) -> list[str]:
    """The digests that words name: "digest", "weekly", "digest weekly"; none when they mean something else."""
    known, said = list(desk.policy().digest), [word.lower() for word in words]
    if said == [WORD]:
        return known
    name = said[-1] if said[:1] == [WORD] or len(said) == 1 else ""
    return [name] if name in known else []


async def latest(name: str, desk: Desk) -> tuple[Report | None, int]:
    """The one that came due last, None when there is none, and when it was due (unix ms, 0: never)."""
    policy = desk.policy()
    digest = policy.digest[name]
    period = schedule.latest(digest, schedule.zone_of(digest, policy), desk.now())
    if period is None:
        return None, 0
    record = await desk.find(key_of(name, period.day))
    return record if isinstance(record, Report) else None, period.due_at


async def why(name: str, desk: Desk) -> Reply:
    """By which line it comes; what became of the one that came due last; and the next one."""
    policy = desk.policy()
    digest = policy.digest[name]
    zone, line = schedule.zone_of(digest, policy), f"digest.{name}.cron: {digest.cron}"
    report, due_at = await latest(name, desk)
    following = schedule.following(digest, zone, desk.now())
    return [
        Text.of("The digest {name} comes by `{line}` in {zone}.", name=name, line=line, zone=zone.key),
        *(written(report) if report else await _absent(name, due_at, desk)),
        Text.of("The next one is due {at}.", at=Moment(at=following)),
    ]


def written(report: Report) -> Reply:
    """What became of one that was written; a note instead of it says why itself."""
    due, at = Moment(at=report.due_at), Moment(at=report.opened_at)
    lines = [Text.of("The latest was due {due} and was written {at}.", due=due, at=at)]
    lines += [Text.of("It says: {text}", text=one) for one in report.lead]
    if not report.observed.posted and not report.observed.refused:
        lines.append(Text.of("Slack does not show it yet; `/sereno status` says what waits."))
    return [*lines, *_mailed(report), *places(report.observed), *calls(report.observed)]


def _mailed(report: Report) -> Reply:
    lines = []
    for letter in report.letters:
        word = report.observed.mailed.get(letter.name, "")
        to = ", ".join(letter.to)
        if not word:
            lines.append(Text.of("Its mail to {to} waits; `/sereno status` has the mail server's word.", to=to))
        elif word == "sent":
            lines.append(Text.of("It went by mail to {to}.", to=to))
        else:
            lines.append(Text.of("Its mail to {to} was not sent: {why}", to=to, why=word))
    return lines


async def _absent(name: str, due_at: int, desk: Desk) -> Reply:
    """Why there is none of a time that has come."""
    known_from, due = await desk.digest_told(name), Moment(at=due_at)
    if not due_at or not known_from:
        return [Text.of("None was due yet: I have only just read of it, and owe nothing for the time before.")]
    if known_from >= due_at:
        return [
            Text.of(
                "None came {due}: I know of it, as it is written now, only since {at}, and owe nothing for the time "
                "before.",
                due=due, at=Moment(at=known_from),
            )
        ]  # fmt: skip
    return [
        Text.of(
            "The latest was due {due} and is being written. When it does not come within minutes, `/sereno status` "
            "says what keeps me.",
            due=due,
        )
    ]
