"""The client of SMTP against a real server that takes mails, refuses them, hangs, lies and goes away; its settings."""

import asyncio
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.clients.mail import Delivered, Later, Mail, Refused, Welcome
from bot.setting_values import BadSetting
from bot.settings import SmtpAddress, read
from rules.text import Text
from tests.conftest import wait_until
from tests.mailbox import DROP, HANG, Mailbox, Tls, mailbox

ANA, BRUNO, CARO = "ana@example.org", "bruno@example.org", "caro@example.org"
LOGIN = {"user": "bot", "password": "p@ss:word/ñ"}
FROM = {"SMTP_FROM": "Sereno <sereno@example.org>"}


def note(subject: str = "Disk full", body: str = "On db-1.\n") -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, FROM["SMTP_FROM"], ANA
    message.set_content(body)
    return message


def address(**environ: str) -> SmtpAddress:
    found = read(FROM | environ).smtp
    assert found is not None
    return found


def client(box: Mailbox, *, timeout_s: float = 10.0, **environ: str) -> tuple[Mail, list[tuple[str, str]]]:
    seen: list[tuple[str, str]] = []
    return Mail(address(**box.settings | environ), lambda *told: seen.append(told), timeout_s=timeout_s), seen


# --- when all is well ---


@pytest.mark.parametrize(
    ("tls", "login"),
    [("", {}), ("starttls", {}), ("starttls", LOGIN), ("from the start", {}), ("from the start", LOGIN)],
)
async def test_a_mail_arrives(tls: Tls, login: dict[str, str]) -> None:
    async with mailbox(tls=tls, **login) as box:
        mail, seen = client(box)
        assert await mail.send(note(body=".\n..\nñ\n"), [ANA, BRUNO, ANA]) == Delivered()
    [taken] = box.mails
    assert (taken.sender, taken.to) == ("sereno@example.org", (ANA, BRUNO))
    assert (taken.subject, taken.part("plain")) == ("Disk full", ".\n..\nñ\n")
    assert (taken.user, taken.encrypted) == (login.get("user", ""), bool(tls))
    assert taken.data.isascii()
    assert seen == [("send", "ok")]


async def test_a_look_sends_nothing() -> None:
    async with mailbox(tls="starttls", user="bot", password="s3cret") as box:
        mail, seen = client(box)
        welcome = await mail.look()
        assert isinstance(welcome, Welcome)
        assert welcome.tls.startswith("TLSv1.")
        assert welcome.logged_in
        assert box.heard == ["EHLO", "EHLO", "AUTH", "QUIT"]
        assert seen == [("look", "ok")]
    async with mailbox() as box:
        assert await client(box)[0].look() == Welcome("", logged_in=False)


# --- what a server may say ---


async def test_one_recipient_that_is_refused_does_not_cost_the_others() -> None:
    async with mailbox() as box:
        box.fails = {BRUNO: "550 5.1.1 no such user", CARO: "450 4.2.1 greylisted"}
        mail, seen = client(box)
        answer = await mail.send(note(), [BRUNO, CARO, ANA])
        assert answer == Delivered({BRUNO: "550 5.1.1 no such user"}, {CARO: "450 4.2.1 greylisted"})
        assert [taken.to for taken in box.mails] == [(ANA,)]
        assert seen == [("send", "ok")]


def later(why: str) -> Later:
    return Later(Text.of("{why}", why=why))


def flat(answer: object) -> object:
    """An answer in English, however its sentence is made."""
    return later(answer.why) if isinstance(answer, Later) else answer


