"""What can be seen in a workspace: its conversations, their messages and threads, and who was notified."""

from bot.playground.message import Channel, Message, Ping, User
from bot.playground.people import BOT_USER, TEAM
from bot.playground.refusal import Refused
from bot.playground.state import State


class Looking:
    """Reading only; what is not there is Refused with Slack's word for it."""

    users: dict[str, User]
    url: str

    def __init__(self, state: State) -> None:
        self._state = state

    @property
    def channels(self) -> list[Channel]:
        """Every conversation, the oldest first."""
        return list(self._state.channels.values())

    @property
    def ephemerals(self) -> list[Message]:
        """The messages that one person alone sees (`visible_to`)."""
        return list(self._state.ephemerals.values())

    def channel(self, wanted: str) -> Channel:
        """By id, or by name with or without #."""
        name = wanted.removeprefix("#")
        found = self._state.channels.get(wanted)
        found = found or next((one for one in self.channels if one.name == name and not one.im), None)
        if found is None:
            raise Refused("channel_not_found")
        return found

    def seen(self, wanted: str, user: str) -> Channel:
        """As `channel`; a private one or a direct message is there for its members only."""
        channel = self.channel(wanted)
        if not sees(channel, user):
            raise Refused("channel_not_found")
        return channel

    def everything(self, wanted: str) -> list[Message]:
        """Roots, replies and tombstones of a channel, in order of ts."""
        shelf = self._state.messages[self.channel(wanted).id]
        return list(shelf.values())

    def messages(self, wanted: str) -> list[Message]:
        """The roots of a channel, in order; tombstones are left out."""
        return [one for one in self.everything(wanted) if not one.is_reply and not one.deleted]

    def thread(self, wanted: str, ts: str) -> list[Message]:
        """The root and its replies, in order."""
        return [one for one in self.everything(wanted) if ts in (one.ts, one.thread_ts)]

    def message(self, wanted: str, ts: str) -> Message:
        """One message that exists and was not deleted."""
        found = self._state.messages[self.channel(wanted).id].get(ts)
        if found is None or found.deleted:
            raise Refused("message_not_found")
        return found

    def pins(self, wanted: str) -> list[Message]:
        """The pinned messages of a channel, the newest pin first."""
        pinned = [one for one in self.everything(wanted) if one.pinned]
        return sorted(pinned, key=lambda one: one.pinned_at or one.ts, reverse=True)

    def permalink(self, message: Message) -> str:
        """A link into the playground's page."""
        thread = f"&thread={message.thread_ts}" if message.is_reply else ""
        name = self.channel(message.channel).name
        return f"{self.url}/playground/?channel={name}&ts={message.ts}{thread}"

    def pings(self) -> list[Ping]:
        """Everything that really notified somebody; an edit counts only for whom it newly mentions."""
        return list(self._state.pings)

    def is_stranger(self, user: str) -> bool:
        """Whether a person of another workspace shares no channel with the bot: so Slack defines `is_stranger`."""
        met = any(user in one.members and BOT_USER in one.members for one in self.channels if not one.im)
        return self.users[user].team != TEAM and not met


def sees(channel: Channel, user: str) -> bool:
    """Whether a conversation is there for this person at all."""
    return user in channel.members or not (channel.private or channel.im)
