"""What `sereno doctor` finds out about the sources of release plans and SLOs."""

from aiohttp import web

from tests.bot.test_doctor import Practice, practice
from tests.conftest import serve
from tests.e2e.releases import POLICY

__all__ = ["practice"]
PROBED = """
channels: {fallback: "#general"}
severities: {P0: {label: [critical]}, P1: {}}
releases:
  shop:
    words: The shop
    checkpoints: [{name: T+0, at: 0h}]
    yellow: {severity: P0}
    red: {severity: P0}
    checks:
"""
SLO = """
slos:
  answers: {words: answered, objective: 99, good: 'good[$window]', total: 'total[$window]'}
"""


def sources(*, number: bool = True, repository: int = 200, package: int = 200) -> web.Application:
    """Prometheus, GitHub and PyPI as one server."""

    async def query(request: web.Request) -> web.Response:
        said = await request.post()
        if not number or "failed" in str(said["query"]):
            body = {"status": "error", "errorType": "bad_data", "error": "parse error: unexpected end of input"}
            return web.json_response(body, status=400)
        return web.json_response({"status": "success", "data": {"resultType": "vector", "result": []}})

    async def build(_request: web.Request) -> web.Response:
        return web.json_response({"status": "success", "data": {"version": "2.42.0"}})

    async def release(request: web.Request) -> web.Response:
        missing = "tags" in request.path
        status = 404 if missing else repository
        return web.json_response(
            {"full_name": "acme/sdk"} if status == 200 else {"message": "Not Found"}, status=status
        )

    async def pypi(request: web.Request) -> web.Response:
        status = 404 if "version" in request.match_info else package
        return web.json_response({"info": {}} if status == 200 else {"message": "Not Found"}, status=status)

    app = web.Application()
    app.router.add_post("/api/v1/query", query)
    app.router.add_get("/api/v1/status/buildinfo", build)
    app.router.add_get("/repos/acme/sdk", release)
    app.router.add_get("/repos/acme/sdk/releases/tags/{tag}", release)
    app.router.add_get("/pypi/{name}/json", pypi)
    app.router.add_get("/pypi/{name}/{version}/json", pypi)
    return app


async def looked(practice: Practice, policy: str, app: web.Application | None) -> dict[str, tuple[str, str]]:
    path = practice.folder / "policy.yaml"
    path.write_text(policy)
    if app is None:
        said = await practice.look(path)
    else:
        async with serve(app) as url:
            said = await practice.look(path, PROMETHEUS_URL=url, GITHUB_API_URL=url, PYPI_URL=url)
    return {row["what"]: (row["level"], row["found"]) for row in said.rows}


async def test_a_policy_that_reads_nothing_outside(practice: Practice) -> None:
    said = await practice.look()
    assert said["releases"] == ("ok", "the plans read nothing outside of Sereno", "")


async def test_each_query_is_asked_once(practice: Practice) -> None:
    found = await looked(practice, POLICY, sources())
    level, words = found["Prometheus"]
    assert level == "ok"
    assert words.endswith("version 2.42.0; 2 queries can be asked"), "`sample` and ready-p95"
    level, words = found["releases.sdk.checks.init-failures.prometheus"]
    assert (level, words) == ("wrong", "parse error: unexpected end of input")
    assert found["releases.sdk.repository"] == ("ok", "GitHub knows acme/sdk")
    assert found["releases.sdk.checks.artefacts.registry"] == ("ok", "pypi knows acme-sdk")


async def test_what_is_not_there(practice: Practice) -> None:
    found = await looked(practice, POLICY, sources(repository=404, package=404))
    assert found["releases.sdk.repository"][0] == "wrong"
    assert "acme/sdk" in found["releases.sdk.repository"][1]
    assert found["releases.sdk.checks.artefacts.registry"][0] == "wrong"


async def test_no_prometheus_is_said(practice: Practice) -> None:
    path = practice.folder / "policy.yaml"
    path.write_text(POLICY + SLO)
    said = await practice.look(path, GITHUB_API_URL="http://127.0.0.1:9", PYPI_URL="http://127.0.0.1:9")
    level, words, todo = said["Prometheus"]
    assert level == "warning"
    assert words.startswith("PROMETHEUS_URL is not set, and 5 queries of the policy want it")
    assert "PROMETHEUS_URL" in todo
    assert said["releases.sdk.repository"][0] == "warning", "nobody knows whether the name is wrong"


async def test_a_prometheus_that_is_away(practice: Practice) -> None:
    path = practice.folder / "policy.yaml"
    path.write_text(POLICY)
    environ = dict.fromkeys(("PROMETHEUS_URL", "GITHUB_API_URL", "PYPI_URL"), "http://127.0.0.1:9")
    said = await practice.look(path, **environ)
    assert said["Prometheus"][0] == "wrong"
    assert "not connected" in said["Prometheus"][1]


async def test_services_are_asked_whether_they_answer(practice: Practice) -> None:
    async def health(request: web.Request) -> web.Response:
        return web.Response(status=200 if request.path == "/health" else 503)

    app = web.Application()
    app.router.add_get("/{name}", health)
    path = practice.folder / "policy.yaml"
    async with serve(app) as url:
        names = ("health", "cart", "$version")
        checks = "".join(f'      c{n}: {{words: It, http: "{url}/{name}"}}\n' for n, name in enumerate(names))
        path.write_text(PROBED + checks)
        said = await practice.look(path)
        found = {row["what"]: (row["level"], row["found"]) for row in said.rows}
    assert found["releases.shop.checks.c0.http"] == ("ok", f"{url}/health: HTTP 200")
    assert found["releases.shop.checks.c1.http"] == ("warning", f"{url}/cart: HTTP 503")
    assert "releases.shop.checks.c2.http" not in found, "nobody knows of a release yet"
