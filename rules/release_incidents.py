"""The words for the incidents in the time of a release: each in a line, and those that are open in one."""

from rules.policy import Policy
from rules.signal import Origin, Related
from rules.text import Moment, Span, Text
from rules.watch import Watch

ORIGIN_WORDS = {
    Origin.NEW: Text.of("new in this release"),
    Origin.BEFORE: Text.of("seen before"),
    Origin.UNKNOWN: Text.of("cannot tell"),
}
SHOWN, NAMED = 8, 5  # lines; names in one line


def incident_lines(watch: Watch) -> list[Text]:
    """The incidents in the time of the release; a line that says so when there are none."""
    if not watch.incidents:
        return [Text.of("No incidents since the release.")]
    ordered = sorted(watch.incidents, key=_urgency)
    lines = [_incident(one) for one in ordered[:SHOWN]]
    if len(ordered) > SHOWN:
        left = len(ordered) - SHOWN
        lines.append(Text.counted("… and {count} more", "… and {count} more", count=left))
    return lines


def still_open(watch: Watch, policy: Policy) -> Text:
    """Those that are open, by their short names: the worst first, of these the oldest."""
    found = [one for one in watch.incidents if not one.resolved_at]
    if not found:
        return Text.of("no open incident")
    ordered = sorted(found, key=lambda one: (policy.rank(one.severity), one.opened_at))
    ids, left = ", ".join(one.id for one in ordered[:NAMED]), len(ordered[NAMED:])
    if left:
        return Text.of("incidents open ({count}): {ids} and {left} more", count=len(found), ids=ids, left=left)
    return Text.of("incidents open ({count}): {ids}", count=len(found), ids=ids)


def _urgency(one: Related) -> tuple[bool, bool, int]:
    return bool(one.resolved_at), one.origin is Origin.BEFORE, one.opened_at


def _incident(one: Related) -> Text:
    named = {"id": one.id, "severity": one.severity, "title": one.title}
    if one.resolved_at:
        return Text.of(
            "🟢 {id} {severity} {title}: over after {span}, {origin}",
            **named, span=Span(ms=one.resolved_at - one.opened_at), origin=ORIGIN_WORDS[one.origin],
        )  # fmt: skip
    return Text.of(
        "🔸 {id} {severity} {title}: open since {at}, {origin}",
        **named, at=Moment(at=one.opened_at), origin=ORIGIN_WORDS[one.origin],
    )  # fmt: skip
