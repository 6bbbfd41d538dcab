"""Finds the handlers: a file in webhooks, commands/<slash>, buttons, forms, shortcuts is one; its name its address."""

import importlib
import pkgutil
from types import ModuleType

from handlers import buttons as button_files
from handlers import commands as command_folders
from handlers import forms as form_files
from handlers import shortcuts as shortcut_files
from handlers import webhooks
from handlers.contract import Button, FormHandler, Shortcut, Slash, Source


def sources() -> dict[str, Source]:
    """Webhook sources by the last part of their URL."""
    return {name: module.SOURCE for name, module in _modules(webhooks)}


def buttons() -> dict[str, Button]:
    """Buttons by action_id."""
    return {name: module.BUTTON for name, module in _modules(button_files)}


def forms() -> dict[str, FormHandler]:
    """Forms by the name that a view carries."""
    return {name: module.FORM for name, module in _modules(form_files)}


def shortcuts() -> dict[str, Shortcut]:
    """What can be done with a message, by callback_id."""
    return {name: module.SHORTCUT for name, module in _modules(shortcut_files)}


def slashes() -> dict[str, Slash]:
    """Slash commands by Slack's name for them: "/sereno"."""
    found = [_slash(name, package) for name, package in _modules(command_folders)]
    return {slash.name: slash for slash in found}


def _slash(folder: str, package: ModuleType) -> Slash:
    return Slash(
        name=f"/{folder.replace('_', '-')}",
        about=package.ABOUT,
        commands={name: module.COMMAND for name, module in _modules(package)},
        otherwise=package.OTHERWISE,
        quoted=package.QUOTED,
    )


def _modules(package: ModuleType) -> list[tuple[str, ModuleType]]:
    names = sorted(found.name for found in pkgutil.iter_modules(package.__path__) if not found.name.startswith("_"))
    return [(name, importlib.import_module(f"{package.__name__}.{name}")) for name in names]
