"""The client of the package registries against doubles with their real shapes; its settings."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.clients.registries import Published, Registries, Registry, Rejected, Unreachable
from bot.setting_values import BadSetting
from bot.settings import read
from tests.conftest import TurningClock, serve

FOREVER = 60
NOW = 1_795_237_200_000


class Stopped(TurningClock):
    def now(self) -> int:
        return NOW


def pypi_file(kind: str, name: str, *, yanked: bool = False, why: str | None = None, at: int = 0) -> dict[str, Any]:
    return {
        "comment_text": "", "digests": {"sha256": "0" * 64}, "downloads": -1, "filename": name, "has_sig": False,
        "packagetype": kind, "python_version": "source", "requires_python": ">=3.11", "size": 1,
        "upload_time": f"2026-11-21T05:00:0{at}", "upload_time_iso_8601": f"2026-11-21T05:00:0{at}.123456Z",
        "url": f"https://files.example.org/{name}", "yanked": yanked, "yanked_reason": why,
    }  # fmt: skip


def pypi(*files: dict[str, Any], yanked: bool = False, why: str | None = None) -> dict[str, Any]:
    info = {"name": "Aris-SDK", "version": "1.1.1", "yanked": yanked, "yanked_reason": why,
            "downloads": {"last_day": -1, "last_month": -1, "last_week": -1}}  # fmt: skip
    return {"info": info, "last_serial": 1, "urls": list(files), "vulnerabilities": []}


def crate(**more: Any) -> dict[str, Any]:
    version = {
        "id": 1, "crate": "aris", "num": "1.1.1", "dl_path": "/api/v1/crates/aris/1.1.1/download", "crate_size": 9,
        "created_at": "2026-11-21T05:00:00.123456+00:00", "updated_at": "2026-11-21T05:00:00.123456Z",
        "downloads": 1234, "features": {}, "yanked": False, "yank_message": None, "license": "MIT",
    }  # fmt: skip
    return {"version": version | more}


def npm(**more: Any) -> dict[str, Any]:
    dist = {"tarball": "https://registry.example.org/aris/-/aris-1.1.1.tgz", "shasum": "0" * 40, "fileCount": 3}
    return {"name": "aris", "version": "1.1.1", "dist": dist, "_id": "aris@1.1.1"} | more


@dataclass
class Double:
    """Answers by path; a path that is not here is answered as its registry does."""

    pages: dict[str, Any] = field(default_factory=dict)
    asked: list[web.Request] = field(default_factory=list)
    client: Registries | None = None
    seen: list[tuple[str, str]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        page = self.pages.get(request.raw_path)
        if isinstance(page, web.Response):
            return web.Response(status=page.status, body=page.body, headers=page.headers)
        if page == "hang":
            await asyncio.sleep(FOREVER)
        if page is not None:
            return web.json_response(page)
        if request.path.startswith("/api/v1/crates"):
            return web.json_response({"errors": [{"detail": "crate `x` does not exist"}]}, status=404)
        if request.path.startswith("/pypi/"):
            return web.json_response({"message": "Not Found"}, status=404)
        known = "/" + request.raw_path.split("/")[1] in self.pages
        return web.json_response("version not found: 1.1.1" if known else {"error": "Not found"}, status=404)

    async def look(self, registry: Registry, package: str = "aris", version: str = "1.1.1") -> Published:
        assert self.client
        return await self.client.look(registry, package, version)


@asynccontextmanager
async def registries(pages: dict[str, Any], *, timeout_s: float = 5.0, contact: str = "") -> AsyncIterator[Double]:
    double = Double(pages)
    app = web.Application()
    app.router.add_get("/{rest:.*}", double.answer)
    async with serve(app) as url, aiohttp.ClientSession() as http:
        double.client = Registries(
            http, dict.fromkeys(Registry, f"{url}/"), lambda *told: double.seen.append(told), Stopped(),
            contact=contact, timeout_s=timeout_s,
        )  # fmt: skip
        yield double


PYPI, CRATE, NPM = "/pypi/aris/1.1.1/json", "/api/v1/crates/aris/1.1.1", "/aris/1.1.1"
SDIST, WHEEL = pypi_file("sdist", "aris-1.1.1.tar.gz", at=2), pypi_file("bdist_wheel", "aris-1.1.1-py3.whl", at=1)
EGG = pypi_file("bdist_egg", "aris-1.1.1.egg", at=3)
TAKEN = pypi_file("sdist", "aris-1.1.1.tar.gz", yanked=True, why="broken\nwheels")


@pytest.mark.parametrize(
    ("registry", "path", "page", "expected"),
    [
        (Registry.PYPI, PYPI, pypi(SDIST, WHEEL, WHEEL), {"files": ("sdist", "wheel"), "since": NOW + 1123}),
        (Registry.PYPI, PYPI, pypi(EGG), {"files": ("bdist_egg",), "since": NOW + 3123}),
        (Registry.PYPI, PYPI, pypi(), {"files": ()}),
        (Registry.PYPI, PYPI, pypi(TAKEN, yanked=True, why="broken\nwheels"),
         {"files": ("sdist",), "yanked": True, "yanked_why": "broken wheels", "since": NOW + 123}),
        (Registry.PYPI, PYPI, pypi(TAKEN),
         {"files": ("sdist",), "yanked": True, "yanked_why": "broken wheels", "since": NOW + 123}),
        (Registry.PYPI, PYPI, pypi(TAKEN, WHEEL), {"files": ("sdist", "wheel"), "since": NOW + 123}),
        (Registry.CRATES, CRATE, crate(), {"files": ("crate",), "downloads": 1234, "since": NOW + 123}),
        (Registry.CRATES, CRATE, crate(yanked=True, yank_message="unsound"),
         {"files": ("crate",), "downloads": 1234, "since": NOW + 123, "yanked": True, "yanked_why": "unsound"}),
        (Registry.CRATES, CRATE, crate(yanked=True),
         {"files": ("crate",), "downloads": 1234, "since": NOW + 123, "yanked": True}),
        (Registry.NPM, NPM, npm(), {"files": ("tarball",)}),
        (Registry.NPM, NPM, npm(deprecated="use\n2.x"),
         {"files": ("tarball",), "yanked": True, "yanked_why": "use 2.x"}),
        (Registry.NPM, NPM, npm(deprecated=True), {"files": ("tarball",), "yanked": True}),
        (Registry.NPM, NPM, npm(deprecated=""), {"files": ("tarball",)}),
        (Registry.NPM, NPM, npm(dist=None), {}),
    ],
)  # fmt: skip
async def test_what_is_published(registry: Registry, path: str, page: Any, expected: dict[str, Any]) -> None:
    async with registries({path: page}) as double:
        assert await double.look(registry) == Published(present=True, at=NOW, **expected)
    assert double.seen == [(registry.value, "ok")]


ONE = {
    "name": "aris",
    "versions": {"1.1.0": npm()},
    "time": {"created": "x", "modified": "y", "1.1.0": "z"},
    "dist-tags": {},
}


@pytest.mark.parametrize(
    ("registry", "path", "page"),
    [
        (Registry.PYPI, "/pypi/aris/json", pypi(SDIST)),
        (Registry.CRATES, "/api/v1/crates/aris", {"crate": {"id": "aris"}, "versions": []}),
        (Registry.NPM, "/aris", ONE),
    ],
)
async def test_a_version_that_is_missing_is_no_error_but_a_package_is(registry: Registry, path: str, page: Any) -> None:
    async with registries({path: page}) as double:
        assert await double.look(registry) == Published(present=False, at=NOW)
        with pytest.raises(Rejected, match=f"no package 'ariss' in {registry}; look at its spelling"):
            await double.look(registry, "ariss")


async def test_npm_tells_unpublished_from_never_published() -> None:
    page = ONE | {"time": {"1.1.1": "2026-11-21T05:00:00.000Z"}}
    async with registries({"/aris": page}) as double:
        gone = await double.look(Registry.NPM)
        assert gone == Published(present=False, yanked=True, yanked_why="unpublished", at=NOW)
        never = await double.look(Registry.NPM, version="1.1.2")
    assert never == Published(present=False, at=NOW)


async def test_npm_a_tag_is_no_version_and_the_package_may_know_what_the_version_does_not() -> None:
    page = ONE | {"versions": {"1.1.0": npm(version="1.1.0", deprecated="old")}}
    async with registries({"/aris/latest": npm(), "/aris": page}) as double:
        assert await double.look(Registry.NPM, version="latest") == Published(present=False, at=NOW)
        known = await double.look(Registry.NPM, version="1.1.0")
    assert (known.present, known.yanked, known.yanked_why) == (True, True, "old")


@pytest.mark.parametrize(
    ("registry", "package", "version", "path"),
    [
        (Registry.PYPI, "Aris.._SDK", "1.1.1+local/1", "/pypi/aris-sdk/1.1.1%2Blocal%2F1/json"),
        (Registry.CRATES, "aris_x?y", "1.0.0-rc.1", "/api/v1/crates/aris_x%3Fy/1.0.0-rc.1"),
        (Registry.NPM, "@aris/sdk", "1.1.1", "/@aris%2Fsdk/1.1.1"),
        (Registry.NPM, "a#b/../c", "ü", "/a%23b%2F..%2Fc/%C3%BC"),
    ],
)
async def test_names_arrive_as_they_were_meant(registry: Registry, package: str, version: str, path: str) -> None:
    async with registries({}, contact="https://sereno.example.org") as double:
        with pytest.raises(Rejected, match="no package"):
            await double.look(registry, package, version)
    asked = double.asked[0]
    assert asked.raw_path.replace("%2B", "+") == path.replace("%2B", "+")
    assert asked.headers["User-Agent"].startswith("sereno/")
    assert "https://sereno.example.org" in asked.headers["User-Agent"]
    assert "Authorization" not in asked.headers


@pytest.mark.parametrize(("package", "version"), [("", "1"), ("aris", ""), ("..", "1"), ("aris", ".."), ("a\nb", "1")])
async def test_what_is_no_name_is_not_asked_for(package: str, version: str) -> None:
    async with registries({}) as double:
        for registry in Registry:
            if registry is Registry.PYPI and package == "..":
                continue  # becomes "-", a name like any other
            with pytest.raises(Rejected, match="not a name"):
                await double.look(registry, package, version)
    assert double.asked == []


@pytest.mark.parametrize(
    ("page", "words", "word"),
    [
        (web.Response(status=403, text='{"errors":[{"detail":"in violation of our crawler policy"}]}'),
         "in violation of our crawler policy", "rejected"),
        (web.Response(status=429, headers={"Retry-After": "9"}), "http_429: HTTP 429", "http_429"),
        (web.Response(status=502, text="<h1>Bad</h1>"), "http_502: HTTP 502 <h1>Bad</h1>", "http_502"),
        (web.Response(text="<html>log in"), "unreadable: ", "unreadable"),
        (web.Response(text=json.dumps({"errors": [{"detail": "x"}]})), "unreadable: ", "unreadable"),
        (web.Response(text="[]"), "unreadable: ", "unreadable"),
        ("hang", "timeout: no answer within 0.2 s", "timeout"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("registry", Registry)
async def test_what_goes_wrong(registry: Registry, page: Any, words: str, word: str) -> None:
    async with registries(dict.fromkeys([PYPI, CRATE, NPM], page), timeout_s=0.2 if page == "hang" else 20) as double:
        with pytest.raises((Rejected, Unreachable)) as raised:
            await double.look(registry)
    assert str(raised.value).startswith(words)
    assert isinstance(raised.value, Rejected if word == "rejected" else Unreachable)
    assert getattr(raised.value, "retry_after", 0) == (9 if word == "http_429" else 0)
    assert double.seen == [(registry.value, word)]


@pytest.mark.parametrize("registry", Registry)
async def test_a_package_page_that_is_none_does_not_say_that_the_version_is_missing(registry: Registry) -> None:
    pages = {path: {"errors": ["maintenance"]} for path in ("/pypi/aris/json", "/api/v1/crates/aris", "/aris")}
    async with registries(pages) as double:
        with pytest.raises(Unreachable, match=r"^unreadable: "):
            await double.look(registry)


async def test_another_spelling_is_followed_as_pypi_redirects_it() -> None:
    moved = web.Response(status=301, headers={"Location": "/pypi/Aris/1.1.1/json"})
    async with registries({PYPI: moved, "/pypi/Aris/1.1.1/json": pypi(SDIST)}) as double:
        assert (await double.look(Registry.PYPI)).files == ("sdist",)


def test_the_settings_have_public_defaults_and_no_credentials() -> None:
    assert read({}).registries == {
        "pypi": "https://pypi.org", "crates": "https://crates.io", "npm": "https://registry.npmjs.org",
    }  # fmt: skip
    assert set(read({}).registries) == set(Registry)
    assert read({"NPM_URL": "http://mirror:8080/npm/"}).registries["npm"] == "http://mirror:8080/npm"
    for name in ("PYPI_URL", "CRATES_URL", "NPM_URL"):
        with pytest.raises(BadSetting, match=f"{name}: a user and password") as raised:
            read({name: "https://ada:s3cret@mirror"})
        assert "s3cret" not in str(raised.value)
        with pytest.raises(BadSetting, match=f"{name}: not an address"):
            read({name: "mirror"})
