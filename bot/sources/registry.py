"""Checks of the package registries: whether a version is there, whole, and not taken back."""

from bot.clients.registries import Published, Registries, Registry
from bot.sources.asked import Asked, bare
from rules.reading import Reading
from rules.text import Text

TITLES = {Registry.PYPI: "PyPI", Registry.CRATES: "crates.io", Registry.NPM: "npm"}


async def read(registries: Registries, asked: Asked) -> Reading:
    """Raises Unreachable, Rejected."""
    kind, _, package = (asked.check.registry or "").partition("/")
    registry = Registry(kind)
    found = await registries.look(registry, package, bare(asked.watch.release))
    value = _value(asked.check.value, found)
    return Reading(
        at=asked.now,
        source=TITLES[registry],
        value=value,
        baseline=asked.check.baseline,
        note=found.yanked_why if found.yanked else ", ".join(found.files),
        trouble="" if value is not None else Text.of("{registry} does not tell it", registry=TITLES[registry]),
    )


def _value(what: str, found: Published) -> float | None:
    match what:
        case "present":
            return float(found.present and not found.yanked)
        case "yanked":
            return float(found.yanked)
        case "files":
            return float(len(found.files))
        case "downloads":
            return None if found.downloads is None else float(found.downloads)
        case _:
            return float(what in found.files)
