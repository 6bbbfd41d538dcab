"""auth, api, team, users and usergroups."""

from bot.playground.arguments import Arguments
from bot.playground.message import Json, User, Usergroup, user_json
from bot.playground.pages import page
from bot.playground.people import BOT, BOT_USER, PEOPLE, TEAM
from bot.playground.refusal import Refused
from bot.playground.workspace import Workspace


def auth_test(ws: Workspace, args: Arguments) -> Json:  # noqa: ARG001 - a method's shape
    """auth.test"""
    return {
        "url": f"{ws.url}/playground/",
        "team": "Playground",
        "user": ws.users[BOT_USER].name,
        "team_id": TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT,
        "is_enterprise_install": False,
    }


def api_test(ws: Workspace, args: Arguments) -> Json:  # noqa: ARG001 - a method's shape
    """api.test"""
    error = args.text("error")
    given = {key: value for key, value in args.raw.items() if key != "token"}
    if error:
        raise Refused(error, args=given)
    return {"args": given}


def team_info(ws: Workspace, args: Arguments) -> Json:  # noqa: ARG001 - a method's shape
    """team.info"""
    return {"team": {"id": TEAM, "name": "Playground", "domain": "playground", "url": f"{ws.url}/playground/"}}


def list_users(ws: Workspace, args: Arguments) -> Json:
    """users.list"""
    shown, cursor = page([one for one in ws.users.values() if not ws.is_stranger(one.id)], args, 100, 1000)
    return {
        "members": [_json(ws, one) for one in shown],
        "cache_ts": int(ws.clock()),
        "response_metadata": {"next_cursor": cursor},
    }


def user_info(ws: Workspace, args: Arguments) -> Json:
    """users.info"""
    user = ws.users.get(args.need("user", "user_not_found"))
    if user is None:
        raise Refused("user_not_found")
    return {"user": _json(ws, user)}


def lookup_by_email(ws: Workspace, args: Arguments) -> Json:
    """users.lookupByEmail"""
    email = args.need("email", "users_not_found").lower()
    own = (one for one in ws.users.values() if one.team == TEAM)
    user = next((one for one in own if one.email and one.email.lower() == email), None)
    if user is None:
        raise Refused("users_not_found")
    return {"user": _json(ws, user)}


def list_usergroups(ws: Workspace, args: Arguments) -> Json:
    """usergroups.list"""
    rich = args.flag("include_users")
    return {"usergroups": [_usergroup(ws, group, rich) for group in ws.usergroups.values()]}


def usergroup_users(ws: Workspace, args: Arguments) -> Json:
    """usergroups.users.list"""
    group = ws.usergroups.get(args.need("usergroup", "no_such_subteam"))
    if group is None:
        raise Refused("no_such_subteam")
    return {"users": list(group.users)}


def _json(ws: Workspace, user: User) -> Json:
    return user_json(user, email="users:read.email" in ws.scopes, stranger=ws.is_stranger(user.id))


def _usergroup(ws: Workspace, group: Usergroup, rich: bool) -> Json:
    return {
        "id": group.id, "team_id": TEAM, "is_usergroup": True, "name": group.name, "handle": group.handle,
        "description": "", "is_external": False, "date_create": int(ws.clock()), "date_delete": 0,
        "created_by": PEOPLE[0], "user_count": len(group.users),
        **({"users": list(group.users)} if rich else {}),
    }  # fmt: skip


METHODS = {
    "auth.test": auth_test,
    "api.test": api_test,
    "team.info": team_info,
    "users.list": list_users,
    "users.info": user_info,
    "users.lookupByEmail": lookup_by_email,
    "usergroups.list": list_usergroups,
    "usergroups.users.list": usergroup_users,
}
