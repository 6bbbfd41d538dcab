"""What a record's mail says: of an incident, how it stands when the mail goes out; of a digest, all of it."""

from collections.abc import Iterator
from email.message import EmailMessage

from bot import charts
from bot.cards.chart import day_words, days
from bot.cards.mail import Image, letter
from rules.incident import Incident
from rules.letter import Letter
from rules.policy import Policy
from rules.report import Report
from rules.summary import Part
from rules.text import Moment, Text

MEMBERS, LABELS = 20, 20


def of_incident(incident: Incident, wanted: Letter, policy: Policy) -> EmailMessage:
    """That it asks for somebody, or that it is over."""
    words = policy.rule(incident.severity).words
    severity = f"{incident.severity} {words}".strip()
    if incident.is_open:
        subject = Text.of("{severity}: {title}", severity=severity, title=incident.title)
    else:
        subject = Text.of("Over: {title} ({severity})", severity=severity, title=incident.title)
    parts = [Part(heading=Text.of("What is known"), lines=tuple(_known(incident)))]
    if members := tuple(_members(incident)):
        parts.append(Part(heading=Text.of("What fires"), lines=members))
    return letter(subject=subject, lead=tuple(_lead(incident)), parts=parts, foot=_foot(incident, wanted))


def of_report(report: Report) -> EmailMessage:
    """The whole digest, with its chart where there is something to draw with. Takes about a tenth of a second."""
    foot = Text.of("You get this because the digest {name} of the policy names your address.", name=report.name)
    picture = None
    if report.bars and charts.available():
        picture = Image(png=charts.png(days(report)), alt=Text.of("{words}", words=day_words(report)))
    return letter(subject=report.title, lead=report.lead, parts=report.parts, foot=foot, picture=picture)


def _lead(incident: Incident) -> Iterator[Text]:
    if incident.summary:
        yield Text.of("{summary}", summary=incident.summary)
    if not incident.is_open:
        yield Text.of("Over since {at}.", at=Moment(at=incident.resolved_at))
    elif incident.taken_by:
        yield Text.of("{person} has it, since {at}.", person=incident.taken_by, at=Moment(at=incident.taken_at))
    else:
        yield Text.of("Open since {at}. Nobody has taken it yet.", at=Moment(at=incident.since))


def _known(incident: Incident) -> Iterator[Text]:
    yield Text.of("Its name here: {id}, in {place}", id=incident.id, place=incident.place)
    if incident.owner:
        yield Text.of("Owner: {owner}", owner=incident.owner)
    if incident.runbook:
        yield Text.of("Runbook: {url}", url=incident.runbook)
    for link in incident.links:
        yield Text.of("{name}: {url}", name=link.name, url=link.url)
    for name, value in sorted(incident.labels.items())[:LABELS]:
        yield Text.of("{name}: {value}", name=name, value=value)


def _members(incident: Incident) -> Iterator[Text]:
    if not incident.is_open:
        return
    named = [member for member in incident.firing if member.what]
    for member in named[:MEMBERS]:
        yield Text.of("{what}", what=member.what)
    if len(named) > MEMBERS:
        left = len(named) - MEMBERS
        yield Text.counted("… and {count} more", "… and {count} more", count=left)


def _foot(incident: Incident, wanted: Letter) -> Text:
    if wanted.instead:
        return Text.of("You get this because Slack has not shown it, and the policy names your address for that.")
    route = incident.route or Text.of("no route")
    return Text.of(
        "You get this because the policy names your address for {severity}, or for its route ({route}).",
        severity=incident.severity, route=route,
    )  # fmt: skip
