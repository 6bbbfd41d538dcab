"""How the tests are handed to several workers: together what shares something dear, mixed what waits and computes.

pytest-xdist 3.8 has `--dist loadgroup` and `xdist_group` for the first, but under pytest 9.2 it silently groups nothing
(pytest-dev/pytest-xdist#1386): so the groups stand here.
"""

from collections import defaultdict
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

TOGETHER = {  # how the ids of tests begin: the group that runs in one process
    "tests/house/": "house",  # bots that run, a copy of the rooms, syntax trees
    "tests/playground/test_page": "browser",
    "tests/system/test_real_alertmanager": "alertmanager",
    "tests/system/test_silences_client": "alertmanager",
    "tests/bot/test_doctor.py::test_a_real_alertmanager": "alertmanager",
}


class Groups(LoadScopeScheduling):
    """A group as a whole, every other test by itself; the groups first."""

    def _split_scope(self, nodeid: str) -> str:
        return next((group for start, group in TOGETHER.items() if nodeid.startswith(start)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """Of `--dist loadgroup`."""
    return Groups(config, log) if config.getvalue("dist") == "loadgroup" else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a worker: the long ones of system/ first, then each folder spread over all of the time."""
    if not hasattr(config, "workerinput"):
        return
    folders: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        folders[item.path.parent.name].append(item)
    places = {item: place / len(folder) for folder in folders.values() for place, item in enumerate(folder)}
    items.sort(key=lambda item: 0 if item in folders["system"] else places[item])