@pytest.mark.parametrize(
    ("fails", "answer"),
    [
        ({ANA: "550 no such user"}, Refused(f"{ANA}: 550 no such user")),
        ({ANA: "450 busy"}, later(f"not now: {ANA}: 450 busy")),
        ({ANA: "530 log in first"}, later(f"not now: {ANA}: 530 log in first")),
        ({"MAIL": "553 not this sender"}, Refused("553 not this sender")),
        ({"MAIL": "451 disk full"}, later("not now: 451 disk full")),
        ({"MAIL": "530 5.7.0 Authentication required"}, later("not now: 530 5.7.0 Authentication required")),
        ({"DATA": "554 looks like spam"}, Refused("554 looks like spam")),
        ({"DATA": "452 no room"}, later("not now: 452 no room")),
        ({f"DATA {ANA}": "552 too large"}, Refused("552 too large")),
        ({"DATA": "421 shutting down"}, later("not now: 421 shutting down")),
        ({"EHLO": "421 too many"}, later("not now: 421 too many")),
        ({"DATA": "250-very\r\n250 good"}, Delivered()),
        ({"DATA": "554-5.7.1 no\x1b[31m\r\n554 spam"}, Refused("554 5.7.1 no [31m spam")),
        ({"DATA": "hello"}, later("broken: Malformed SMTP response line: hello")),
    ],
)
async def test_what_is_said_to_it(fails: dict[str, str], answer: object) -> None:
    async with mailbox() as box:
        box.fails = fails
        mail, seen = client(box)
        assert flat(await mail.send(note(), [ANA])) == answer
        word = answer.word if isinstance(answer, Later) else "refused" if isinstance(answer, Refused) else "ok"
        assert seen == [("send", word)]
        box.fails = {}
        assert await mail.send(note(), [ANA]) == Delivered(), "the next one is not hurt"


async def test_nobody_has_it_while_one_of_them_may_still_get_it() -> None:
    async with mailbox() as box:
        box.fails = {ANA: "550 no such user", BRUNO: "450 busy"}
        assert flat(await client(box)[0].send(note(), [ANA, BRUNO])) == later(f"not now: {BRUNO}: 450 busy")


# --- when the network fails ---


@pytest.mark.parametrize("step", ["EHLO", "MAIL", "RCPT", "DATA"])
async def test_a_server_that_hangs_is_left_in_time(step: str) -> None:
    async with mailbox() as box:
        box.fails = {step: HANG}
        mail, seen = client(box, timeout_s=0.3)
        assert flat(await mail.send(note(), [ANA])) == later("timeout: not done within 0.3 s")
        assert seen == [("send", "timeout")]
        assert box.mails == []


@pytest.mark.parametrize("step", ["EHLO", "MAIL", "RCPT", "DATA"])
async def test_a_connection_that_is_lost(step: str) -> None:
    async with mailbox() as box:
        box.fails = {step: DROP}
        answer = await client(box)[0].send(note(), [ANA])
        assert flat(answer) == later("lost: the connection ended before its answer came")
        assert bool(box.mails) == (step == "DATA"), "it may have been taken: only its Message-ID tells"


@pytest.mark.parametrize("how", [HANG, DROP, "500 what?"])
async def test_a_mail_that_was_taken_stays_delivered_however_we_part(how: str) -> None:
    async with mailbox() as box:
        box.fails = {"QUIT": how}
        assert await client(box, timeout_s=10)[0].send(note(), [ANA]) == Delivered()


async def test_a_server_that_is_away_comes_back_on_its_port() -> None:
    async with mailbox() as box:
        mail, seen = client(box)
        await box.close()
        assert flat(await mail.send(note(), [ANA])) == later("not connected: Connection refused")
        await box.open()
        assert await mail.send(note(), [ANA]) == Delivered()
        assert seen == [("send", "not connected"), ("send", "ok")]


async def test_a_name_that_nobody_knows() -> None:
    mail = Mail(address(SMTP_URL="smtp://nowhere.invalid"), lambda *told: None)
    answer = await mail.send(note(), [ANA])
    assert isinstance(answer, Later)
    assert answer.word == "not connected"


@pytest.mark.parametrize("said", [b"", b"\xff\xfe\r\n", b"554 go away\r\n", b"220 " + b"x" * 100_000 + b"\r\n"])
async def test_what_is_no_server_for_mail(said: bytes) -> None:
    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        mail = Mail(address(SMTP_URL=f"smtp://127.0.0.1:{port}"), lambda *told: None)
        assert isinstance(await mail.send(note(), [ANA]), Later)


