"""Finds the handlers: a file in handlers/webhooks, commands, buttons or forms is one, its name is its address."""

import importlib
import pkgutil
from types import ModuleType

from handlers import buttons as button_files
from handlers import forms as form_files
from handlers import webhooks
from handlers.commands import sereno
from handlers.contract import Button, Command, FormHandler, Source


def sources() -> dict[str, Source]:
    """Webhook sources by the last part of their URL."""
    return {name: module.SOURCE for name, module in _modules(webhooks)}


def buttons() -> dict[str, Button]:
    """Buttons by action_id."""
    return {name: module.BUTTON for name, module in _modules(button_files)}


def forms() -> dict[str, FormHandler]:
    """Forms by the name that a view carries."""
    return {name: module.FORM for name, module in _modules(form_files)}


def commands() -> dict[str, Command]:
    """Sub-commands of /sereno by their word."""
    return {name: module.COMMAND for name, module in _modules(sereno)}


def _modules(package: ModuleType) -> list[tuple[str, ModuleType]]:
    names = sorted(found.name for found in pkgutil.iter_modules(package.__path__) if not found.name.startswith("_"))
    return [(name, importlib.import_module(f"{package.__name__}.{name}")) for name in names]
