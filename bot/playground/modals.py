"""Triggers and modals: which views each person has open, as views.open, push and update leave them."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from bot.playground.elements import Complaints, check_length, check_text
from bot.playground.inputs import still
from bot.playground.limits import check_blocks
from bot.playground.message import Json
from bot.playground.people import APP, BOT, TEAM
from bot.playground.refusal import Refused

TRIGGER_SECONDS = 3.0
STACK = 3
_KEPT = ("title", "submit", "close", "blocks", "callback_id", "external_id", "private_metadata")


@dataclass(slots=True)
class _Trigger:
    user: str
    at: float
    used: bool = False


class Modals:
    """The open views of everybody; each change is told as `views` with the person's whole stack."""

    def __init__(
        self, clock: Callable[[], float], serial: Callable[[], int], tell: Callable[[str, Json], None]
    ) -> None:
        self._clock = clock
        self._serial = serial
        self._tell = tell
        self._triggers: dict[str, _Trigger] = {}
        self._stacks: dict[str, list[Json]] = {}

    def trigger(self, user: str) -> str:
        """A fresh trigger_id for something that `user` did, good for one view within 3 s."""
        now = self._clock()
        self._triggers = {key: one for key, one in self._triggers.items() if now - one.at < 60}
        name = f"{self._serial()}.{int(now)}.playground"
        self._triggers[name] = _Trigger(user, now)
        return name

    def stack(self, user: str) -> list[Json]:
        """The views that a person has open, the topmost last."""
        return list(self._stacks.get(user, []))

    def all(self) -> dict[str, list[Json]]:
        """Every person's open views."""
        return {user: list(stack) for user, stack in self._stacks.items() if stack}

    def find(self, view_id: str | None, external_id: str | None = None) -> tuple[str, Json]:
        """The person and the view."""
        for user, stack in self._stacks.items():
            for view in stack:
                if view["id"] == view_id or (external_id and view["external_id"] == external_id):
                    return user, view
        raise Refused("not_found")

    def open(self, trigger_id: str | None, view: Json) -> Json:
        """views.open: replaces whatever the person has open."""
        check_view(view)
        self._unique(view.get("external_id"))
        user = self._exchange(trigger_id)
        return self._put(user, [], view)

    def push(self, trigger_id: str | None, view: Json) -> Json:
        """views.push: on top of what is open."""
        check_view(view)
        self._unique(view.get("external_id"))
        user = self._exchange(trigger_id)
        return self.push_for(user, view)

    def push_for(self, user: str, view: Json) -> Json:
        """A push without a trigger: what `response_action: push` does."""
        stack = self._stacks.get(user, [])
        if not stack:
            raise Refused("not_found")
        if len(stack) >= STACK:
            raise Refused("push_limit_reached")
        check_view(view)
        return self._put(user, stack, view)

    def update(self, view: Json, view_id: str | None, external_id: str | None, seen: str | None) -> Json:
        """views.update: `seen` is the hash that the caller last saw, if it wants the check."""
        check_view(view)
        user, old = self.find(view_id, external_id)
        if seen and seen != old["hash"]:
            raise Refused("hash_conflict")
        fresh = self._filled(view, old["id"], old["root_view_id"], old["previous_view_id"])
        fresh["state"] = {"values": still(fresh["blocks"], old["state"]["values"])}
        self._stacks[user] = [fresh if one["id"] == old["id"] else one for one in self._stacks[user]]
        self._tell_stack(user)
        return fresh

    def fill(self, view_id: str, values: Json) -> None:
        """What a person has filled in, as `state.values`; a view that is gone by now has nothing in it."""
        for stack in self._stacks.values():
            for view in stack:
                if view["id"] == view_id:
                    view["state"] = {"values": values}

    def close(self, user: str, *, everything: bool = False) -> None:
        """Closes the topmost view, or all."""
        stack = self._stacks.get(user, [])
        self._stacks[user] = [] if everything else stack[:-1]
        self._tell_stack(user)

    def _exchange(self, trigger_id: str | None) -> str:
        trigger = self._triggers.get(trigger_id or "")
        if trigger is None:
            raise Refused("invalid_trigger_id")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        if self._clock() - trigger.at > TRIGGER_SECONDS:
            raise Refused("expired_trigger_id")
        trigger.used = True
        return trigger.user

    def _unique(self, external_id: str | None) -> None:
        taken = (view["external_id"] for stack in self._stacks.values() for view in stack)
        if external_id and external_id in taken:
            raise Refused("duplicate_external_id")

    def _put(self, user: str, below: list[Json], view: Json) -> Json:
        name = f"V{self._serial():010d}"
        root = below[0]["id"] if below else name
        fresh = self._filled(view, name, root, below[-1]["id"] if below else None)
        self._stacks[user] = [*below, fresh]
        self._tell_stack(user)
        return fresh

    def _filled(self, view: Json, name: str, root: str, previous: str | None) -> Json:
        # A block without an id gets a new one each time, as in Slack: an input then forgets what was typed in it.
        made = self._serial()
        blocks = [{"block_id": f"b{made}-{index}", **block} for index, block in enumerate(view["blocks"])]
        given = {key: view[key] for key in _KEPT if key in view} | {"blocks": blocks}
        return {
            "id": name, "team_id": TEAM, "type": "modal", "private_metadata": "", "callback_id": "",
            "external_id": "", "close": None, "submit": None, **given, "state": {"values": {}},
            "hash": f"{int(self._clock())}.{self._serial()}", "app_id": APP, "bot_id": BOT,
            "clear_on_close": bool(view.get("clear_on_close")),
            "notify_on_close": bool(view.get("notify_on_close")),
            "root_view_id": root, "previous_view_id": previous, "app_installed_team_id": TEAM,
        }  # fmt: skip

    def _tell_stack(self, user: str) -> None:
        self._tell("views", {"user": user, "stack": self.stack(user)})


def check_view(view: object) -> None:
    """Raises Refused when Slack would not open this modal."""
    if not isinstance(view, dict) or not isinstance(view.get("blocks"), list):
        raise Refused("invalid_arguments", ("missing required field: blocks [json-pointer:/view]",))
    if len(json.dumps(view)) > 250_000:
        raise Refused("view_too_large")
    found: Complaints = []
    if view.get("type") != "modal":
        found.append("unsupported type [json-pointer:/view/type]")
    check_text(view.get("title"), "/view/title", 24, found, plain=True)
    for part in ("submit", "close"):
        if view.get(part) is not None:
            check_text(view[part], f"/view/{part}", 24, found, plain=True)
    check_length(view.get("private_metadata"), "/view/private_metadata", 3000, found)
    check_length(view.get("callback_id"), "/view/callback_id", 255, found)
    check_length(view.get("external_id"), "/view/external_id", 255, found)
    check_blocks(view["blocks"], "/view/blocks", 100, word="invalid_arguments")
    if any(block.get("type") == "input" for block in view["blocks"]) and not view.get("submit"):
        found.append("missing required field: submit [json-pointer:/view]")
    if found:
        raise Refused("invalid_arguments", tuple(found))
