"""The form behind Decide…: keep, patch or roll back, and why; it shows what speaks against a keep."""

from handlers.contract import Choice, Desk, Faults, Field, Form, FormHandler, Handled, Reply, Values
from handlers.deciding import against, decide
from handlers.releases import Nothing, only
from rules.deciding import blockers
from rules.release_words import VERDICT_WORDS
from rules.signal import Actor
from rules.text import Text
from rules.watch import Verdict, Watch

VERDICT, WHY, DESPITE = "verdict", "why", "despite"


def blank(watch: Watch, desk: Desk) -> Handled:
    """The form as it opens; or why there is none."""
    if not watch.is_open:
        return [Text.of("{release} is decided, or not watched any more.", release=watch.release)]
    return _form(watch, desk, {VERDICT: Verdict.KEEP.value})


async def changed(key: str, values: Values, _person: Actor, desk: Desk) -> Form:
    """The same form with what speaks against the verdict that is chosen."""
    return _form(await only(key, desk), desk, values)


async def sent(key: str, values: Values, person: Actor, desk: Desk) -> Reply | Faults:
    """Sign it."""
    try:
        watch = await only(key, desk)
    except Nothing as nothing:
        return nothing.reply
    why = values.get(WHY, "").strip()
    if not why:
        return {WHY: Text.of("Say why: the decision is recorded with its reason.")}
    verdict = Verdict(values.get(VERDICT, Verdict.KEEP.value))
    return await decide(watch, verdict, why, person, desk, despite="yes" in values.get(DESPITE, ""))


def _form(watch: Watch, desk: Desk, values: Values) -> Form:
    plan = desk.policy().releases.get(watch.plan)
    choices = tuple(Choice(value=one.value, label=VERDICT_WORDS[one]) for one in Verdict)
    chosen = values.get(VERDICT, Verdict.KEEP.value)
    blocked = bool(plan and chosen == Verdict.KEEP.value and blockers(watch, plan))
    fields = [
        Field(name=VERDICT, label=Text.of("Decision"), value=chosen, choices=choices, watched=True),
        Field(name=WHY, label=Text.of("Why"), value=values.get(WHY, ""), lines=2),
    ]
    if blocked:
        label = Text.of("keep it all the same; a second person has to say so too")
        fields.append(
            Field(name=DESPITE, label=Text.of("Despite all that"), value=values.get(DESPITE, ""), many=True,
                  optional=True, choices=(Choice(value="yes", label=label),))
        )  # fmt: skip
    below = against(watch, desk) if blocked else [Text.of("Nothing speaks against it.")]
    title = Text.of("Decide {release}", release=watch.release)
    return Form(name="decide", about=watch.key, title=title, send=Text.of("Decide"), fields=tuple(fields), below=below)


FORM = FormHandler(changed=changed, sent=sent)