async def test_who_is_told_to_stop_stops_at_once() -> None:
    async with mailbox() as box:
        box.fails = {"DATA": HANG}
        sending = asyncio.create_task(client(box, timeout_s=60)[0].send(note(), [ANA]))
        await wait_until(lambda: "DATA" in box.heard)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending


# --- passwords and encryption ---


async def test_a_wrong_password_is_for_later_and_is_not_told() -> None:
    async with mailbox(tls="starttls", user="bot", password="s3cret") as box:
        mail, _ = client(box, SMTP_URL=box.url.replace("s3cret", "0ther"))
        answer = await mail.send(note(), [ANA])
        assert isinstance(answer, Later)
        assert answer.why.startswith("login: 535")
        assert "0ther" not in f"{answer!r} {mail.address!r}"


async def test_no_password_goes_over_an_open_line() -> None:
    async with mailbox() as box:
        mail, _ = client(box, SMTP_URL=box.url.replace("//", "//bot:s3cret@"))
        assert flat(await mail.send(note(), [ANA])) == later(
            "tls: it offers no STARTTLS, and without it no password is sent"
        )
        assert "AUTH" not in box.heard


async def test_a_server_that_knows_no_login() -> None:
    async with mailbox(tls="starttls") as box:
        mail, _ = client(box, SMTP_URL=box.url.replace("//", "//bot:s3cret@"))
        answer = await mail.send(note(), [ANA])
        assert flat(answer) == later("login: The SMTP AUTH extension is not supported by this server.")


@pytest.mark.parametrize("tls", ["starttls", "from the start"])
async def test_a_certificate_that_nobody_vouches_for(tls: Tls) -> None:
    async with mailbox(tls=tls) as box:
        mail, seen = client(box, SMTP_CA="")
        answer = await mail.send(note(), [ANA])
        assert flat(answer) == later("tls: its certificate is not trusted: self-signed certificate")
        assert seen == [("send", "tls")]
        assert box.mails == []


@pytest.mark.parametrize("tls", ["starttls", "from the start"])
async def test_a_certificate_of_another_host(tls: Tls) -> None:
    async with mailbox(tls=tls) as box:
        answer = await client(box, SMTP_URL=box.url.replace("127.0.0.1", "127.1"))[0].send(note(), [ANA])
        assert isinstance(answer, Later)
        assert answer.why.startswith("tls: its certificate is not trusted: Hostname mismatch")


async def test_tls_from_the_start_with_a_server_that_upgrades() -> None:
    async with mailbox(tls="starttls") as box:
        answer = await client(box, SMTP_URL=box.url.replace("smtp:", "smtps:"))[0].send(note(), [ANA])
        assert isinstance(answer, Later)
        assert answer.word == "tls"


# --- nobody gets into the headers ---


@pytest.mark.parametrize(
    "to",
    ["ana@example.org\r\nRCPT TO:<eve@x.org>", "a b@x.org", "<ana@x.org>", "ñ@x.org", "ana@ñ.org", "", "ana", "a@x\0"],
)
async def test_what_is_no_address_is_refused_before_it_is_said(to: str) -> None:
    async with mailbox() as box:
        mail, _ = client(box)
        refused = await mail.send(note(), [to])
        assert isinstance(refused, Refused)
        assert "not an address in plain ASCII" in refused.why
        assert box.heard == []
        delivered = await mail.send(note(), [to, ANA])
        assert isinstance(delivered, Delivered)
        assert list(delivered.refused) == [to]
        assert [taken.to for taken in box.mails] == [(ANA,)]


async def test_a_mail_for_nobody() -> None:
    async with mailbox() as box:
        assert await client(box)[0].send(note(), []) == Refused("it has no recipient")


async def test_a_header_that_hides_another_is_not_sent() -> None:
    async with mailbox() as box:
        answer = await client(box)[0].send(note("=?utf-8?q?hi=0D=0ABcc:_eve@x.org?="), [ANA])
        assert isinstance(answer, Refused | Delivered)
        assert all("Bcc" not in taken.message for taken in box.mails)


