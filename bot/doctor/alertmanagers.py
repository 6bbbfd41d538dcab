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

WHAT, HOOK, HIDDEN = "Alertmanager", "/hooks/alertmanager", "<secret>"
PATH = "/api/v2/status"
EXAMPLE = "deploy/alertmanager.example.yml shows how"


class _Status(BaseModel):
    version: str = Field(validation_alias=AliasPath("versionInfo", "version"))
    config: str = Field("", validation_alias=AliasPath("config", "original"))


async def alertmanager(case: Case) -> list[Finding]:
    """Not having one is fine."""
    address = case.settings.alertmanager
    if address is None:
        return [ok(WHAT, "ALERTMANAGER_URL is not set: silences and the comparison with what fires there are off")]
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
        return [wrong(WHAT, f"{address.url} answers, but not as Alertmanager does", "see where ALERTMANAGER_URL leads")]
    cost = "silences begin and end at the wrong time"
    return [
        ok(WHAT, f"{address.url} answers, version {told.version}"),
        agreement(WHAT, date, asked, answered, cost),
        await _hook(told.config, case),
    ]


def _away(address: Address, why: str) -> Finding:
    return wrong(
        WHAT, f"{address.url} cannot be reached: {why}", "see that it runs, and that ALERTMANAGER_URL is right"
    )


def _refused(address: Address, status: int) -> Finding:
    todo = {
        401: "set ALERTMANAGER_TOKEN, or ALERTMANAGER_USER and ALERTMANAGER_PASSWORD",
        403: "its credentials may not read the status",
        404: "write the prefix under which it is served into ALERTMANAGER_URL",
    }.get(status, "see its log, or that of the proxy in front of it")
    if 300 <= status < 400:
        todo = "it is a redirect: write the address where it ends into ALERTMANAGER_URL"
    return wrong(WHAT, f"{address.url} answers HTTP {status}", todo)


async def _hook(config: str, case: Case) -> Finding:
    what = "Alertmanager's hook"
    if HOOK in config:
        return ok(what, f"a receiver sends to {HOOK}")
    if not config:
        return warning(
            what, "its configuration cannot be seen", f"make sure that a receiver sends to {HOOK}; {EXAMPLE}"
        )
    if "webhook_configs" not in config or (HIDDEN not in config and "url_file" not in config):
        return warning(what, f"no receiver sends to {HOOK}", f"add a webhook_config; {EXAMPLE}")
    hidden = "it hides the addresses of its webhooks, as all do from 0.26 on"
    if at := await last_heard(case, "alertmanager"):
        return ok(what, f"{hidden}; {HOOK} was last heard {durations.show(max(case.clock.now() - at, 0))} ago")
    return warning(what, f"{hidden}; {HOOK} was not heard yet", f"make sure that one of them is {HOOK}; {EXAMPLE}")
