"""What release plans and SLOs read: whether the sources answer, and whether each query gives one number."""

import asyncio
from collections.abc import Awaitable, Iterator

import aiohttp

from bot.clients.asking import Rejected, Unreachable
from bot.clients.github import GitHub
from bot.clients.probes import Probes
from bot.clients.prometheus import Prometheus
from bot.clients.registries import Registries, Registry
from bot.doctor.case import Case
from bot.doctor.finding import Finding, ok, warning, wrong
from bot.sources.asked import filled
from rules import slo
from rules.plan import Plan
from rules.text import Text

PROMETHEUS = "Prometheus"
A_VERSION = "v0.0.0"  # stands in for the release that is watched
SHOWN = 5


async def release_sources(case: Case) -> list[Finding]:
    """Only what the policy needs is asked."""
    plans, slos = case.policy.releases, case.policy.slos
    if not plans and not slos:
        return [ok("releases", Text.of("the policy has no release plan and no SLO: nothing is read"))]
    found = await _prometheus(case)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as public:
        for name, plan in plans.items():
            found += [*await _github(case, public, name, plan), *await _registries(case, public, name, plan)]
            found += await _probes(public, name, plan)
    return found or [ok("releases", Text.of("the plans read nothing outside of Sereno"))]


async def _prometheus(case: Case) -> list[Finding]:
    queries, address = dict(_queries(case)), case.settings.prometheus
    if not queries:
        return []
    if address is None:
        what = Text.counted(
            "PROMETHEUS_URL is not set, and {count} query of the policy wants it: it lacks data",
            "PROMETHEUS_URL is not set, and {count} queries of the policy want it: they lack data",
            count=len(queries),
        )
        return [warning(PROMETHEUS, what, Text.of("set PROMETHEUS_URL, or take these checks out of the policy"))]
    client = Prometheus(case.http, address.url, address.headers, _unheard)
    try:
        version = await client.version()
    except (Unreachable, Rejected) as error:
        todo = Text.of(
            "see that it runs, and that PROMETHEUS_URL, and PROMETHEUS_TOKEN or user and password, are right"
        )
        return [wrong(PROMETHEUS, Text.of("{url} does not answer: {error}", url=address.url, error=error.said), todo)]
    faults = []
    for where, query in queries.items():
        try:
            await client.value(query)
        except (Unreachable, Rejected) as error:
            todo = Text.of("mend the PromQL in the policy; it has to give one number")
            faults.append(wrong(where, error.said, todo))
    told = Text.counted(
        "{url} answers, version {version}; {count} query can be asked",
        "{url} answers, version {version}; {count} queries can be asked",
        url=address.url, version=version, count=len(queries) - len(faults),
    )  # fmt: skip
    return [ok(PROMETHEUS, told), *faults[:SHOWN]]


def _queries(case: Case) -> Iterator[tuple[str, str]]:
    for name, plan in case.policy.releases.items():
        for one, check in plan.checks.items():
            for field in ("prometheus", "sample", "baseline_prometheus"):
                if query := getattr(check, field):
                    yield f"releases.{name}.checks.{one}.{field}", filled(query, A_VERSION, check.within)
    for name, objective in case.policy.slos.items():
        for window, (good, total) in slo.queries(objective).items():
            if window == objective.window:
                yield f"slos.{name}.good", good
                yield f"slos.{name}.total", total


async def _github(case: Case, public: aiohttp.ClientSession, name: str, plan: Plan) -> list[Finding]:
    wants = [one for one, check in plan.checks.items() if check.github]
    if not wants:
        return []
    where = f"releases.{name}.repository"
    if not plan.repository:
        return [
            wrong(
                where,
                Text.of("{check} is read at GitHub, and the plan names no repository", check=wants[0]),
                Text.of("write owner/name"),
            )
        ]
    github = case.settings.github
    client = GitHub(public, github.url, github.headers, _unheard, case.clock)
    good = Text.of("GitHub knows {repository}", repository=plan.repository)
    todo = Text.of("look at the name; a private repository needs a GITHUB_TOKEN that may read it")
    return [await _asked(where, client.release(plan.repository, A_VERSION), good, todo)]


async def _registries(case: Case, public: aiohttp.ClientSession, name: str, plan: Plan) -> list[Finding]:
    client = Registries(public, case.settings.registries, _unheard, case.clock)
    wants = {check.registry: one for one, check in reversed(plan.checks.items()) if check.registry}  # the first's name
    found = []
    for package, one in wants.items():
        kind, _, short = package.partition("/")
        where = f"releases.{name}.checks.{one}.registry"
        good = Text.of("{registry} knows {package}", registry=kind, package=short)
        look = client.look(Registry(kind), short, A_VERSION)
        found.append(await _asked(where, look, good, Text.of("look at the package's name")))
    return found


async def _probes(public: aiohttp.ClientSession, name: str, plan: Plan) -> list[Finding]:
    """The addresses of services; not those that name the release, for there is none yet."""
    wants = {one: check.http for one, check in plan.checks.items() if check.http and "$" not in check.http}
    client = Probes(public, _unheard)
    return await asyncio.gather(*(_probed(client, f"releases.{name}.checks.{one}.http", wants[one]) for one in wants))


async def _probed(client: Probes, where: str, url: str) -> Finding:
    found = await client.ask(url)
    said = Text.of("{url}: {said}", url=url, said=found.said)
    todo = Text.of("see whether it is up, and whether this machine may reach it")
    return ok(where, said) if found.success else warning(where, said, todo)


async def _asked(where: str, question: Awaitable[object], good: Text, todo: Text) -> Finding:
    try:
        await question
    except Rejected as error:
        return wrong(where, error.said, todo)
    except Unreachable as error:
        return warning(
            where, Text.of("no answer: {error}", error=error.said), Text.of("see whether this machine may reach it")
        )
    return ok(where, good)


def _unheard(_call: str, _result: str) -> None:
    """Doctor has no metrics."""
