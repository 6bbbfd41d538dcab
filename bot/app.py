"""Puts the bot together, starts it in order and stops it in order; nothing else knows all the parts."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import structlog
from aiohttp import web
from redis.asyncio import Redis
from slack_sdk.web.async_client import AsyncWebClient

from bot import demo_workspace, pages
from bot.budgets import Budgets
from bot.canary import Canary
from bot.claims import Claims
from bot.clients.alertmanager import Alertmanager
from bot.clients.directory import Directory
from bot.clients.names import Names
from bot.clients.slack import Slack
from bot.clients.slack_rooms import SlackRooms
from bot.clock import Clock, fresh_id
from bot.community import Community
from bot.comparison import Comparison
from bot.connections import to_redis, to_slack
from bot.desk import Desk
from bot.digests import Digests
from bot.ears import Ears
from bot.gate import Gate
from bot.gates import Gates
from bot.gathering import Gathering
from bot.leases import Leases
from bot.letters import Letters
from bot.listening import Listening
from bot.means import Means
from bot.memories import Memories
from bot.metrics import Metrics
from bot.ops import Ops
from bot.orders import Orders
from bot.outside import Outside, opened
from bot.pacing import Pacing
from bot.pictures import Pictures
from bot.policy_box import PolicyBox
from bot.queues import Queues
from bot.readings import Readings
from bot.reconciler import Reconciler
from bot.replays import Replays
from bot.settings import Settings
from bot.sheets import Sheets
from bot.slack_app import SlackApp
from bot.slack_in import SlackIn
from bot.slack_marks import SlackMarks
from bot.slack_socket import SlackSocket
from bot.sources.heard import Heard
from bot.sources.sources import Clients, Sources
from bot.store import Store, Unavailable
from bot.timers import Timers
from bot.versions import Versions
from bot.web import Hooks, is_loopback
from handlers import registry
from handlers.contract import Health

FINISH_S = 2.0  # for what is on its way to Slack when we are told to stop
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What `sereno run` was asked. `port` 0: any free one."""

    policy: Path
    host: str = "127.0.0.1"
    port: int = 8080
    data: Path = Path(".data")


