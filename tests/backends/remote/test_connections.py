"""The connections of a client over real HTTP: one thread uses each, and they are reused."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Barrier, Event, Thread

import pytest

from rbac_sync.backends.remote import client as remote
from rbac_sync.backends.remote import late_answers
from rbac_sync.backends.remote.client import Client, Timeouts
from rbac_sync.backends.remote.request import Request
from rbac_sync.errors import BackendError, NoAnswer

from ...patience import LONGEST
from .waiting import CREATE, SECRET

THREADS = 4

READ = Request("GET", "bots")


class Server(ThreadingHTTPServer):
    """Counts the connections of clients; ``ended`` gets each one that is closed."""

    daemon_threads = True

    def __init__(self, answer: Callable[[BaseHTTPRequestHandler], None]) -> None:
        self.answer, self.connections, self.ended = answer, 0, Queue()
        super().__init__(("127.0.0.1", 0), Handler)

    def get_request(self):
        self.connections += 1
        return super().get_request()

    def shutdown_request(self, request):
        super().shutdown_request(request)
        self.ended.put(request)


class Handler(BaseHTTPRequestHandler):
    """Responds to each request with the function of its server."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.answer(self)

    do_POST = do_GET  # noqa: N815 - the name that the library calls

    def log_message(self, *_):
        pass


@contextmanager
def serving(answer, **options):
    with Server(answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        root = f"http://127.0.0.1:{server.server_port}/api"
        with closing(Client(root, SECRET, **options)) as client:
            yield server, client
        server.shutdown()


def answered(handler, length=2):
    handler.send_response(200)
    handler.send_header("Content-Length", str(length))
    handler.end_headers()
    handler.wfile.write(b"{}")


def answered_and_closed(handler):
    answered(handler)
    handler.close_connection = True


def test_threads_have_a_connection_each_and_use_it_again_until_the_client_is_closed():
    together = Barrier(THREADS)

    def answer(handler):
        together.wait(LONGEST)
        answered(handler)

    with serving(answer) as (server, client), ThreadPoolExecutor(THREADS) as pool:
        for _ in range(3):
            list(pool.map(client.send, [READ] * THREADS))
        assert server.connections == THREADS
        client.close()
        for _ in range(THREADS):
            server.ended.get(timeout=LONGEST)


def test_requests_one_after_another_share_one_connection():
    with serving(answered) as (server, client):
        for _ in range(3):
            client.send(READ)
        assert server.connections == 1


def test_a_connection_that_the_service_closed_meanwhile_is_not_written_to():
    with serving(answered_and_closed) as (server, client):
        client.send(CREATE)
        server.ended.get(timeout=LONGEST)
        assert client.send(CREATE).value == {}
        assert server.connections == 2


def test_a_connection_that_broke_off_in_an_answer_is_replaced():
    def cut(handler):
        answered(handler, length=10)
        handler.close_connection = True

    with serving(cut) as (server, client):
        with pytest.raises(BackendError):
            client.send(CREATE)
        server.answer = answered
        assert client.send(CREATE).value == {}
        assert server.connections == 2


@pytest.mark.parametrize(
    ("begin", "again"),
    [
        (b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
        (b"HTTP/1.1 ", b"2"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"x"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b" "),
    ],
)
@pytest.mark.parametrize("call", [READ, CREATE])
def test_an_answer_that_trickles_for_ever_ends_with_the_time_for_it(
    monkeypatch, call, begin, again
):
    monkeypatch.setattr(late_answers, "CHECK_INTERVAL", 0.01)
    stopped, late = Event(), Event()

    def trickle(handler):
        handler.wfile.write(begin)
        with suppress(OSError):
            while not stopped.wait(0.01):
                handler.wfile.write(again)
                late.set()
        handler.close_connection = True

    def clock():
        return Timeouts().total if late.is_set() else 0.0

    with serving(trickle, clock=clock) as (server, client):
        with pytest.raises(BackendError, match="takes too long") as found:
            client.send(call)
        assert isinstance(found.value, NoAnswer) is (call is CREATE)
        stopped.set()
        server.answer = answered
        assert client.send(call).value == {}


def test_tasks_side_by_side_end_although_every_thread_waits_for_such_tasks():
    together = Barrier(remote.THREADS)

    def waits():
        together.wait(LONGEST)
        return [*client.side_by_side([lambda: "first", lambda: "second"])]

    with closing(Client("http://127.0.0.1:1/api", SECRET)) as client:
        waiting = [client.threads.submit(waits) for _ in range(remote.THREADS)]
        results = [each.result(LONGEST) for each in waiting]
    assert results == [["first", "second"]] * remote.THREADS


def test_no_tasks_side_by_side_have_no_results():
    with closing(Client("http://127.0.0.1:1/api", SECRET)) as client:
        assert [*client.side_by_side([])] == []


def test_after_an_error_no_further_task_side_by_side_is_begun():
    ended, begun = Event(), []

    def fails():
        raise BackendError("refused")

    with closing(Client("http://127.0.0.1:1/api", SECRET)) as client:
        for _ in range(remote.THREADS):
            client.threads.submit(ended.wait, LONGEST)
        with pytest.raises(BackendError, match="refused"):
            next(client.side_by_side([fails, lambda: begun.append("later")]))
        ended.set()
    assert begun == []


def test_what_the_caller_does_not_ask_for_is_not_begun():
    ended, begun = Event(), []
    with closing(Client("http://127.0.0.1:1/api", SECRET)) as client:
        for _ in range(remote.THREADS):
            client.threads.submit(ended.wait, LONGEST)
        results = client.side_by_side([lambda: "first", lambda: begun.append("second")])
        assert next(results) == "first"
        results.close()
        ended.set()
    assert begun == []


def test_a_list_whose_pages_are_being_read_is_not_read_on_once_the_client_is_closed():
    asked = Event()

    def pages():
        while True:
            client.send(READ)
            asked.set()

    with serving(answered) as (_, client):
        reading = client.threads.submit(pages)
        assert asked.wait(LONGEST)
        client.close()
        with pytest.raises(CancelledError):
            reading.result()
