"""The floor of the benchmark: parse the JSON, one Redis write, answer."""

import json
import os
import sys

from aiohttp import web
from redis.asyncio import Redis

redis = Redis.from_url(os.environ["SERENO_REDIS_URL"], max_connections=32)


async def take(request: web.Request) -> web.Response:
    json.loads(await request.read())
    await redis.set("floor", b"1")
    return web.json_response({"status": "accepted"})


app = web.Application(client_max_size=2**25)
app.router.add_post("/hooks/{source}", take)
app.router.add_get("/-/healthy", lambda _request: web.json_response({}))
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
