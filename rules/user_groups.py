"""Which user groups of Slack a policy names."""

from collections.abc import Iterator

from rules.policy import Policy
from rules.team import Right


def groups_of(policy: Policy) -> set[str]:
    """Each "@group" that a policy names: not a person, not a rotation."""
    return {
        name
        for name in _mentioned(policy)
        if name.startswith("@") and name.removeprefix("@") not in {*policy.people, *policy.oncall}
    } | {rotation.group for rotation in policy.oncall.values() if rotation.group}


def _mentioned(policy: Policy) -> Iterator[str]:
    for severity in policy.severities.values():
        yield from (*severity.mention, *severity.remind)
        for step in severity.escalate:
            yield from (*step.mention, *step.dm)
    for route in policy.routes:
        yield from route.mention or ()
    for right in Right:
        yield from policy.rights.of(right)
    yield from policy.war_room.invite
