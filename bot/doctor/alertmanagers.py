"""Alertmanager: whether it answers, as what, at what time, and whether it knows our hook."""

import aiohttp
from pydantic import AliasPath, BaseModel, Field, ValidationError

from bot.doctor.addresses import cause
from bot.doctor.case import Case
from bot.doctor.clocks import agreement
from bot.doctor.finding import Finding, ok, warning, wrong
from bot.doctor.memory import last_heard
from bot.settings import Address
from rules import durations
from rules.text import Text

WHAT, HOOK, HIDDEN = "Alertmanager", "/hooks/alertmanager", "<secret>"
PATH = "/api/v2/status"
EXAMPLE = Text.of("deploy/alertmanager.example.yml shows how")


class _Status(BaseModel):
    version: str = Field(validation_alias=AliasPath("versionInfo", "version"))
    config: str = Field("", validation_alias=AliasPath("config", "original"))


async def alertmanager(case: Case) -> list[Finding]:
    """Not having one is fine."""
    address = case.settings.alertmanager
    if address is None:
        return [
            ok(WHAT, Text.of("ALERTMANAGER_URL is not set: silences and the comparison with what fires there are off"))
        ]
    asked = case.clock.now()
    try:
        async with case.http.get(address.url + PATH, headers=address.headers, allow_redirects=False) as answer:
            status, date, body = answer.status, answer.headers.get("Date", ""), await answer.read()
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return [_away(address, cause(error))]
    answered = case.clock.now()
    if status != 200:
        return [_refused(address, status)]
    try:
        told = _Status.model_validate_json(body)
    except ValidationError:
        return [
            wrong(
                WHAT,
                Text.of("{url} answers, but not as Alertmanager does", url=address.url),
                Text.of("see where ALERTMANAGER_URL leads"),
            )
        ]
    cost = Text.of("silences begin and end at the wrong time")
    return [
        ok(WHAT, Text.of("{url} answers, version {version}", url=address.url, version=told.version)),
        agreement(WHAT, date, asked, answered, cost),
        await _hook(told.config, case),
    ]


def _away(address: Address, why: str) -> Finding:
    return wrong(
        WHAT,
        Text.of("{url} cannot be reached: {why}", url=address.url, why=why),
        Text.of("see that it runs, and that ALERTMANAGER_URL is right"),
    )


def _refused(address: Address, status: int) -> Finding:
    todo = {
        401: Text.of("set ALERTMANAGER_TOKEN, or ALERTMANAGER_USER and ALERTMANAGER_PASSWORD"),
        403: Text.of("its credentials may not read the status"),
        404: Text.of("write the prefix under which it is served into ALERTMANAGER_URL"),
    }.get(status, Text.of("see its log, or that of the proxy in front of it"))
    if 300 <= status < 400:
        todo = Text.of("it is a redirect: write the address where it ends into ALERTMANAGER_URL")
    return wrong(WHAT, Text.of("{url} answers HTTP {status}", url=address.url, status=status), todo)


async def _hook(config: str, case: Case) -> Finding:
    what = "Alertmanager's hook"
    if HOOK in config:
        return ok(what, Text.of("a receiver sends to {hook}", hook=HOOK))
    if not config:
        return warning(
            what,
            Text.of("its configuration cannot be seen"),
            Text.of("make sure that a receiver sends to {hook}; {example}", hook=HOOK, example=EXAMPLE),
        )
    if "webhook_configs" not in config or (HIDDEN not in config and "url_file" not in config):
        return warning(
            what,
            Text.of("no receiver sends to {hook}", hook=HOOK),
            Text.of("add a webhook_config; {example}", example=EXAMPLE),
        )
    hidden = Text.of("it hides the addresses of its webhooks, as all do from 0.26 on")
    if at := await last_heard(case, "alertmanager"):
        return ok(
            what,
            Text.of(
                "{hidden}; {hook} was last heard {span} ago",
                hidden=hidden,
                hook=HOOK,
                span=durations.show(max(case.clock.now() - at, 0)),
            ),
        )
    return warning(
        what,
        Text.of("{hidden}; {hook} was not heard yet", hidden=hidden, hook=HOOK),
        Text.of("make sure that one of them is {hook}; {example}", hook=HOOK, example=EXAMPLE),
    )
