"""The ways to what is outside besides Slack: Alertmanager, Prometheus, GitHub, the registries, any JSON, mail."""

from contextlib import AsyncExitStack
from dataclasses import dataclass

import aiohttp

from bot.clients.alertmanager import Alertmanager
from bot.clients.documents import Documents
from bot.clients.github import GitHub
from bot.clients.mail import Mail
from bot.clients.probes import Probes
from bot.clients.prometheus import Prometheus
from bot.clients.registries import Registries
from bot.clock import Clock
from bot.metrics import Metrics
from bot.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """One client for each. Alertmanager, Prometheus and mail are None when they are not set."""

    alertmanager: Alertmanager | None
    prometheus: Prometheus | None
    github: GitHub
    registries: Registries
    documents: Documents
    probes: Probes
    mail: Mail | None


async def opened(settings: Settings, metrics: Metrics, clock: Clock, stack: AsyncExitStack) -> Outside:
    """The clients that the settings ask for, closed with the stack."""
    session = await stack.enter_async_context(aiohttp.ClientSession())
    public = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
    one, other, github = settings.alertmanager, settings.prometheus, settings.github
    return Outside(
        alertmanager=Alertmanager(session, one.url, one.headers, metrics.asked) if one else None,
        prometheus=Prometheus(session, other.url, other.headers, metrics.read("prometheus")) if other else None,
        github=GitHub(session, github.url, github.headers, metrics.read("github"), clock),
        registries=Registries(
            public, settings.registries, metrics.read("registry"), clock, contact=settings.sereno_public_url
        ),
        documents=Documents(public, metrics.read("json")),
        probes=Probes(public, metrics.read("http")),
        mail=Mail(post, metrics.read("mail")) if (post := settings.smtp) else None,
    )