# --- settings ---


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("smtp://mail.example.org", "smtp://mail.example.org:587"),
        ("smtp://mail.example.org:25/", "smtp://mail.example.org:25"),
        ("smtps://bot:s3cret@mail.example.org", "smtps://mail.example.org:465"),
        ("smtp://b%40t:s3%2Fcret%3A@[::1]:2525", "smtp://[::1]:2525"),
    ],
)
def test_where_the_server_is(url: str, shown: str) -> None:
    found = address(SMTP_URL=url)
    assert found.url == shown
    assert found.tls == url.startswith("smtps")
    assert "s3" not in f"{found!r} {read(FROM | {'SMTP_URL': url})!r}"


def test_user_and_password_are_decoded() -> None:
    found = address(SMTP_URL="smtp://b%40t:s3%2Fcret%3A@mx")
    assert (found.user, found.password) == ("b@t", "s3/cret:")


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("sereno@example.org", "sereno@example.org"),
        ("Sereno <sereno@example.org>", "Sereno <sereno@example.org>"),
        ('"Sereno, el vigía" <sereno@example.org>', '"Sereno, el vigía" <sereno@example.org>'),
        ("<sereno@example.org>", "sereno@example.org"),
    ],
)
def test_who_sends(given_: str, kept: str) -> None:
    assert address(SMTP_URL="smtp://mx", SMTP_FROM=given_).sender == kept


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        *(({"SMTP_URL": url}, "SMTP_URL: not an address") for url in (
            "mx:25", "http://s3@mx", "smtp://", "smtp://mx:port", "smtp://mx?s3", "smtp://mx:0", "smtp://[mx",
            "smtp://m x",
        )),
        ({"SMTP_URL": "smtp://a:s3@cret@mx"}, "SMTP_URL: an @ in the wrong place"),
        ({"SMTP_URL": "smtp://mx/s3"}, "SMTP_URL: a server for mail has no path"),
        ({"SMTP_URL": "smtp://s3@mx"}, "SMTP_URL: user and password belong together"),
        ({"SMTP_URL": "smtp://:s3@mx"}, "SMTP_URL: user and password belong together"),
        ({"SMTP_URL": "smtp://s3:%0A@mx"}, "SMTP_URL: user and password have no control characters"),
        ({"SMTP_FROM": ""}, "SMTP_FROM: missing; with SMTP_URL write who sends, such as Sereno <sereno@example.org>"),
        *(({"SMTP_FROM": sender}, "SMTP_FROM: not a sender") for sender in (
            "s3", "s3@", "@s3", "A <s3>", "s3\r\nBcc: e@x.org", "A\n<s3@x.org>", "A <s3@x.org> B", "s3@ñ.org",
            "=?s3?= <a@x>", "a@x.org, s3@x.org",
        )),
        ({"SMTP_CA": "s3"}, "SMTP_CA: no certificate can be read from it"),
        ({"SMTP_CA": "-----BEGIN CERTIFICATE-----\ns3\n-----END CERTIFICATE-----"}, "SMTP_CA: no certificate"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named_and_not_repeated(environ: dict[str, str], words: str) -> None:
    with pytest.raises(BadSetting, match=words.replace("(", r"\(")) as raised:
        read({"SMTP_URL": "smtp://mx"} | FROM | environ)
    assert "s3" not in str(raised.value)


async def test_settings_may_be_files(tmp_path: Path) -> None:
    async with mailbox(tls="starttls") as box:
        (tmp_path / "ca.pem").write_text(box.ca)
        (tmp_path / "url").write_text(f"{box.url}\n")
        named = {"SMTP_URL_FILE": str(tmp_path / "url"), "SMTP_CA_FILE": str(tmp_path / "ca.pem")}
        assert await Mail(address(**named), lambda *told: None).send(note(), [ANA]) == Delivered()


def test_without_a_server_there_is_none() -> None:
    assert read(FROM).smtp is None


@settings(deadline=None)
@given(st.text(max_size=60))
@example("a@b\r\nc")
def test_any_sender_is_used_or_refused(text: str) -> None:
    try:
        found = address(SMTP_URL="smtp://mx", SMTP_FROM=text)
    except BadSetting:
        return
    assert found.sender.isprintable()
