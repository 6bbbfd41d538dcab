"""Which addresses the names of a policy mean now."""

from collections.abc import Iterable

from rules import oncall
from rules.policy import Policy
from rules.policy_fields import is_address


def addresses(policy: Policy, names: Iterable[str], at: int) -> tuple[str, ...]:
    """Each address once, in order; a rotation is who is on call at that moment (unix milliseconds)."""
    found = []
    for name in names:
        if is_address(name):
            found.append(name)
            continue
        for one in oncall.resolve(policy, (f"@{name.removeprefix('@')}",), at):  # the policy may know it no more
            member = policy.people.get(one.removeprefix("@"))
            found += [member.address] if member and member.address else []
    return tuple(dict.fromkeys(found))
