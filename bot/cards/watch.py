"""A watched release as a card: how far it is, how it stands, each check, what comes next; its plan; its thread."""

from itertools import chain

from bot.cards import remedies
from bot.cards.face import CONTEXT_MAX, Block, Face, Mention, Pen, actions, button, context, section
from bot.cards.incident import LINK, LINK_WORDS
from bot.cards.mrkdwn import draw, link, row
from bot.cards.pages import paged, paragraphs
from rules import cadence, release_words
from rules.budgeting import key_of
from rules.deciding import blockers
from rules.plan import Plan
from rules.reading import Judged, Level
from rules.release_incidents import still_open
from rules.release_words import (
    KINDS,
    LEVEL_WORDS,
    PHASE_WORDS,
    SIGNS,
    VERDICT_WORDS,
    WORST_FIRST,
    check_line,
    worst_first,
)
from rules.steps import PostReply
from rules.summary import closing
from rules.text import Joined, Moment, Span, Text, Value
from rules.threshold_words import number
from rules.watch import Phase, Watch


def card(watch: Watch, pen: Pen, now: int) -> Face:
    """The root message, and what `/release-status` answers."""
    plan = pen.policy.releases.get(watch.plan)
    head, foot = _head(watch, plan, now), _foot(watch, plan, pen, now)
    lines = [draw(line, 200) for line in _checks(watch, plan, now)] if plan else [draw(_no_plan(watch))]
    blocks = [section(head), *paragraphs(lines), context(foot)]
    if buttons := _buttons(watch, pen):
        blocks.append(actions(buttons))
    return Face(text=f"{head}\n{foot}", blocks=blocks)


def details(watch: Watch, pen: Pen) -> Face:
    """The first reply, and what the button Details answers: the plan, as far as it is done."""
    plan = pen.policy.releases.get(watch.plan)
    if plan is None:
        return Face(text=draw(_no_plan(watch)))
    return paged([draw(line, 500) for line in plan_lines(watch, plan, pen)])


def summary(watch: Watch, pen: Pen, now: int) -> Face:
    """Its health, what is left to do and how the thresholds did: as it stands now."""
    plan = pen.policy.releases.get(watch.plan)
    if plan is None:
        return Face(text=draw(_no_plan(watch)))
    parts = [draw(text, 200) for text in closing(watch, plan, pen.policy, now)]
    return paged(list(chain.from_iterable(part.split("\n") for part in parts)))


def plan_lines(watch: Watch, plan: Plan, pen: Pen) -> list[Text]:
    """The plan in lines: its checkpoints, its criteria, what is done when something is wrong, who is for what."""
    due = cadence.due(plan, watch, pen.policy.zone)
    lines = [Text.of("*Checkpoints*")]
    lines += [_checkpoint(one.name, release_words.fill(one.text, watch), watch, due) for one in plan.checkpoints]
    for kind, words in KINDS.items():
        criteria = getattr(plan.criteria, kind)
        heading = Text.of("*{kind}*", kind=words)
        lines += [heading, *(release_words.criterion(text, plan, watch) for text in criteria)] if criteria else []
    for level, sign in ((plan.yellow, SIGNS[Level.YELLOW]), (plan.red, SIGNS[Level.RED])):
        if do := release_words.fill(" ".join(level.do), watch):
            lines.append(Text.of("{sign} {severity}: {do}", sign=sign, severity=level.severity, do=do))
    steps = enumerate(plan.rollback, 1)
    lines += [Text.of("*Rollback*")] if plan.rollback else []
    lines += [Text.of("{n}. {step}", n=n, step=release_words.fill(step, watch)) for n, step in steps]
    lines += [Text.of("{role}: {what}", role=role, what=what) for role, what in plan.roles.items()]
    lines += [Text.of("To be written: {what}", what=", ".join(plan.documents))] if plan.documents else []
    return lines


def reply(step: PostReply, spell: Mention, picture: Block | None) -> Face:
    """Lines of the timeline as one message in the thread, with its picture."""
    pings = " ".join(spell(name) for name in step.mention)
    lines = list(chain.from_iterable(draw(entry.text, 500).split("\n") for entry in step.entries))
    if pings:
        lines[0] = f"{pings} {lines[0]}"
    face = paged(lines)
    return Face(text=face.text, blocks=[*face.blocks, picture]) if picture else face


def _head(watch: Watch, plan: Plan | None, now: int) -> str:
    state = Text.of("{release} · {title}", release=watch.release, title=watch.title)
    bar = release_words.bar(watch, now if watch.is_open else watch.ended_at)
    line = Text.of("{elapsed} {bar}  {stands}", elapsed=release_words.elapsed(watch, now), bar=bar,
                   stands=_stands(watch, plan))  # fmt: skip
    return f"{_sign(watch)} *{draw(state)}*\n{draw(line)}"


def _sign(watch: Watch) -> str:
    if watch.decision:
        return {"keep": "✅", "patch": "🩹", "rollback": "⏪"}[watch.decision.verdict]
    return SIGNS[watch.level] if watch.is_open else "⏹️"


