"""Mail: whether the SMTP server answers, over TLS, and lets us in; nothing is sent."""

from bot.clients.mail import Later, Mail, Refused, Welcome
from bot.doctor.case import Case
from bot.doctor.finding import Finding, ok, warning, wrong
from bot.settings import SmtpAddress
from rules.text import Text

WHAT, TIMEOUT_S = "mail", 8.0
ADVICE = {
    "not connected": Text.of(
        "see that it runs, that SMTP_URL has the right host and port, and that this machine may reach it"
    ),
    "timeout": Text.of(
        "see whether a firewall is between; smtps:// is TLS from the start (465), smtp:// is STARTTLS (587)"
    ),
    "tls": Text.of(
        "smtps:// is TLS from the start (465), smtp:// is STARTTLS (587); a private CA goes into SMTP_CA_FILE"
    ),
    "login": Text.of("see user and password in SMTP_URL; write %40 for @, %2F for / and so on"),
}
OTHERWISE = Text.of("see the server's log, and whether SMTP_URL leads to it")
LOOPBACK = ("localhost", "::1")


async def mails(case: Case) -> list[Finding]:
    """Not having a server is fine, as long as the policy wants no mail."""
    return await looked(case.settings.smtp, wanted_by=next((where for where, _ in case.policy.mailed()), ""))


async def looked(address: SmtpAddress | None, *, wanted_by: str) -> list[Finding]:
    """What is to be said of a server. `wanted_by`: where in the policy mail is asked for, "" when nowhere."""
    if address is None and wanted_by:
        what = Text.of("SMTP_URL is not set, and the policy wants mail ({where}): none is sent", where=wanted_by)
        return [wrong(WHAT, what, Text.of("set SMTP_URL and SMTP_FROM, or take mail out of the policy"))]
    if address is None:
        return [ok(WHAT, Text.of("SMTP_URL is not set: no mail is sent"))]
    match await Mail(address, lambda _call, _result: None, timeout_s=TIMEOUT_S).look():
        case Welcome() as welcome:
            return [_welcomed(address, welcome)]
        case Later() as later:
            return [
                wrong(
                    WHAT,
                    Text.of("{url} takes no mail: {why}", url=address.url, why=later.said),
                    ADVICE.get(later.word, OTHERWISE),
                )
            ]
        case Refused(why=why):
            return [wrong(WHAT, Text.of("{url} takes no mail: {why}", url=address.url, why=why), OTHERWISE)]


def _welcomed(address: SmtpAddress, welcome: Welcome) -> Finding:
    login = Text.of("asks for no password")
    if welcome.logged_in:
        login = Text.of("lets in {user}", user=address.user)
    found = Text.of(
        "{url} answers, {tls}, {login}; mail comes from {sender}",
        url=address.url,
        tls=welcome.tls or Text.of("not encrypted"),
        login=login,
        sender=address.sender,
    )
    if welcome.tls or address.host in LOOPBACK or address.host.startswith("127."):
        return ok(WHAT, found)
    return warning(WHAT, found, Text.of("let it offer STARTTLS: what is in the mails can be read on the way"))
