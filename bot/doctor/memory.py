"""Redis: whether it answers, and whether it forgets nothing."""

from collections.abc import Iterator, Mapping
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, RedisError, ResponseError

from bot.doctor.addresses import cause, shown
from bot.doctor.case import Case
from bot.doctor.finding import Finding, ok, warning, wrong
from bot.ears import Ears
from bot.embedded import Embedded
from bot.store import Unavailable
from rules.text import Text

TIMEOUT_S, NEARLY = 5.0, 0.8
AOF = Text.of("set appendonly yes and appendfsync always, as in deploy/compose.yaml")


async def redis(case: Case) -> list[Finding]:
    """The one of SERENO_REDIS_URL, or the Valkey that `sereno run` keeps in its data directory."""
    given = case.settings.sereno_redis_url
    try:
        client = _client(given or Embedded(case.data).url)
    except ValueError:  # its words may hold the password
        return [
            wrong(
                "Redis",
                Text.of("SERENO_REDIS_URL is not an address"),
                Text.of("redis://[user:password@]host[:port][/database]"),
            )
        ]
    async with client:
        try:
            info: Mapping[str, Any] = await client.info()
            config = await _config(client)
        except (RedisError, OSError) as error:
            return [_away(given, error) if given else _asleep(case)]
    return [_named(given, case, info), *_durable(info, config), *_roomy(info)]


async def last_heard(case: Case, source: str) -> int:
    """When something of a source was last accepted, in unix milliseconds; 0: never, or nobody can say."""
    try:
        async with _client(case.settings.sereno_redis_url or Embedded(case.data).url) as client:
            return (await Ears(client, case.clock).heard([source]))[source]
    except (Unavailable, ValueError):
        return 0


def _client(url: str) -> Redis:
    return Redis.from_url(
        url, decode_responses=True, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
    )  # fmt: skip


async def _config(client: Redis) -> Mapping[str, str] | None:
    """None when it may not be asked, as with many that are managed."""
    try:
        asked = await client.config_get("appendfsync")
    except ResponseError:
        return None
    return {str(name): str(value) for name, value in asked.items()}


def _asleep(case: Case) -> Finding:
    found = Text.of("no SERENO_REDIS_URL, and no Valkey of Sereno's own runs for {data}", data=str(case.data))
    return warning("Redis", found, Text.of("`sereno run` starts it; if it runs already, give the same --data"))


def _away(url: str, error: Exception) -> Finding:
    if isinstance(error, AuthenticationError):
        return wrong(
            "Redis",
            Text.of("{url} refuses the user or password", url=shown(url)),
            Text.of("mend them in SERENO_REDIS_URL"),
        )
    if isinstance(error, ResponseError):
        return wrong(
            "Redis",
            Text.of("{url} refuses INFO: {why}", url=shown(url), why=str(error)[:100]),
            Text.of("let this user call INFO"),
        )
    todo = Text.of("start it, or mend SERENO_REDIS_URL; until then each webhook is answered 503")
    return wrong("Redis", Text.of("{url} does not answer: {why}", url=shown(url), why=cause(error)), todo)


def _named(url: str, case: Case, info: Mapping[str, Any]) -> Finding:
    ours = info.get("valkey_version")
    version = f"Valkey {ours}" if ours else f"Redis {info.get('redis_version', '?')}"
    where = shown(url) if url else Text.of("Sereno's own, in {data}", data=str(case.data))
    if info.get("role") == "slave":
        todo = Text.of("write the address of the primary into SERENO_REDIS_URL")
        return wrong(
            "Redis",
            Text.of("{version}, {where}: is a replica, which takes nothing", version=version, where=where),
            todo,
        )
    return ok("Redis", Text.of("{version}, {where}", version=version, where=where))


def _durable(info: Mapping[str, Any], config: Mapping[str, str] | None) -> Iterator[Finding]:
    what = "Redis, on disk"
    if not info.get("aof_enabled"):
        yield wrong(
            what,
            Text.of("appendonly is off: a restart of Redis loses what was answered 2xx"),
            AOF,
        )
    elif info.get("aof_last_write_status", "ok") != "ok":
        yield wrong(
            what,
            Text.of("appendonly is on, and the last write to its file failed"),
            Text.of("look at its disk and its log"),
        )
    elif config is None:
        found = Text.of(
            "appendonly is on; CONFIG is refused, as with many that are managed, so appendfsync is not known"
        )
        yield warning(what, found, Text.of("ask who manages it: `always` loses nothing, `everysec` up to two seconds"))
    elif (sync := config.get("appendfsync")) != "always":
        found = Text.of(
            "appendonly is on, appendfsync is {sync}: a crash of its machine may lose what was answered 2xx",
            sync=str(sync),
        )
        yield warning(what, found, AOF)
    else:
        yield ok(what, Text.of("appendonly is on, appendfsync is always"))


def _roomy(info: Mapping[str, Any]) -> Iterator[Finding]:
    what, most, policy = "Redis, memory", int(info.get("maxmemory") or 0), str(info.get("maxmemory_policy"))
    used = Text.of("{used} used", used=str(info.get("used_memory_human", "?")))
    if not most:
        yield ok(what, Text.of("{used}, no bound", used=used))
        return
    of = Text.of("{used} of {most}", used=used, most=str(info.get("maxmemory_human")))
    if policy != "noeviction":
        found = Text.of(
            "{used}; maxmemory-policy is {policy}: when it is full it throws away incidents", used=of, policy=policy
        )
        yield wrong(what, found, Text.of("set maxmemory-policy noeviction"))
    elif int(info.get("used_memory") or 0) > NEARLY * most:
        found = Text.of("{used}: when it is full, each webhook is answered 503", used=of)
        yield warning(what, found, Text.of("give it more"))
    else:
        yield ok(what, Text.of("{used}, noeviction", used=of))