class Bot:
    """One process of Sereno. `await start()`, then `await run()` until cancelled, then `await stop()`."""

    def __init__(self, settings: Settings, options: Options, clock: Clock) -> None:
        self.settings, self.options, self.clock = settings, options, clock
        self.policy = PolicyBox(options.policy, clock)
        self.metrics = Metrics()
        self.port = options.port
        self._stack = AsyncExitStack()
        self._work: list[asyncio.Task[object]] = []
        self.comparison: Comparison | None = None
        self.socket: SlackSocket | None = None

    @property
    def url(self) -> str:
        """Where this process listens."""
        host = "127.0.0.1" if self.options.host in ("0.0.0.0", "::") else self.options.host  # noqa: S104 - compared
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def closed_sources(self) -> list[str]:
        """The sources that answer 404, because they have no secret and others than this machine can reach us."""
        if is_loopback(self.options.host):
            return []
        return [name for name in registry.sources() if not self.settings.secrets_of(name)]

    @property
    def is_playground(self) -> bool:
        """Whether Slack is played by bot/playground."""
        return not self.settings.slack_bot_token.get_secret_value()

    async def start(self) -> None:
        """Everything up and listening when this returns. Raises what makes a start impossible."""
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise

    async def run(self) -> None:
        """Wait until a part of the work ends, which it does only by an error; raises that."""
        ended, _ = await asyncio.wait(self._work, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.result()

    async def stop(self) -> None:
        """Stop taking, stop working, let go of the lanes, close everything."""
        await self._stack.aclose()

    async def _start(self) -> None:
        redis = await to_redis(self.settings, self.options.data, self._stack)
        store, queues = Store(redis, self.clock, zone=lambda: self.policy.current.zone), Queues(redis)
        self.leases = Leases(redis, self.clock, fresh_id())
        client = await to_slack(self.settings, self._stack)
        self.orders = orders = Orders(self.policy, store)
        self.directory = Directory(client, policy=orders)
        outside = await opened(self.settings, self.metrics, self.clock, self._stack)
        memories, alertmanager = Memories(store, queues), outside.alertmanager
        names = Names(client, self.directory)
        self.ears, pacing = Ears(redis, self.clock), Pacing(redis, self.clock)
        gathering = Gathering(store, queues, memories, Community(outside.github, self.clock), self.clock, orders)
        self.desk = Desk(
            store, queues, self.clock, orders, wake=self._wake, decided=self.metrics.decided, health=self._health,
            directory=self.directory, names=names, memories=memories, gathering=gathering,
            alertmanager=alertmanager,
        )  # fmt: skip
        gates = Gates(store, pacing, orders, self.desk.submit, self.clock)
        slack = Slack(client, self.metrics.called)
        means = Means(
            store=store, slack=slack, directory=self.directory, pacing=pacing, gates=gates, policy=orders,
            clock=self.clock, submit=self.desk.submit, memories=memories, pictures=Pictures(slack, self.clock),
            freezes=orders.freezes, refresh=orders.refresh, github=outside.github, rooms=SlackRooms(slack), names=names,
            claims=Claims(redis), alertmanager=alertmanager,
        )  # fmt: skip
        self.reconciler = reconciler = Reconciler(means, queues, self.leases)
        self.timers = Timers(store, queues, self.leases, self.clock, self.desk.submit, reconciler.wake, orders)
        self.ops = Ops(redis, queues, self.leases, slack, self.metrics, self.policy, self.clock, self.ears.flush,
                       self._troubles)  # fmt: skip
        self.slack_app = self._slack_app(client, means, Replays(redis))
        self._keep_awake(redis, slack, memories)
        self.letters = Letters(outside.mail, store, queues, self.leases, pacing, orders)
        self.digests = Digests(gathering, queues, self.leases, self.clock, orders, self.desk.submit)
        await orders.refresh()
        await self._listen(client)
        self._work_on([*self._readers(outside, queues, memories), *self._comparing(alertmanager, store, queues)])
        self.policy.listeners.append(self.directory.stale)
        for end in (means.pictures.stop, self.letters.stop, self.gate.stop, self._quit):
            self._stack.push_async_callback(end)

    def _work_on(self, reading: list[Coroutine[Any, Any, NoReturn]]) -> None:
        """Begin all that goes on until the end."""
        self._lanes = [asyncio.create_task(work) for work in self.reconciler.lanes()]
        works = [self.leases.keep(), self.directory.keep(), self.ops.watch(), self.timers.run(), self.orders.keep()]
        works += [self.canary.run(), self.listening.run(), self.letters.run(), self.digests.run()]
        works += [*reading, *self._socket()]
        self._work += [*(asyncio.create_task(work) for work in works), *self._lanes]

    def _keep_awake(self, redis: Redis, slack: Slack, memories: Memories) -> None:
        """What makes sure that we hear, and that we are heard."""
        self.canary = Canary(redis, slack, self.directory, self.leases, self.clock, self.orders, self.metrics)
        self.listening = Listening(redis, self.leases, self.clock, self.orders, memories, self.desk.submit, self.ears,
                                   self.metrics, registry.sources())  # fmt: skip

    def _slack_app(self, client: AsyncWebClient, means: Means, replays: Replays) -> SlackApp:
        """What hears people; and CI."""
        self.gate = Gate(means.store, means.slack, self.clock, self.policy)
        sheets = Sheets(means.pen, means.pictures, self.clock)
        hands = registry.buttons(), registry.slashes(), registry.forms(), registry.shortcuts()
        app = SlackApp(client, self.desk, self.directory, replays, sheets, *hands)
        SlackMarks(app.bolt, self.desk, self.directory)
        return app

    def _readers(self, outside: Outside, queues: Queues, memories: Memories) -> list[Coroutine[Any, Any, NoReturn]]:
        """The work that reads what releases and error budgets are judged by."""
        submit, orders = self.desk.submit, self.orders
        budgets = Budgets(outside.prometheus, memories, self.leases, self.clock, orders, submit)
        clients = Clients(
            prometheus=outside.prometheus, github=outside.github, heard=Heard(queues), registries=outside.registries,
            documents=outside.documents, probes=outside.probes, budget=budgets.budget,
        )  # fmt: skip
        readings = Readings(Sources(clients, self.clock), memories, self.leases, self.clock, orders, submit)
        self._stack.push_async_callback(readings.stop)
        versions = Versions(outside.prometheus, outside.documents, memories, self.leases, self.clock, orders, submit)
        return [budgets.run(), readings.run(), versions.run()]

    def _comparing(
        self, alertmanager: Alertmanager | None, store: Store, queues: Queues
    ) -> list[Coroutine[Any, Any, NoReturn]]:
        """The work of comparing with Alertmanager, when there is one."""
        if alertmanager is None:
            return []
        self.comparison = Comparison(
            alertmanager, store, queues, self.leases, self.clock, self.orders, self.desk.submit
        )  # fmt: skip
        return [self.comparison.run()]

    def _socket(self) -> list[Coroutine[Any, Any, NoReturn]]:
        """The work of Socket Mode, when there is a token for it."""
        token = self.settings.slack_app_token.get_secret_value()
        if not token or self.is_playground:
            return []
        self.socket = SlackSocket(self.slack_app.bolt, token)
        self._stack.push_async_callback(self.socket.close)
        return [self.socket.keep()]

    def _troubles(self) -> list[str]:
        """What the parts other than Redis and the queue miss."""
        if self.socket is None or self.socket.is_open:
            return self.canary.troubles()
        return ["Socket Mode is not connected: nobody can press anything", *self.canary.troubles()]

    def _wake(self, lane: int, key: str = "") -> None:
        self.reconciler.wake(lane, key)

    async def _health(self) -> Health:
        return Health(
            waiting=self.ops.waiting,
            waiting_for_s=self.ops.age,
            slack=self.ops.slack_word,
            alertmanager=self.comparison.word if self.comparison else "not set",
            mail=self.letters.word,
            heard=await self.ears.heard(registry.sources()),
            closed=tuple(self.closed_sources),
            unresolved=self.directory.unresolved(),
            policy_file=str(self.options.policy),
            policy_since=self.policy.since,
            troubles=tuple(await self.ops.troubles()),
        )

    async def _listen(self, client: AsyncWebClient) -> None:
        app = web.Application()
        hooks = Hooks(
            registry.sources(), self.settings.secrets_of, self.listening.take, self.metrics, self.clock,
            open_=is_loopback(self.options.host), heard=self.ears.hear,
        )  # fmt: skip
        secret = self.settings.slack_signing_secret.get_secret_value()
        if self.is_playground:
            secret = fresh_id()
            sources = registry.sources()
            self.workspace = demo_workspace.add(
                app, data=self.options.data, policy=self.policy(), clock=self.clock, secret=secret,
                bot_url=lambda: self.url,
                hook_headers=lambda name, body: demo_workspace.signed(
                    sources[name], self.settings.secrets_of(name), body
                ),
            )  # fmt: skip
        slack_in = SlackIn(self.slack_app.bolt, secret, self.clock)
        app.router.add_post("/hooks/{source}", hooks.receive)
        app.router.add_post("/slack/events", slack_in.receive)
        app.router.add_get("/gate/{scope}", self.gate.ask)
        self.ops.add(app)
        pages.add(app, self.policy, self.ops, is_playground=self.is_playground)
        runner = web.AppRunner(app, access_log=None, auto_decompress=False, shutdown_timeout=5.0)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, self.options.host, self.options.port, reuse_address=True)
        await site.start()
        self.port = runner.addresses[0][1]
        if self.is_playground:
            client.base_url = f"{self.url}/playground/api/"

    async def _quit(self) -> None:
        self.reconciler.finish()
        if ours := [self._lanes[lane] for lane in self.leases.held()]:
            await asyncio.wait(ours, timeout=FINISH_S)
        await self.slack_app.finish(FINISH_S)
        await self.reconciler.stop()
        working = {task for task in self._work if not task.done()}
        while working:  # more than once: on Python 3.11 asyncio.wait_for, which redis-py uses, may swallow a cancel
            for task in working:
                task.cancel()
            _, working = await asyncio.wait(working, timeout=0.1)
        try:
            await self.leases.release()
        except Unavailable as error:
            log.warning("leases_kept", error=str(error), next="they run out by themselves")