def _stands(watch: Watch, plan: Plan | None) -> Text:
    if watch.decision:
        signed = watch.decision
        return Text.of("Decided: {verdict}, by {who}, {at}: {why}", verdict=VERDICT_WORDS[signed.verdict],
                       who=signed.by, at=Moment(at=signed.at), why=signed.reason)  # fmt: skip
    if not watch.is_open:
        phase, at = PHASE_WORDS[watch.phase], Moment(at=watch.ended_at)
        if not watch.ended_by:
            return Text.of("{phase}, {at}", phase=phase, at=at)
        return Text.of("{phase} by {who}, {at}", phase=phase, who=watch.ended_by, at=at)
    counts = [(level, _count(watch, plan, level)) for level in WORST_FIRST]
    parts = tuple(Text.of("{count} {word}", count=count, word=LEVEL_WORDS[level]) for level, count in counts if count)
    overall = Text.of("{level}", level=LEVEL_WORDS[watch.level])
    if watch.phase is Phase.DECIDING:
        overall = Text.of("{level}, waits for its decision", level=LEVEL_WORDS[watch.level])
    return Text.of("{overall} ({counts})", overall=overall, counts=Joined(parts, ", ")) if parts else overall


def _count(watch: Watch, plan: Plan | None, level: Level) -> int:
    return sum(watch.judged.get(name, Judged()).level is level for name in (plan.checks if plan else ()))


def _checks(watch: Watch, plan: Plan, now: int) -> list[Text]:
    return [check_line(name, plan, watch, now, changes=True) for name in worst_first(plan.checks, watch)]


def _foot(watch: Watch, plan: Plan | None, pen: Pen, now: int) -> str:
    parts = []
    if watch.is_open and plan:
        parts.append(_next(watch, plan, pen, now))
        if watch.phase is Phase.DECIDING and (against := blockers(watch, plan)):
            parts.append(Text.counted("{count} against a keep", "{count} against a keep", count=len(against)))
    parts.append(still_open(watch, pen.policy))
    if watch.proposed:
        parts.append(Text.of("a keep by {who} waits for a second person", who=watch.proposed.by))
    parts += _budgets(watch, pen)
    if plan and (freeze := pen.freezes.get(plan.scope)) and freeze.locks(now):
        parts.append(Text.of("❄️ {scope} is frozen until {at}: {why}", scope=freeze.title, at=Moment(at=freeze.until),
                             why=freeze.why))  # fmt: skip
    if watch.baseline:
        parts.append(Text.of("baseline {version}", version=watch.baseline))
    if watch.owner:
        parts.append(Text.of("owner {who}", who=", ".join(name.removeprefix("@") for name in watch.owner)))
    for place, why in watch.observed.refused.items():
        parts.append(Text.of("meant for {place}, which Slack refuses ({why})", place=place, why=why))
    links = [link(draw(LINK_WORDS.get(found.name, LINK)), found.url) for found in watch.links]
    read = Text.of("read {at}", at=Moment(at=watch.read_at)) if watch.read_at else Text.of("not read yet")
    return row([draw(part) for part in (*parts, read)] + links, CONTEXT_MAX)


def _budgets(watch: Watch, pen: Pen) -> list[Text]:
    """What is left of the error budgets that are no checks of the plan."""
    known = {name: watch.readings.get(key_of(name)) for name in pen.policy.slos}
    left = {name: reading.value for name, reading in known.items() if reading and reading.value is not None}
    return [
        Text.of("error budget {name}: {left} left", name=name, left=number(value, "%")) for name, value in left.items()
    ]


def _next(watch: Watch, plan: Plan, pen: Pen, now: int) -> Text:
    due = cadence.due(plan, watch, pen.policy.zone)
    if watch.phase is Phase.DECIDING or not due:
        return Text.of("next: the decision")
    name = min(due, key=lambda one: due[one])
    if due[name] <= now:
        return Text.of("next: {name}, any moment", name=name)
    return Text.of("next: {name} in {span}", name=name, span=Span(ms=due[name] - now))


def _checkpoint(name: str, text: Value, watch: Watch, due: dict[str, int]) -> Text:
    latest = next((taken for taken in reversed(watch.taken) if taken.name == name), None)
    words = Text.of("{name}: {text}", name=name, text=text) if text else Text.of("{name}", name=name)
    if latest and latest.gate is not None:
        words = Text.of("{words} ({gate})", words=words, gate=Text.of("PASS") if latest.gate else Text.of("FAIL"))
    if name in due:
        sign = "🔁" if latest else "⏳"
        return Text.of("{sign} {at} – {words}", sign=sign, words=words, at=Moment(at=due[name]))
    return Text.of("✔️ {words}", words=words) if latest else Text.of("➖ {words}", words=words)


def _buttons(watch: Watch, pen: Pen) -> list[Block]:
    """Those that make sense now; the action_id is the name of the button's file in handlers/buttons."""
    offered = (
        (True, "details", Text.of("Details"), ""),
        (True, "chart", Text.of("Chart"), ""),
        (watch.is_open, "tick", Text.of("Tick…"), ""),
        (watch.is_open, "decide", Text.of("Decide…"), "primary" if watch.phase is Phase.DECIDING else ""),
    )
    found = [button(name, label, watch.key, style=style) for fits_now, name, label, style in offered if fits_now]
    return [*found, *remedies.of_watch(watch, pen)]


def _no_plan(watch: Watch) -> Text:
    return Text.of("The policy has no plan {plan} any more, so nothing is read.", plan=watch.plan)
