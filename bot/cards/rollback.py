"""A rollback as a card: what goes back to what and why, its checklist, what GitHub was told, which version runs."""

from bot.cards.face import BUTTON_MAX, CONTEXT_MAX, TEXT_MAX, Block, Face, Pen, actions, button, context, section
from bot.cards.mrkdwn import cut, draw, row
from bot.cards.pages import paragraphs
from rules.dispatching import hint, named
from rules.rollback import Call, Phase, Rollback, Sent, Todo
from rules.text import Moment, Text

STEP_MAX, LINES_MAX = 300, 6000  # characters of one step on the card; of all


def card(rollback: Rollback, pen: Pen, mention: tuple[str, ...]) -> Face:
    """The root message. `mention`: only on the first posting, an edit never pings."""
    head, foot = draw(_head(rollback)), _foot(rollback)
    if pings := " ".join(pen.spell(name) for name in mention):
        head = f"{head}  {pings}"
    lines = [draw(line, STEP_MAX) for line in (*_checklist(rollback), *_outside(rollback))]
    blocks = [section(head), *paragraphs(lines, LINES_MAX), context(foot)]
    if buttons := _buttons(rollback):
        blocks.append(actions(buttons))
    return Face(text=cut("\n".join([head, *lines, foot]), TEXT_MAX), blocks=blocks)


def _head(rollback: Rollback) -> Text:
    said = {"release": rollback.release, "to": rollback.to, "why": rollback.why, "title": rollback.title}
    match rollback.phase:
        case Phase.PROPOSED:
            return Text.of("⏳ *{release}* · {title} may be rolled back to {to}: {why}", **said)
        case Phase.BEGUN:
            return Text.of("⏪ *{release}* · {title} is being rolled back to {to}: {why}", **said)
        case Phase.DONE:
            return Text.of("✅ *{release}* · {title} is rolled back to {to}: {why}", **said)
        case Phase.GIVEN_UP:
            return Text.of("⏹️ *{release}* · {title}: its rollback to {to} was given up: {why}", **said)


def _checklist(rollback: Rollback) -> list[Text]:
    return [_step(number, step) for number, step in enumerate(rollback.steps, 1)]


def _step(number: int, step: Todo) -> Text:
    if not step.done_at:
        return Text.of("⬜ {n}. {step}", n=number, step=step.text)
    at = Moment(at=step.done_at, short=True)
    return Text.of("✅ {n}. {step} ({who}, {at})", n=number, step=step.text, who=step.done_by, at=at)


def _outside(rollback: Rollback) -> list[Text]:
    """What GitHub was told, and what runs."""
    found = [_call(rollback.call, rollback)] if rollback.call else []
    if rollback.looks and rollback.begun_at:
        found.append(_running(rollback))
    return found


def _call(call: Call, rollback: Rollback) -> Text:
    what, at = named(call), Moment(at=call.at, short=True)
    if rollback.phase is Phase.PROPOSED:
        return Text.of("🛫 When it is confirmed, GitHub starts {what}.", what=what)
    match call.state:
        case Sent.WANTED if rollback.phase is not Phase.BEGUN:
            return Text.of("✋ GitHub was not told to start {what}.", what=what)
        case Sent.WANTED if call.why:
            return Text.of(
                "⏳ GitHub does not answer ({why}); I go on trying to start {what}.", why=call.why, what=what
            )
        case Sent.WANTED | Sent.SENDING:
            return Text.of("⏳ GitHub is told to start {what}.", what=what)
        case Sent.SENT:
            return Text.of("🛫 GitHub has started {what}, {at}.", what=what, at=at)
        case Sent.UNKNOWN:
            return Text.of(
                "❓ I do not know whether GitHub got it ({at}); look at the Actions page of {repository}.",
                at=at, repository=call.repository,
            )  # fmt: skip
        case Sent.REFUSED:
            return Text.of("❌ GitHub did not start {what}, {at}: {why}", what=what, at=at, why=hint(call))


def _running(rollback: Rollback) -> Text:
    sign, runs = "✅" if rollback.is_back else "⬜", rollback.running
    said = Text.of("not seen yet which version runs")
    if runs:
        said = Text.of("{version} runs, seen first {at}", version=runs, at=Moment(at=rollback.running_at, short=True))
    if rollback.trouble:
        return Text.of("{sign} {said}; it cannot be seen now: {why}", sign=sign, said=said, why=rollback.trouble)
    return Text.of("{sign} {said}", sign=sign, said=said)


def _foot(rollback: Rollback) -> str:
    parts = [Text.of("decided by {who}", who=rollback.by)]
    if rollback.phase is Phase.PROPOSED:
        parts = [Text.of("{who} wants it, and waits for a second person", who=rollback.by)]
    if rollback.second:
        parts.append(Text.of("confirmed by {second}", second=rollback.second))
    if rollback.begun_at:
        parts.append(Text.of("since {at}", at=Moment(at=rollback.begun_at)))
    if rollback.otherwise:
        parts.append(rollback.otherwise)
    if not rollback.is_open:
        parts += _over(rollback)
    for place, why in rollback.observed.refused.items():
        parts.append(Text.of("meant for {place}, which Slack refuses ({why})", place=place, why=why))
    return row([draw(part) for part in parts], CONTEXT_MAX)


def _over(rollback: Rollback) -> list[Text]:
    ended = Text.of("ended {at}", at=Moment(at=rollback.ended_at))
    if rollback.ended_by:
        ended = Text.of("ended by {who}, {at}", who=rollback.ended_by, at=Moment(at=rollback.ended_at))
    return [ended, Text.of("{why}", why=rollback.ended_why)] if rollback.ended_why else [ended]


def _buttons(rollback: Rollback) -> list[Block]:
    """Those that make sense now. They carry the name of this one rollback: an old card does nothing to a newer one."""
    if not rollback.is_open:
        return []
    found = []
    if rollback.phase is Phase.PROPOSED:
        found.append(button("confirm", Text.of("Confirm"), rollback.id, style="danger"))
    elif number := rollback.coming:
        found.append(button("step", _next(number, rollback), f"{rollback.id}/{number}", style="primary"))
    if rollback.call and rollback.call.state in (Sent.UNKNOWN, Sent.REFUSED):
        found.append(button("resend", Text.of("Send again"), rollback.id))
    return [*found, button("giveup", Text.of("Give up…"), rollback.id)]


def _next(number: int, rollback: Rollback) -> Text:
    step = rollback.steps[number - 1].text
    words = step if isinstance(step, Text) else step[: BUTTON_MAX - 30]
    return Text.of("Done: {n}. {step}", n=number, step=words)
