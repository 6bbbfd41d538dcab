"""Which rules would spare people most, as lines that go into the policy as they are."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rules import tallies
from rules.digests.counts import Noise
from rules.policy import Policy
from rules.text import Text

MENDED = 3
FEW = 2  # pings; less than that is no pattern
MOST = 0.5
LONGEST = 250  # a longer line would be cut where it is shown
NAME_MAX = 40
_WORD = r"[^\W_]+(?:[._-][^\W_]+)*"
_PLAIN = re.compile(rf"{_WORD}(?:(?: |/|, ){_WORD})*")
_LETTER = re.compile(r"(?s)([^\W_]|[=.,/()-]|(?<=\S) (?=\S))|.")  # what is shown as it is, or any other


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """A rule that would have kept quiet. `name`: of the route, which goes before the others; `saved`: pings."""

    noise: Noise
    why: Text
    name: str
    saved: int

    @property
    def match(self) -> str:
        """What it matches, in YAML."""
        return _yaml(_match(self.noise))

    @property
    def lines(self) -> Text:
        """What goes into the policy."""
        return Text.of(
            "```- name: {name}\n  match: {match}\n  mention: none\n  continue: true```",
            name=_yaml(self.name), match=self.match,
        )  # fmt: skip


def mends(loud: Sequence[Noise], policy: Policy) -> list[Mend]:
    """The rules that would spare people most, of those that interrupt for little wherever they are routed."""
    found = [(_waste(one), one) for one in _together(loud) if one.pings >= FEW and _is_named(one)]
    ordered = sorted(found, key=lambda pair: (-pair[0] * pair[1].pings, pair[1].name))
    names = {route.name for route in policy.routes}
    made: list[Mend] = []
    for waste, one in ordered:
        if waste >= MOST and len(made) < MENDED:
            made.append(Mend(noise=one, why=_why(one), name=_name(one, names), saved=one.pings))
            names.add(made[-1].name)
    return made


def share(part: int, whole: int) -> float:
    """The part of a whole, 0 of nothing."""
    return part / whole if whole else 0.0


def _together(loud: Sequence[Noise]) -> Iterator[Noise]:
    """Each alert on all of its routes, for a rule takes it on all; not one that is wanted on any of them."""
    routed: dict[tuple[str, str], list[Noise]] = {}
    for one in loud:
        routed.setdefault((one.label, one.alert), []).append(one)
    for found in routed.values():
        if len(found) == 1:
            yield found[0]
        elif all(_waste(one) >= MOST for one in found if one.pings):
            yield replace(
                found[0],
                opened=sum(one.opened for one in found),
                pings=sum(one.pings for one in found),
                taken=sum(one.taken for one in found),
                by_itself=sum(one.by_itself for one in found),
            )


def _waste(one: Noise) -> float:
    """The share of its beginnings for which nobody was needed."""
    return min(max(share(one.by_itself, one.opened), 1 - share(one.taken, one.opened)), 1) if one.opened else 0


def _why(one: Noise) -> Text:
    if share(one.by_itself, one.opened) >= MOST:
        soon = min(one.by_itself, one.opened)  # what is over in this time may have begun before it
        return Text.of("{soon} of {opened} were over by themselves within 5 minutes", soon=soon, opened=one.opened)
    return Text.of("nobody took {left} of {opened}", left=one.opened - one.taken, opened=one.opened)


def _name(one: Noise, taken: set[str]) -> str:
    words = " ".join(re.findall(_WORD, one.alert))[:NAME_MAX].strip() or "it"
    name = f"calm {words}"
    while name in taken:
        name += " again"
    return name


def _is_named(one: Noise) -> bool:
    """Whether a rule could mean this alert and no other, and can be shown whole: of a source it would mean all."""
    named = one.label in ("alertname", "event") and one.alert and not one.alert.endswith(tallies.CUT)
    return bool(named) and len(_yaml(_match(one))) <= LONGEST


def _match(one: Noise) -> str:
    escaped = one.alert.replace("\\", "\\\\").replace('"', '\\"')
    own = f'{one.label}="{escaped}"'
    return own if one.label == "alertname" else f'{own}, alertname=""'  # what has both is called by its alert


def _yaml(text: str) -> str:
    """A text in YAML; what could be taken for markup on its way to a person is escaped, and so comes back as it was."""
    if _PLAIN.fullmatch(text.replace('=""', "").replace('="', " ").replace('"', "")):
        return text
    return f'"{_LETTER.sub(lambda found: found[0] if found[1] else _escaped(found[0]), text)}"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    return f"\\x{ord(letter):02x}" if ord(letter) < 256 else f"\\U{ord(letter):08x}"
