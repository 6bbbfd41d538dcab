"""The sections on how the systems and their users are: what opened and ended, bugs, and the rates of the plan."""

from collections.abc import Iterable, Iterator

from rules.digest_plan import Digest
from rules.digests.counts import Counts
from rules.digests.facts import Facts
from rules.digests.measuring import measured, versus
from rules.plan import Plan
from rules.policy import Policy
from rules.text import Text
from rules.threshold_words import threshold
from rules.watch import Watch


def health(facts: Facts, digest: Digest, policy: Policy, now: Counts, before: Counts | None) -> Iterator[Text]:
    """What opened and ended of each severity that is shown, the open bugs, the rates. `before`: if that is known."""
    for name, severity in policy.severities.items():
        if severity.card == "shown":
            yield _severity(name, facts, now, before)
    for repository, numbers in facts.community.items():
        what = Text.of("Open bugs in {repository}", repository=repository)
        yield measured(what, numbers.open_bugs, facts.previous.get(f"{repository}/bugs"))
    if digest.plan is not None:
        yield from rates(digest.health or _held(policy.releases[digest.plan]), facts, digest, policy)


def rates(names: Iterable[str], facts: Facts, digest: Digest, policy: Policy) -> Iterator[Text]:
    """The values of checks of the plan, with those of the digest before."""
    if digest.plan is None:
        return
    plan, watch = policy.releases[digest.plan], watched(facts, digest)
    if watch is None:
        yield Text.of("No release of {plan} has been watched: nothing was measured.", plan=digest.plan)
        return
    for name in names:
        yield _rate(name, plan, watch, facts)


def watched(facts: Facts, digest: Digest) -> Watch | None:
    """The release of the plan that was measured last."""
    found = [one for one in facts.watches if one.plan == digest.plan and one.readings]
    return max(found, key=lambda one: one.read_at, default=None)


def key_of(plan: str, check: str) -> str:
    """The name under which the value of a check is remembered."""
    return f"check/{plan}/{check}"


def _severity(name: str, facts: Facts, now: Counts, before: Counts | None) -> Text:
    still = sum(one.is_open and one.severity == name for one in facts.incidents)
    opened, over = now.opened.get(name, 0), now.over.get(name, 0)
    if before is None:
        return Text.of(
            "{severity}: *{opened}* opened, *{over}* over, {still} open now",
            severity=name, opened=opened, over=over, still=still,
        )  # fmt: skip
    return Text.of(
        "{severity}: *{opened}* opened (before: {opened_before}), *{over}* over (before: {over_before}), "
        "{still} open now",
        severity=name, opened=opened, opened_before=before.opened.get(name, 0), over=over,
        over_before=before.over.get(name, 0), still=still,
    )  # fmt: skip


def _rate(name: str, plan: Plan, watch: Watch, facts: Facts) -> Text:
    check, reading = plan.checks[name], watch.readings.get(name)
    what = Text.of("{words}", words=check.words)
    if reading is None or reading.value is None:
        why = reading.trouble if reading and reading.trouble else Text.of("not measured")
        return Text.of("⚠️ {what}: incomplete, {why}", what=what, why=why)
    line = versus(what, reading.value, facts.previous.get(key_of(watch.plan, name)), check.unit)
    if reading.at < facts.period.since:
        ago = Text.of("measured before this time, of {release}", release=watch.release)
        return Text.of("{line} ({ago})", line=line, ago=ago)
    if check.target:
        return Text.of("{line}, wanted {target}", line=line, target=threshold(check.target, check.unit))
    return line


def _held(plan: Plan) -> list[str]:
    """The checks with a number that has a threshold."""
    return [name for name, one in plan.checks.items() if one.tick is None and (one.red or one.yellow or one.target)]
