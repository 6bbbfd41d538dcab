"""Who is there: the bot, Slackbot, three people to act as, two user groups, and one person of another workspace."""

from bot.playground.message import HOME_TEAM, User, Usergroup

TEAM = HOME_TEAM
FOREIGN_TEAM = "T00FOREIGN"
APP = "A000000APP"
BOT_USER = "U000000BOT"
BOT = "B000000BOT"
ANA = "U000000ANA"
BRUNO = "U0000BRUNO"
CHLOE = "U0000CHLOE"
DANA = "U0000DANA0"
SLACKBOT = "USLACKBOT"
PEOPLE = (ANA, BRUNO, CHLOE)


def users(bot_name: str) -> dict[str, User]:
    """Everybody, by id."""
    return {
        user.id: user
        for user in (
            User(id=ANA, name="ana", real_name="Ana Ruiz", email="ana@example.com"),
            User(id=BRUNO, name="bruno", real_name="Bruno Costa", email="bruno@example.com", tz="Europe/Lisbon"),
            User(id=CHLOE, name="chloe", real_name="Chloe Martin", email="chloe@example.com", tz="Europe/Paris"),
            User(id=DANA, name="dana", real_name="Dana Okafor", team=FOREIGN_TEAM, tz="Africa/Lagos"),
            User(id=BOT_USER, name=bot_name.lower(), real_name=bot_name, bot_id=BOT),
            User(id=SLACKBOT, name="slackbot", real_name="Slackbot"),
        )
    }


USERGROUPS = (
    Usergroup(id="S0000ONCALL", handle="on-call", name="On call", users=(ANA, BRUNO)),
    Usergroup(id="S000RELEASE", handle="release-managers", name="Release managers", users=(CHLOE,)),
)
