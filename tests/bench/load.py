"""Load over keep-alive connections, written on asyncio streams so that the load costs less than what it measures."""

import asyncio
import socket
import time
from dataclasses import dataclass, field
from itertools import count


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Result:
    """Requests a second, and milliseconds that half and nearly all took."""

    rate: float
    p50: float
    p99: float
    memory: float = field(default=0.0)


class Load:
    """POSTs bodies to one address."""

    def __init__(self, port: int, path: str, headers: dict[str, str], bodies: list[bytes]) -> None:
        self._port, self._path, self._headers, self.bodies = port, path, headers, bodies

    async def ready(self) -> None:
        for _ in range(600):
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
                writer.write(b"GET /-/healthy HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                if b" 200 " in await reader.readline():
                    writer.close()
                    return
            except OSError:
                await asyncio.sleep(0.05)
        raise RuntimeError("the server does not come up")

    async def run(self, connections: int, seconds: float) -> Result:
        requests = [self._request(body) for body in self.bodies]
        end = time.perf_counter() + seconds
        numbers, times = count(), [float(0)] * 0

        async def client() -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            while time.perf_counter() < end:
                started = time.perf_counter()
                await _exchange(reader, writer, requests[next(numbers) % len(requests)])
                times.append(time.perf_counter() - started)
            writer.close()

        started = time.perf_counter()
        await asyncio.gather(*(client() for _ in range(connections)))
        elapsed = time.perf_counter() - started
        times.sort()
        return Result(len(times) / elapsed, times[len(times) // 2] * 1000, times[int(len(times) * 0.99)] * 1000)

    async def each(self, bodies: list[bytes], connections: int) -> None:
        left = iter(bodies)

        async def client() -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            for body in left:
                await _exchange(reader, writer, self._request(body))
            writer.close()

        await asyncio.gather(*(client() for _ in range(connections)))

    async def once(self, body: bytes) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        await _exchange(reader, writer, self._request(body))
        writer.close()

    def _request(self, body: bytes) -> bytes:
        headers = "".join(f"{name}: {value}\r\n" for name, value in self._headers.items())
        head = f"POST {self._path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
        return head.encode() + body


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    if b" 200 " not in head[:16]:
        raise RuntimeError(head.decode())
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    await reader.readexactly(length)
