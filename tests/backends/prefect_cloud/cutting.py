"""A proxy that lets the server do what it is asked, and then cuts the connection."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from ...patience import LONGEST

READS = ("/filter", "/count")


def written(method: str, path: str, _body: bytes) -> object:
    """Return what tells one write over REST from another; None for a read."""
    return None if method == "GET" or path.endswith(READS) else (method, path)


@contextmanager
def cutting(upstream: str, meanwhile=lambda: None, write_of=written):
    """Run the proxy; yield its root and the writes that reached the server, as *write_of* says.

    The answer to the first of each write is lost; what comes again gets one.
    *meanwhile* is called whenever an answer is about to get lost.
    """
    writes: list[object] = []
    client = httpx.Client(timeout=LONGEST, verify=False)  # certificates take 20 ms to load

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self):
            length = int(self.headers.get("content-length") or 0)
            sent = self.rfile.read(length)
            headers = {n: v for n, v in self.headers.items() if n.lower() != "host"}
            answer = client.request(
                self.command, upstream + self.path, content=sent, headers=headers
            )
            write = write_of(self.command, self.path, sent)
            if write is not None:
                writes.append(write)
                if writes.count(write) == 1:
                    meanwhile()
                    self.close_connection = True
                    return
            self.send_response_only(answer.status_code)
            for name in ("content-type", "date"):
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _pass  # noqa: N815

        def log_message(self, *_):
            pass

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=proxy.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{proxy.server_port}", writes
    finally:
        proxy.shutdown()
        thread.join()
        proxy.server_close()
        client.close()
