"""Whether a person may do what needs a right, and who may, for those who may not."""

from rules import oncall
from rules.policy import Policy
from rules.signal import Actor
from rules.team import EVERYONE, Right
from rules.text import Text

WITH_ONES_OWN = frozenset({Right.RESOLVE, Right.ESCALATE})  # whoever has taken a card needs no permission for these
WITH_ONES_PLAN = frozenset({Right.WATCH, Right.DECIDE})  # nor the owner of a release plan for these


def permitted(policy: Policy, right: Right, actor: Actor, at: int, *, own: bool = False) -> bool:
    """Whether the policy lets a person do this at a moment. `own`: the card is one that this person has taken."""
    if own and right in WITH_ONES_OWN | WITH_ONES_PLAN:
        return True
    return any(means(policy, name, actor, at) for name in policy.rights.of(right))


def who_may(policy: Policy, right: Right) -> Text:
    """Who has a right, to go on a refusal; when nobody has, what to write into the policy."""
    names = ", ".join(dict.fromkeys(_shown(policy, name) for name in policy.rights.of(right)))
    if EVERYONE in policy.rights.of(right):
        return Text.of("everybody may")
    if names and right in WITH_ONES_OWN:
        return Text.of("{names} may, and whoever has taken it", names=names)
    if names:
        return Text.of("{names} may", names=names)
    line = f'{right}: ["@on-call"]'
    if right in WITH_ONES_OWN:
        return Text.of(
            "only whoever has taken it may; for others write `{line}` under `rights:` in the policy", line=line
        )
    return Text.of("nobody may yet; write `{line}` under `rights:` in the policy", line=line)


def means(policy: Policy, name: str, actor: Actor, at: int) -> bool:
    """Whether a name of the policy means this person at a moment."""
    key = name.removeprefix("@")
    if name == EVERYONE:
        return True
    if key in policy.people:
        return key in actor.known_as
    if key in policy.oncall:
        shift = oncall.now(policy, key, at)
        return shift.person in actor.known_as if shift.person else _in(actor, shift.group)
    return name.startswith("@") and _in(actor, name)


def _in(actor: Actor, group: str) -> bool:
    """Slack's handles are in small letters; a policy may have them as somebody typed them."""
    return group.lower() in actor.known_as


def _shown(policy: Policy, name: str) -> str:
    key = name.removeprefix("@")
    if key in policy.people:
        return policy.people[key].name
    return f"@{key}"
