"""Hands one mail to the SMTP server and says what came of it as a value; never tries again by itself.

What a server may answer: RFC 5321, 4.2. Sereno speaks TLS wherever it can be had, and never without it to log in.
"""

import asyncio
import os
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP as WIRE
from email.utils import parseaddr
from typing import TypeVar

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from bot.clients.asking import Observe, one_line
from bot.settings import SmtpAddress
from rules.policy_fields import is_address
from rules.text import Text
from rules.unfit import english

TIMEOUT_S, LEAVE_S = 20.0, 2.0
WORD_MAX = 300
_ENCRYPT_FIRST, _LOG_IN_FIRST = 523, 530  # said to any mail, so it is the set-up that is wrong (RFC 4954, RFC 3207)
_HOST = re.compile(r"[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)+")
_NO_ADDRESS = "not an address in plain ASCII; a domain of other letters is written as xn--..."
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Delivered:
    """The server has it. `refused`: for whom not, and why; `later`: for whom not yet: send it to these again."""

    refused: Mapping[str, str] = field(default_factory=dict)
    later: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """Nobody gets it, and trying the same again is no use. `why`: the server's own words."""

    why: str


@dataclass(frozen=True, slots=True)
class Later:
    """Most likely nobody got it; try again. `said`: a short word, and after a colon more of it.

    Only after "lost" and "timeout" may the server have it all the same: the Message-ID is what tells copies.
    What is wrong with the set-up rather than with the mail, such as a login, is of this kind as well.
    """

    said: Text

    @property
    def why(self) -> str:
        """In English, for logs and for what is written down."""
        return english(self.said)

    @property
    def word(self) -> str:
        """The short word in English: not connected, tls, login, timeout, lost, not now, broken."""
        return self.why.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Welcome:
    """The server lets us in. `tls`: its version, "" without; `logged_in`: our user and password are right."""

    tls: str
    logged_in: bool


Answer = Delivered | Refused | Later


class _NoEncryption(Exception):
    """The server offers no STARTTLS, and we would have to send a password."""


class Mail:
    """One SMTP server; a connection for each mail. No method raises for what the server or the network does.

    `observe(call, result)` is told of each call, for metrics: "ok", "refused", or the short word of a Later.
    """

    def __init__(self, address: SmtpAddress, observe: Observe, *, timeout_s: float = TIMEOUT_S) -> None:
        self.address, self._observe, self._timeout_s = address, observe, timeout_s
        self._tls = ssl.create_default_context(cadata=address.ca or None)

    async def send(self, message: EmailMessage, to: Sequence[str]) -> Answer:
        """Send it to all of these, whatever its `To` says."""
        answer = await self._sent(message, list(dict.fromkeys(to)))
        self._observe("send", _word(answer))
        return answer

    async def look(self) -> Welcome | Refused | Later:
        """Connect, encrypt and log in as for a mail, and leave again."""
        answer = await self._within(self._welcome)
        self._observe("look", _word(answer))
        return answer

    async def _sent(self, message: EmailMessage, to: list[str]) -> Answer:
        strange = {one: _NO_ADDRESS for one in to if not is_address(one)}
        known = [one for one in to if one not in strange]
        if not known:
            return Refused(_listed(strange) or "it has no recipient")
        try:
            data = _written(message)
        except (ValueError, LookupError, MessageError) as error:
            return Refused(f"it cannot be written: {one_line(str(error), WORD_MAX)}")

        async def hand_over(client: SMTP) -> Answer:
            return await _hand_over(client, parseaddr(self.address.sender)[1], known, strange, data)

        return await self._within(hand_over)

    async def _within(self, act: Callable[[SMTP], Awaitable[T]]) -> T | Refused | Later:
        """What comes of an act in a connection of its own, all of it within the time there is."""
        client, line = self._client(), None
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._enter(client)
                line = client.transport
                answer = await act(client)
            with suppress(SMTPException, OSError):  # it is done, whatever the server says to our leaving
                await client.quit(timeout=LEAVE_S)
        except TimeoutError:  # ours, or that of a single step
            return Later(Text.of("timeout: not done within {seconds} s", seconds=f"{self._timeout_s:g}"))
        except (SMTPException, OSError, ValueError, _NoEncryption) as error:
            return _no(error)
        finally:
            _hang_up(client, line or client.transport)
        return answer

    def _client(self) -> SMTP:
        to = self.address
        return SMTP(
            hostname=to.host, port=to.port, use_tls=to.tls, start_tls=False, tls_context=self._tls,
            local_hostname=_own_name(), timeout=self._timeout_s,
        )  # fmt: skip

    async def _enter(self, client: SMTP) -> None:
        await client.connect()
        if not self.address.tls:
            await client.ehlo()
            if client.supports_extension("starttls"):
                await client.starttls()
            elif self.address.user:
                raise _NoEncryption
        if self.address.user:
            await client.login(self.address.user, self.address.password)

    async def _welcome(self, client: SMTP) -> Welcome:
        await client.noop()
        secure = client.get_transport_info("ssl_object")
        return Welcome(tls=secure.version() if secure else "", logged_in=bool(self.address.user))


