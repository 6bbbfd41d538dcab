"""What `sereno doctor` finds out about the SMTP server."""

import pytest

from bot.doctor.mails import looked
from bot.settings import read
from tests.bot.test_doctor import SECRET, Practice, practice
from tests.mailbox import DROP, Tls, mailbox

__all__ = ["practice"]
LOGIN = {"user": "bot", "password": SECRET}


async def test_without_a_server_it_is_a_note(practice: Practice) -> None:
    said = await practice.look()
    assert said["mail"] == ("ok", "SMTP_URL is not set: no mail is sent", "")


async def test_a_policy_that_wants_mail_needs_one() -> None:
    [found] = await looked(None, wanted_by="severities.P0.mail")
    assert (found.level, found.todo) == ("wrong", "set SMTP_URL and SMTP_FROM, or take mail out of the policy")
    assert "severities.P0.mail" in found.found


@pytest.mark.parametrize(("tls", "port"), [("starttls", "smtp"), ("from the start", "smtps")])
async def test_a_server_that_lets_us_in(practice: Practice, tls: Tls, port: str) -> None:
    async with mailbox(tls=tls, **LOGIN) as box:
        level, found, todo = (await practice.look(**box.settings))["mail"]
        assert (level, todo) == ("ok", "")
        assert found.startswith(f"{port}://127.0.0.1:{box.port} answers, TLSv1.")
        assert found.endswith("lets in bot; mail comes from Sereno <sereno@example.org>")
        assert box.mails == []
        assert "MAIL" not in box.heard


async def test_an_open_line_to_this_machine_is_fine(practice: Practice) -> None:
    async with mailbox() as box:
        level, found, _ = (await practice.look(**box.settings))["mail"]
        assert level == "ok"
        assert "not encrypted, asks for no password" in found


async def test_what_is_wrong_and_what_to_do(practice: Practice) -> None:
    async with mailbox(tls="starttls", **LOGIN) as box:
        url = box.url
        wrong = {**box.settings, "SMTP_URL": url.replace(SECRET, f"{SECRET}2")}
        cases = [
            (wrong, "login: 535", "see user and password in SMTP_URL"),
            (box.settings | {"SMTP_CA": ""}, "its certificate is not trusted", "a private CA goes into SMTP_CA_FILE"),
            (box.settings | {"SMTP_URL": url.replace("smtp:", "smtps:")}, "tls: ", "smtp:// is STARTTLS (587)"),
        ]
        for environ, why, advice in cases:
            level, found, todo = (await practice.look(**environ))["mail"]
            assert level == "wrong"
            assert why in found
            assert advice in todo
        box.fails = {"EHLO": DROP}
        assert "lost: " in (await practice.look(**box.settings))["mail"][1]
        await box.close()
        _, found, todo = (await practice.look(**box.settings))["mail"]
        assert found == f"smtp://127.0.0.1:{box.port} takes no mail: not connected: Connection refused"
        assert todo.startswith("see that it runs")


async def test_no_encryption_to_another_machine_is_a_warning() -> None:
    async with mailbox() as box:
        address = read(box.settings | {"SMTP_URL": box.url.replace("127.0.0.1", "0.0.0.0")}).smtp
        [found] = await looked(address, wanted_by="")
        assert found.level == "warning"
        assert "STARTTLS" in found.todo
