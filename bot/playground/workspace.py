"""The workspace: its rules for channels, messages, threads and pings, without any HTTP."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from bot.playground.events import Events
from bot.playground.files import Files
from bot.playground.limits import check_message, check_metadata, named
from bot.playground.marking import TS, Marking
from bot.playground.mentions import notified
from bot.playground.message import Call, Channel, Json, Message, Ping, User, Usergroup
from bot.playground.modals import Modals
from bot.playground.people import BOT, BOT_USER, PEOPLE, USERGROUPS, users
from bot.playground.refusal import Refused
from bot.playground.replies import ResponseUrls
from bot.playground.scopes import SCOPES
from bot.playground.sockets import Sockets
from bot.playground.state import Listener, State
from bot.playground.threads import tombstone, with_replies, with_reply

_CALLS_KEPT = 20_000


class Workspace(Marking):
    """A small Slack; every method that breaks a rule raises Refused with Slack's word for it.

    Of the app it knows the `events` it subscribed to, and the names of its message `shortcuts` by callback_id.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        saved: Path | None = None,
        channels: tuple[str, ...] = ("alerts", "monitoring", "general"),
        token: str = "xoxb-playground",  # noqa: S107 - a toy's token, good on loopback only
        app_token: str = "xapp-playground",  # noqa: S107
        signing_secret: str = "playground-signing-secret",  # noqa: S107
        bot_name: str = "Sereno",
        pace: float | None = None,
        events: Iterable[str] = (),
        shortcuts: Mapping[str, str] | None = None,
    ) -> None:
        self.clock = clock
        self.token = token
        self.app_token = app_token
        self.scopes: set[str] = set(SCOPES)
        self.signing_secret = signing_secret
        self.pace = pace
        self.refuse_orphans = False
        self.url = "http://127.0.0.1"
        self.calls: list[Call] = []
        self.users: dict[str, User] = users(bot_name)
        self.usergroups: dict[str, Usergroup] = {group.id: group for group in USERGROUPS}
        super().__init__(State(saved))
        self.files = Files(clock, self._state)
        self.modals = Modals(clock, self._state.next_serial, self._state.tell)
        self.responses = ResponseUrls(clock, self._state.next_serial)
        self.sockets = Sockets(self._state.next_serial)
        self.events = Events(events)
        self.shortcuts = dict(shortcuts or {})
        for name in channels:
            self.ensure_channel(name)

    # Changing

    def ensure_channel(self, name: str) -> Channel:
        """The channel of this name, made with everybody in it if it is not there."""
        try:
            return self.channel(name)
        except Refused:
            return self.make_channel(name, creator=PEOPLE[0], members=[*PEOPLE, BOT_USER])

    def make_channel(self, name: str, *, creator: str, members: list[str], private: bool = False) -> Channel:
        """A new channel; the caller has checked the name."""
        made = Channel(
            id=f"C{self._state.next_serial():010d}",
            name=name,
            created=int(self.clock()),
            creator=creator,
            members=members,
            private=private,
        )
        self._state.put(made)
        return made

    def direct(self, user: str) -> Channel:
        """The direct conversation between the bot and a person."""
        if user not in self.users:
            raise Refused("user_not_found")
        if self.users[user].bot_id:
            raise Refused("cannot_dm_bot")
        found = next((one for one in self.channels if one.im and user in one.members), None)
        if found is None:
            serial = self._state.next_serial()
            found = Channel(
                id=f"D{serial:010d}", name=f"dm-{self.users[user].name}", created=int(self.clock()),
                creator=BOT_USER, im=True, members=[BOT_USER, user],
            )  # fmt: skip
            self._state.put(found)
        return found

    def set_channel(self, channel: Channel) -> None:
        """Puts a changed channel in place of the old."""
        self._state.put(channel)

    def join(self, name: str, user: str) -> Channel:
        """Somebody joins a public channel; for a member nothing changes."""
        channel = self.seen(name, user)
        if channel.archived:
            raise Refused("is_archived")
        if channel.private or channel.im:
            raise Refused("method_not_supported_for_channel_type")
        if user not in channel.members:
            channel = replace(channel, members=[*channel.members, user])
            self._state.put(channel)
        return channel

    def share(self, name: str, user: str) -> None:
        """Slack Connect: shares a channel with the workspace of `user`, who joins it."""
        channel = self.channel(name)
        self._state.put(replace(channel, shared=True, members=[*dict.fromkeys([*channel.members, user])]))

    def archive(self, name: str) -> None:
        """Archives a channel: nothing can be posted there any more."""
        self._state.put(replace(self.channel(name), archived=True))

    def post(
        self,
        wanted: str,
        *,
        user: str = BOT_USER,
        text: str = "",
        blocks: list[Json] | None = None,
        attachments: list[Json] | None = None,
        thread_ts: str | None = None,
        broadcast: bool = False,
        metadata: Json | None = None,
        visible_to: str | None = None,
        link_names: bool = False,
        as_reply: bool = False,
        files: list[Json] | None = None,
    ) -> Message:
        """Posts as `user`; with `visible_to` it is ephemeral, `as_reply` (to what a person did) needs no membership."""
        channel = self._open_channel(wanted, user, guest=as_reply)
        message = Message(
            channel=channel.id, ts="", user=user, text=text, blocks=named(blocks or []),
            attachments=attachments or [], metadata=check_metadata(metadata),
            bot_id=BOT if user == BOT_USER else None, visible_to=visible_to,
            files=files or [],
        )  # fmt: skip
        if not files:
            check_message(text, message.blocks, message.attachments)
        self.files.check_shown(message.blocks, message.attachments)
        root = self._root(channel, thread_ts)
        message = replace(
            message,
            ts=self.next_ts(),
            thread_ts=root.ts if root else None,
            broadcast=broadcast and root is not None,
        )
        self._state.put(message)
        if root and visible_to is None:
            self._state.put(with_reply(root, message))
        self._ping("ephemeral" if visible_to else "post", message, set(), link_names=link_names)
        return message

    def edit(
        self,
        wanted: str,
        ts: str,
        *,
        user: str = BOT_USER,
        text: str | None = None,
        blocks: list[Json] | None = None,
        attachments: list[Json] | None = None,
        metadata: Json | None = None,
    ) -> Message:
        """Edits as `user`; what is None stays, blocks too: so chat.update is documented."""
        channel = self._open_channel(wanted, user)
        old = self.message(channel.id, ts)
        if old.user != user:
            raise Refused("cant_update_message")
        message = replace(
            old,
            text=old.text if text is None else text,
            blocks=old.blocks if blocks is None else named(blocks),
            attachments=old.attachments if attachments is None else attachments,
            metadata=check_metadata(metadata) or old.metadata,
            edited=self.next_ts(),
        )
        check_message(message.text, message.blocks, message.attachments)
        self.files.check_shown(message.blocks, message.attachments)
        self._state.put(message)
        self._ping("edit", message, set(notified(old.text, old.blocks, old.attachments)))
        return message

    def delete(self, wanted: str, ts: str) -> None:
        """Deletes a message as an admin would: a root with replies leaves a tombstone."""
        message = self.message(wanted, ts)
        if message.reply_count:
            self._state.put(tombstone(message))
        else:
            self._state.drop(message)
        root = self._state.messages[message.channel].get(message.thread_ts or "")
        if root and message.is_reply:
            replies = [one for one in self.thread(root.channel, root.ts) if one.ts != root.ts]
            self._state.put(with_replies(root, replies))

    def change_ephemeral(self, ts: str, *, text: str, blocks: list[Json]) -> None:
        """Replaces what an ephemeral message says; without text and blocks it goes away."""
        old = self._state.ephemerals.get(ts)
        if old is None:
            raise Refused("message_not_found")
        if not text and not blocks:
            self._state.drop(old)
            return
        check_message(text, blocks, [])
        self.files.check_shown(blocks, [])
        self._state.put(replace(old, text=text, blocks=named(blocks), attachments=[]))

    def record(self, call: Call) -> None:
        """Remembers a call of the Web API; the oldest half goes when 20,000 are kept."""
        if len(self.calls) >= _CALLS_KEPT:
            del self.calls[: _CALLS_KEPT // 2]
        self.calls.append(call)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Calls `listener(what, body)` on every change until the returned function is called."""
        self._state.listeners.append(listener)
        return lambda: self._state.listeners.remove(listener)

    def next_serial(self) -> int:
        """A number never given before."""
        return self._state.next_serial()

    def close(self) -> None:
        """Closes the saved file."""
        self._state.close()

    # Rules

    def _open_channel(self, wanted: str, user: str, *, guest: bool = False) -> Channel:
        channel = self.channel(wanted) if guest else self.seen(wanted, user)
        if channel.archived:
            raise Refused("is_archived")
        public = not channel.private and not channel.im
        guest = guest or (public and user == BOT_USER and "chat:write.public" in self.scopes)
        if user not in channel.members and not guest:
            raise Refused("not_in_channel")
        return channel

    def _root(self, channel: Channel, thread_ts: str | None) -> Message | None:
        """The root that a reply belongs to; a reply to a reply goes to the same root.

        A plausible ts of a message that is gone un-threads the new one, silently: so Slack does
        (slack-go/slack#1571, slackapi/python-slack-events-api#87). `refuse_orphans` makes it thread_not_found.
        """
        if thread_ts is None:
            return None
        if not TS.fullmatch(thread_ts):
            raise Refused("invalid_thread_ts")
        found = self._state.messages[channel.id].get(thread_ts)
        if found is None and self.refuse_orphans:
            raise Refused("thread_not_found")
        if found is not None and found.is_reply:
            return self._state.messages[channel.id].get(found.thread_ts or "")
        return found

    def _ping(self, kind: str, message: Message, already: set[str], *, link_names: bool = False) -> None:
        targets = notified(message.text, message.blocks, message.attachments, link_names=link_names)
        fresh = [target for target in targets if target not in already]
        if fresh:
            self._state.put(Ping(kind=kind, channel=message.channel, ts=message.ts, user=message.user, targets=fresh))
