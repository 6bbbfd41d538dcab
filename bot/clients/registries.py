"""Asks the package registries PyPI, crates.io and npm whether a version is there, and whether it was taken back.

PyPI: https://docs.pypi.org/api/json/. crates.io: https://crates.io/data-access, which wants to know who asks and at
most one call a second. npm: https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version as version_of

import aiohttp
from pydantic import AliasPath, BaseModel, Field, TypeAdapter

from bot.clients.asking import (
    TIMEOUT_S,
    WORD_MAX,
    Asking,
    Moment,
    Observe,
    Read,
    Rejected,
    T,
    Unreachable,
    good,
    one_line,
    segment,
    unless_missing,
)
from bot.clock import Clock
from rules.text import Text

__all__ = ["Published", "Registries", "Registry", "Rejected", "Unreachable"]
REMEMBER = 4 * 1024 * 1024
KINDS = {"sdist": "sdist", "bdist_wheel": "wheel"}


class Registry(StrEnum):
    """Where packages are published."""

    PYPI = "pypi"
    CRATES = "crates"
    NPM = "npm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a registry says of one version.

    `yanked`: taken back (PyPI, crates.io), deprecated or unpublished (npm); `yanked_why`: in one line, may be empty;
    `files`: which kinds there are, each once: sdist, wheel, crate, tarball, or PyPI's own word for another kind;
    `downloads`: of this version so far, where it is told (crates.io); `at`: when it was asked, in unix milliseconds;
    `since`: when it was published, in unix milliseconds, where it is told (PyPI, crates.io).
    """

    present: bool
    yanked: bool = False
    yanked_why: str = ""
    files: tuple[str, ...] = ()
    downloads: int | None = None
    at: int
    since: int | None = None


class _PypiFile(BaseModel):
    kind: str = Field(alias="packagetype")
    at: Moment | None = Field(None, alias="upload_time_iso_8601")
    yanked: bool = False
    why: str | None = Field(None, alias="yanked_reason")


class _Pypi(BaseModel):
    yanked: bool | None = Field(None, validation_alias=AliasPath("info", "yanked"))
    why: str | None = Field(None, validation_alias=AliasPath("info", "yanked_reason"))
    files: list[_PypiFile] = Field(alias="urls")


class _Crate(BaseModel):
    yanked: bool = Field(validation_alias=AliasPath("version", "yanked"))
    why: str | None = Field(None, validation_alias=AliasPath("version", "yank_message"))
    downloads: int | None = Field(None, validation_alias=AliasPath("version", "downloads"))
    at: Moment | None = Field(None, validation_alias=AliasPath("version", "created_at"))


class _PypiPackage(BaseModel):
    info: dict[str, object]


class _CratePackage(BaseModel):
    about: dict[str, object] = Field(alias="crate")


class _Npm(BaseModel):
    version: str
    deprecated: object = ""  # a text; some old ones have true, and false or "" is not deprecated
    tarball: object = Field("", validation_alias=AliasPath("dist", "tarball"))


class _NpmPackage(BaseModel):
    name: str
    versions: dict[str, _Npm] = {}
    times: dict[str, object] = Field({}, alias="time")


_PYPI, _CRATE, _NPM = TypeAdapter(_Pypi), TypeAdapter(_Crate), TypeAdapter(_Npm)
_PYPI_PACKAGE, _CRATE_PACKAGE = TypeAdapter(_PypiPackage), TypeAdapter(_CratePackage)
_NPM_PACKAGE = TypeAdapter(_NpmPackage)