def _hang_up(client: SMTP, line: asyncio.BaseTransport | None) -> None:
    """At once: over TLS a mere close waits for the other side, and the loop may end before that."""
    client.close()
    if isinstance(line, asyncio.WriteTransport):
        line.abort()


async def _hand_over(client: SMTP, sender: str, to: list[str], strange: Mapping[str, str], data: bytes) -> Answer:
    """The mail itself. Each recipient is asked about by itself, for one that is refused must not cost the others."""
    refused, later = dict(strange), dict[str, str]()
    await client.mail(sender)
    for one in to:
        try:
            await client.rcpt(one)
        except SMTPRecipientRefused as error:
            (refused if _is_final(error) else later)[one] = _said(error)
    if set(to) <= refused.keys() | later.keys():
        return Later(Text.of("not now: {why}", why=_listed(later))) if later else Refused(_listed(refused))
    await client.data(data)
    return Delivered(refused, later)


def _written(message: EmailMessage) -> bytes:
    """The mail as it goes over the wire, in 7 bits. Raises ValueError when a value of a header would become another."""
    data = message.as_bytes(policy=WIRE.clone(cte_type="7bit"))
    if BytesHeaderParser().parsebytes(data).keys() != message.keys():
        raise ValueError("a header of it holds line ends")
    return data


def _no(error: Exception) -> Refused | Later:
    """What an error means for the mail. Only an answer to the mail itself can refuse it."""
    match error:
        case SMTPAuthenticationError():
            return Later(Text.of("login: {why}", why=_said(error)))
        case SMTPSenderRefused() | SMTPDataError() if _is_final(error):
            return Refused(_said(error))
        case SMTPResponseException():
            if error.code > 0:
                return Later(Text.of("not now: {why}", why=_said(error)))
            return Later(Text.of("broken: {why}", why=_line(error.message)))
        case _NoEncryption():
            return Later(Text.of("tls: it offers no STARTTLS, and without it no password is sent"))
        case SMTPException() if not isinstance(error, OSError):  # without a code only our search for a way to log in
            return Later(Text.of("login: {why}", why=_line(error.message)))
    return _broken(error)


def _broken(error: Exception) -> Later:
    """The connection was not made, or did not last."""
    cause = error.__cause__ if isinstance(error, SMTPException) and error.__cause__ else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return Later(Text.of("tls: its certificate is not trusted: {why}", why=_line(cause.verify_message)))
    if isinstance(cause, ssl.SSLError):
        return Later(Text.of("tls: {why}", why=_line(cause.reason or str(cause))))
    if isinstance(error, SMTPConnectError):
        return Later(Text.of("not connected: {why}", why=_line(_system(cause))))
    if isinstance(error, OSError):
        return Later(Text.of("lost: the connection ended before its answer came"))
    return Later(Text.of("broken: {kind}", kind=type(error).__name__))


def _system(cause: BaseException) -> str:
    """The system's own words; asyncio puts others in their place. What DNS says has a negative number."""
    number = cause.errno if isinstance(cause, OSError) else None
    if number and number > 0:
        return os.strerror(number)
    return (cause.strerror if number and isinstance(cause, OSError) else None) or str(cause)


def _is_final(error: SMTPResponseException) -> bool:
    return 500 <= error.code < 600 and error.code not in (_ENCRYPT_FIRST, _LOG_IN_FIRST)


def _said(error: SMTPResponseException) -> str:
    return _line(f"{error.code} {error.message}")


def _listed(why: Mapping[str, str]) -> str:
    return _line("; ".join(f"{one_line(address, 80)}: {words}" for address, words in why.items()))


def _line(text: str) -> str:
    return one_line(text, WORD_MAX)


def _word(answer: Answer | Welcome) -> str:
    match answer:
        case Refused():
            return "refused"
        case Later():
            return answer.word
    return "ok"


def _own_name() -> str:
    """What we greet with: a name with a domain, else a literal, as RFC 5321, 4.1.4 asks."""
    name = socket.gethostname()
    return name if _HOST.fullmatch(name) else "[127.0.0.1]"
