"""A slow network on loopback: to a server that it passes requests on to, or instead of one."""

from __future__ import annotations

import asyncio
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from threading import Thread

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
CUT_OFF = (asyncio.IncompleteReadError, ConnectionError)

NO_ROWS = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n[]"
"""The answer to a page behind the end of a list, which not every run requests."""

Recording = Mapping[bytes, Sequence[bytes]]
"""The answers to each request in their order; a request is its first line and its body."""


class SlowNetwork:
    """A proxy that counts requests by kind, and holds each answer back for *latency* seconds.

    While it is ``live`` it passes requests on to *server*, a port, and records the answers.
    Else it gives those of ``answers``, the last of them again and again, and no server is asked.
    """

    def __init__(self, port: int, server: int, latency: float) -> None:
        self.port, self.server, self.latency = port, server, latency
        self.calls, self.busy, self.most = Counter[str](), 0, 0
        self.live, self.recorded = True, defaultdict[bytes, list[bytes]](list)
        self.answers: dict[bytes, list[bytes]] = {}

    def start(self) -> None:
        """Pass connections on until the program ends."""
        Thread(target=lambda: asyncio.run(self._serve()), daemon=True).start()

    def begin(self, recording: Recording | None = None) -> None:
        """Count anew; answer from *recording* if there is one, else pass on and record."""
        self.calls.clear()
        self.most, self.live = 0, recording is None
        self.recorded = defaultdict(list)
        self.answers = {key: list(answers) for key, answers in (recording or {}).items()}

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._answer, "127.0.0.1", self.port, limit=2**24)
        await server.serve_forever()

    async def _answer(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        far: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        try:
            while True:
                request, key = await _message(near)
                self._count(key)
                if self.live:
                    far = far or await asyncio.open_connection("127.0.0.1", self.server)
                    far[1].write(request)
                    answer, _ = await _message(far[0])
                    self.recorded[key].append(answer)
                else:
                    queue = self.answers.get(key, [NO_ROWS])
                    answer = queue.pop(0) if len(queue) > 1 else queue[0]
                await asyncio.sleep(self.latency)
                self.busy -= 1
                back.write(answer)
        except CUT_OFF:
            pass
        finally:
            for end in (back, *(far or ())[1:]):
                end.close()

    def _count(self, key: bytes) -> None:
        method, path, _ = key.split(b" ", 2)
        self.calls[f"{method.decode()} {ID.sub('ID', path.decode().partition('?')[0])}"] += 1
        self.busy += 1
        self.most = max(self.most, self.busy)


async def _message(source: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Return a request or an answer as it came, and its first line with its body."""
    head = await source.readuntil(b"\r\n\r\n")
    length = LENGTH.search(head)
    body = await source.readexactly(int(length[1]) if length else 0)
    return head + body, head.partition(b"\r\n")[0] + b"\n" + body
