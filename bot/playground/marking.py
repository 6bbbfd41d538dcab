"""What people and the bot put on messages: reactions and pins, each with the event that Slack makes of it."""

import re
from collections.abc import Callable
from dataclasses import replace

from bot.playground.looking import Looking
from bot.playground.message import Json, Message, message_json
from bot.playground.people import BOT_USER
from bot.playground.refusal import Refused

TS = re.compile(r"\d{1,16}\.\d{1,6}")
_NAME = re.compile(r"[a-z0-9_'+-]{1,100}(::skin-tone-[2-6])?")


class Marking(Looking):
    """Changes that return their event; whoever made the change decides whether the bot is told of it."""

    clock: Callable[[], float]

    def react(self, wanted: str, ts: str, name: str, user: str) -> Json:
        """Adds a reaction; returns the `reaction_added` event."""
        message, name = self._to_mark(wanted, ts, user), _emoji(name)
        now = message.reactions.get(name, [])
        if user in now:
            raise Refused("already_reacted")
        self._state.put(replace(message, reactions={**message.reactions, name: [*now, user]}))
        return self._reaction("reaction_added", message, name, user)

    def unreact(self, wanted: str, ts: str, name: str, user: str) -> Json:
        """Takes a person's own reaction away; returns the `reaction_removed` event."""
        message, name = self._to_mark(wanted, ts, user), _emoji(name)
        left = [one for one in message.reactions.get(name, []) if one != user]
        if len(left) == len(message.reactions.get(name, [])):
            raise Refused("no_reaction")
        kept = {key: left if key == name else users for key, users in message.reactions.items()}
        self._state.put(replace(message, reactions={key: users for key, users in kept.items() if users}))
        return self._reaction("reaction_removed", message, name, user)

    def pin(self, wanted: str, ts: str, user: str = BOT_USER) -> Json:
        """Pins a message to its channel; returns the `pin_added` event."""
        message = self._to_mark(wanted, ts, user)
        if message.pinned:
            raise Refused("already_pinned")
        message = replace(message, pinned=True, pinned_by=user, pinned_at=self.next_ts())
        self._state.put(message)
        return self._pin("pin_added", message, user)

    def unpin(self, wanted: str, ts: str, user: str = BOT_USER) -> Json:
        """Takes a pin away, whoever put it there; returns the `pin_removed` event."""
        message = self._to_mark(wanted, ts, user)
        if not message.pinned:
            raise Refused("not_pinned")
        self._state.put(replace(message, pinned=False, pinned_by=None, pinned_at=None))
        return self._pin("pin_removed", message, user) | {"has_pins": bool(self.pins(message.channel))}

    def next_ts(self) -> str:
        """A moment that is later than every one given before, as Slack's "seconds.micros"."""
        now = (int(self.clock() * 1_000_000) // 100 + 1) * 100
        self._state.last_micros = max(now, self._state.last_micros + 100)
        seconds, micros = divmod(self._state.last_micros, 1_000_000)
        return f"{seconds}.{micros:06d}"

    def _to_mark(self, wanted: str, ts: str, user: str) -> Message:
        channel = self.seen(wanted, user)
        if channel.archived:
            raise Refused("is_archived")
        if user not in channel.members:
            raise Refused("not_in_channel")
        if not TS.fullmatch(ts):
            raise Refused("bad_timestamp")
        return self.message(channel.id, ts)

    def _reaction(self, kind: str, message: Message, name: str, user: str) -> Json:
        return {
            "type": kind, "user": user, "reaction": name, "item_user": message.user,
            "item": {"type": "message", "channel": message.channel, "ts": message.ts}, "event_ts": self.next_ts(),
        }  # fmt: skip

    def _pin(self, kind: str, message: Message, user: str) -> Json:
        item = pinned_item(message, self.permalink(message))
        by = {"channel": message.channel, "pinned_by": item["created_by"], "pinned_ts": item["created"]}
        return {
            "type": kind, "user": user, "channel_id": message.channel, "item": item, "item_user": message.user,
            "pin_count": len(self.pins(message.channel)), "pinned_info": by, "event_ts": self.next_ts(),
        }  # fmt: skip


def pinned_item(message: Message, permalink: str) -> Json:
    """A pinned message as pins.list and the events show it."""
    return {
        "type": "message", "channel": message.channel, "created": int(float(message.pinned_at or message.ts)),
        "created_by": message.pinned_by or BOT_USER, "message": message_json(message) | {"permalink": permalink},
    }  # fmt: skip


def _emoji(name: str) -> str:
    """The name without the colons around it, those of a skin tone stay inside."""
    bare = name.strip(":")
    if not _NAME.fullmatch(bare):
        raise Refused("invalid_name")
    return bare
