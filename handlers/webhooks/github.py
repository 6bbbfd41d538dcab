"""GitHub's webhook: one event in, what it reports and what is to be counted out.

https://docs.github.com/en/webhooks/webhook-events-and-payloads. GitHub never sends again by itself, hence the patience.
"""

import re
from dataclasses import replace
from urllib.parse import parse_qs

from pydantic import ValidationError
from pydantic_core import from_json

from handlers.contract import MIB, Auth, Delivery, Source, Unparseable, Unsupported
from handlers.faults import first_fault
from handlers.github import advisories, deployments, issues, protection, releases, runs, scanning, tallies
from handlers.github.signals import Body, Reader
from rules.signal import Signal
from rules.text import Text
from rules.unfit import Unfit

FORM = "application/x-www-form-urlencoded"
DELIVERY_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")  # the signature covers the body only: a header may be anything


def _ping(_: Body) -> list[Signal]:
    return []


READERS: dict[str, Reader] = {
    "ping": _ping,
    **issues.EVENTS,
    **runs.EVENTS,
    **deployments.EVENTS,
    **protection.EVENTS,
    **advisories.EVENTS,
    **scanning.EVENTS,
    **releases.EVENTS,
    **tallies.EVENTS,
}


def parse(delivery: Delivery) -> list[Signal]:
    """The signals of one delivery. Raises Unparseable, or Unsupported for an event that no reader is for."""
    event = delivery.headers.get("x-github-event", "").strip()
    if not event:
        raise Unparseable(Text.of("X-GitHub-Event: the header is missing or empty"))
    body = _body(delivery)
    reader = READERS.get(event)
    if reader is None:
        raise Unsupported(
            Text.of(
                "the event {event} is not handled; take it off the webhook's list, or leave it", event=repr(event[:60])
            )
        )
    try:
        found = reader(body)
    except ValidationError as error:
        raise Unparseable(Text.of("not GitHub's {event}: {fault}", event=event, fault=first_fault(error))) from None
    return _numbered(found, delivery.headers.get("x-github-delivery", "").strip())


SOURCE = Source(auth=Auth.GITHUB, parse=parse, max_bytes=25 * MIB, patience=5.0)


def _body(delivery: Delivery) -> Body:
    try:
        body = from_json(_json(delivery), allow_inf_nan=False)
    except Unfit as error:
        raise Unparseable(Text.of("body: {why}", why=error.said)) from None
    except ValueError as error:
        raise Unparseable(Text.of("body: not JSON: {why}", why=str(error))) from None
    if not isinstance(body, dict):
        raise Unparseable(Text.of("body: an object is expected, not a {kind}", kind=type(body).__name__))
    return body


def _json(delivery: Delivery) -> bytes | str:
    kind = delivery.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM:
        return delivery.body
    fields = parse_qs(delivery.body.decode("ascii"), errors="strict", max_num_fields=10)
    if "payload" not in fields:
        raise Unfit(Text.of("the form has no field `payload`"))
    return fields["payload"][0]


def _numbered(found: list[Signal], delivery: str) -> list[Signal]:
    """Each signal has its own id: the desk takes each id once."""
    if not DELIVERY_ID.fullmatch(delivery):
        return found
    return [replace(signal, id=f"{delivery}/{number}") for number, signal in enumerate(found)]