class Registries:
    """The three of them. `look` raises Unreachable or Rejected, nothing else, after at most twice `timeout_s`.

    `urls`: by the values of Registry; they have no credentials. `observe(call, result)` is told of each call, for
    metrics, where the call is "pypi", "crates" or "npm". `contact`: an address for who wonders about our calls.
    """

    def __init__(
        self, session: aiohttp.ClientSession, urls: Mapping[str, str], observe: Observe, clock: Clock, *,
        contact: str = "", timeout_s: float = TIMEOUT_S,
    ) -> None:  # fmt: skip
        agent = f"sereno/{version_of('sereno')} ({contact or 'watches releases'})"
        headers = {"User-Agent": agent, "Accept": "application/json"}
        self._clock = clock
        self._apis = {
            one: Asking(session, urls[one], headers, observe, moved=_moved(one), follow=True,
                        remember=REMEMBER, timeout_s=timeout_s) for one in Registry
        }  # fmt: skip

    async def look(self, registry: Registry, package: str, version: str) -> Published:
        """How a version is published. Rejected when there is no such package, not when only the version is missing."""
        match registry:
            case Registry.PYPI:
                return await self._pypi(package, version)
            case Registry.CRATES:
                return await self._crates(package, version)
            case Registry.NPM:
                return await self._npm(package, version)

    async def _pypi(self, package: str, version: str) -> Published:
        name = re.sub(r"[-_.]+", "-", package).lower()  # PyPI redirects other spellings
        path = f"/pypi/{segment(name)}"
        found = await self._ask(Registry.PYPI, f"{path}/{segment(version)}/json", good(_PYPI))
        if found is None:
            await self._package(Registry.PYPI, package, f"{path}/json", good(_PYPI_PACKAGE))
            return Published(present=False, at=self._clock.now())
        yanked = found.yanked or (bool(found.files) and all(one.yanked for one in found.files))
        why = found.why or next((one.why for one in found.files if one.yanked and one.why), "")
        return Published(
            present=True, yanked=yanked, yanked_why=one_line(why, WORD_MAX) if yanked else "",
            files=tuple(sorted({KINDS.get(one.kind, one_line(one.kind, 40)) for one in found.files})),
            at=self._clock.now(), since=min((one.at for one in found.files if one.at is not None), default=None),
        )  # fmt: skip

    async def _crates(self, package: str, version: str) -> Published:
        path = f"/api/v1/crates/{segment(package)}"
        found = await self._ask(Registry.CRATES, f"{path}/{segment(version)}", good(_CRATE))
        if found is None:
            await self._package(Registry.CRATES, package, path, good(_CRATE_PACKAGE))
            return Published(present=False, at=self._clock.now())
        return Published(
            present=True, yanked=found.yanked, yanked_why=one_line(found.why or "", WORD_MAX) if found.yanked else "",
            files=("crate",), downloads=found.downloads, at=self._clock.now(), since=found.at,
        )  # fmt: skip

    async def _npm(self, package: str, version: str) -> Published:
        path = f"/{segment(package, safe='@')}"  # @scope%2Fname, as npm itself asks
        found = await self._ask(Registry.NPM, f"{path}/{segment(version)}", good(_NPM))
        if found is None or found.version != version:  # a tag, such as latest, leads to another version
            whole = await self._package(Registry.NPM, package, path, good(_NPM_PACKAGE))
            found = whole.versions.get(version)
            if found is None:
                gone = version in whole.times
                why = "unpublished" if gone else ""
                return Published(present=False, yanked=gone, yanked_why=why, at=self._clock.now())
        why = found.deprecated if isinstance(found.deprecated, str) else ""
        files = ("tarball",) if found.tarball else ()
        return Published(present=True, yanked=bool(found.deprecated), yanked_why=one_line(why, WORD_MAX), files=files,
                         at=self._clock.now())  # fmt: skip

    async def _ask(self, registry: Registry, path: str, read: Read[T]) -> T | None:
        return await self._apis[registry].ask(registry, path, unless_missing(read))

    async def _package(self, registry: Registry, package: str, path: str, read: Read[T]) -> T:
        """Of the package itself, to tell a version that is missing from a name that is wrong."""
        found = await self._ask(registry, path, read)
        if found is None:
            name = repr(one_line(package, 80))
            raise Rejected(
                Text.of("no package {name} in {registry}; look at its spelling", name=name, registry=str(registry))
            )
        return found


def _moved(registry: Registry) -> Text:
    return Text.of("write the address where it ends into {setting}", setting=f"{registry.upper()}_URL")
