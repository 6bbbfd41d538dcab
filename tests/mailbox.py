"""A real SMTP server on the test's own loop: it keeps the mails that it takes, and fails as it is told."""

import asyncio
import functools
import ssl
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from aiosmtpd.smtp import MISSING, SMTP, AuthResult, Envelope, LoginPassword, Session

Tls = Literal["", "starttls", "from the start"]
HANG, DROP = "hang", "drop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail that was taken: its envelope, and what is in it. `encrypted`: it came over TLS."""

    sender: str
    to: tuple[str, ...]
    message: EmailMessage
    data: bytes
    user: str
    encrypted: bool

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    def part(self, kind: str) -> str:
        """The words of the part of this kind, "plain" or "html"."""
        found = self.message.get_body((kind,))
        assert found is not None, f"no part {kind}"
        return str(found.get_content())


@dataclass
class Mailbox:
    """The server. `fails`: what it answers instead of yes, such as {"ana@example.org": "550 no such user"}.

    Its keys: an address (said to RCPT), "DATA ADDRESS" (to DATA, if the mail is for that address), or a command: EHLO,
    AUTH, MAIL, RCPT, DATA, QUIT. Its values: an answer; "hang", which says nothing; "drop", which ends the line. At
    DATA a mail is taken before "drop", as if only the answer was lost; before "hang" it is not.
    """

    user: str = ""
    password: str = ""
    tls: Tls = ""
    mails: list[Mail] = field(default_factory=list)
    fails: dict[str, str] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)  # the commands, in order
    port: int = 0
    _server: asyncio.Server | None = None
    _lines: set["_Line"] = field(default_factory=set)

    @property
    def url(self) -> str:
        """SMTP_URL, with the user and password that it asks for."""
        login = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}@" if self.user else ""
        return f"smtp{'s' if self.tls == 'from the start' else ''}://{login}127.0.0.1:{self.port}"

    @property
    def ca(self) -> str:
        """What has to be trusted, for SMTP_CA; "" without TLS."""
        return certificate()[1] if self.tls else ""

    @property
    def settings(self) -> dict[str, str]:
        """All that makes a bot send its mails here."""
        return {"SMTP_URL": self.url, "SMTP_FROM": "Sereno <sereno@example.org>", "SMTP_CA": self.ca}

    def to(self, address: str) -> list[Mail]:
        """The mails that were taken for somebody."""
        return [mail for mail in self.mails if address in mail.to]

    async def open(self) -> None:
        """Listen, after the first time on the port of before."""
        loop, context = asyncio.get_running_loop(), certificate()[0] if self.tls else None
        at_once = context if self.tls == "from the start" else None
        by_request = context if self.tls == "starttls" else None
        make = functools.partial(_Line, self, tls_context=by_request, loop=loop)
        self._server = await loop.create_server(make, "127.0.0.1", self.port, ssl=at_once)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Away, with all connections."""
        if self._server:
            self._server.close()
            self._server = None
        lines, self._lines = self._lines, set()
        for line in lines:
            line.drop()
        await asyncio.gather(*(line.over() for line in lines))

    # --- what aiosmtpd asks; each has its server, session and envelope ---

    async def handle_EHLO(  # noqa: N802
        self, _line: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        if fails := await self._fails(_line, "EHLO"):
            return [fails]
        return [one for one in responses if self.user or not one.startswith("250-AUTH")]

    async def handle_AUTH(self, line: SMTP, _session: Session, _envelope: Envelope, _args: Any) -> Any:  # noqa: N802
        return await self._fails(line, "AUTH") or MISSING

    async def handle_MAIL(  # noqa: N802
        self, line: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if fails := await self._fails(line, "MAIL"):
            return fails
        if self.user and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from, envelope.mail_options = address, options
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, line: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if fails := await self._fails(line, "RCPT", address):
            return fails
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, line: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        keys = ["DATA", *(f"DATA {address}" for address in envelope.rcpt_tos)]
        if DROP in [self.fails.get(key) for key in keys]:
            self.mails.append(_taken(line, session, envelope))
        if fails := await self._fails(line, *keys):
            return fails
        self.mails.append(_taken(line, session, envelope))
        return "250 OK"

    async def handle_QUIT(self, line: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        return await self._fails(line, "QUIT") or "221 Bye"

    async def _fails(self, line: SMTP, *keys: str) -> str:
        """What is to be said instead of yes, "" for yes."""
        self.heard.append(keys[0])
        found = next((self.fails[key] for key in keys if key in self.fails), "")
        if found == DROP:
            assert isinstance(line, _Line)
            line.drop()
        if found in (HANG, DROP):
            await asyncio.get_running_loop().create_future()  # until the connection is gone
        return found


class _Line(SMTP):
    """One connection."""

    def __init__(self, box: Mailbox, **more: Any) -> None:
        self._box = box
        login = functools.partial(_let_in, box)
        super().__init__(
            box, hostname="mailbox.test", authenticator=login, auth_require_tls=box.tls == "starttls", **more
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._box._lines.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._box._lines.discard(self)

    def drop(self) -> None:
        """End it without a word."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    async def over(self) -> None:
        """Nobody works for it any more."""
        if self._handler_coroutine:
            self._handler_coroutine.cancel()
            await asyncio.wait([self._handler_coroutine])


def _let_in(box: Mailbox, _line: SMTP, _session: Session, _envelope: Envelope, _how: str, login: Any) -> AuthResult:
    right = login == LoginPassword(box.user.encode(), box.password.encode())
    return AuthResult(success=right, handled=False, auth_data=login)


def _taken(line: SMTP, session: Session, envelope: Envelope) -> Mail:
    data = envelope.original_content or b""
    message = message_from_bytes(data, policy=policy.default)
    login = session.auth_data
    secure = line.transport is not None and line.transport.get_extra_info("ssl_object") is not None
    return Mail(sender=str(envelope.mail_from), to=tuple(envelope.rcpt_tos), message=message, data=data,
                user=login.login.decode() if isinstance(login, LoginPassword) else "", encrypted=secure)  # fmt: skip


@functools.cache
def certificate() -> tuple[ssl.SSLContext, str]:
    """One that signs itself: what serves it, and its PEM."""
    asked = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", "/CN=mailbox.test", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
             "-keyout", "key.pem", "-out", "cert.pem"]  # fmt: skip
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(asked, cwd=folder, check=True, capture_output=True)
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        return context, (folder / "cert.pem").read_text()


@asynccontextmanager
async def mailbox(*, user: str = "", password: str = "", tls: Tls = "") -> AsyncIterator[Mailbox]:
    """A server that listens, and is away afterwards."""
    box = Mailbox(user=user, password=password, tls=tls)
    await box.open()
    try:
        yield box
    finally:
        await box.close()
