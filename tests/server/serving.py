"""A real server on a loopback port, over a store of its own, and people to ask it things."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property

import httpx
import uvicorn

from rbac_sync.backends.database.columns import stored
from rbac_sync.backends.store import tables as t
from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.model import ACCOUNT, Binding, Key, Level, ServiceAccount, User, held
from rbac_sync.model.resources import role
from rbac_sync.planning import Change
from rbac_sync.server.app import app
from rbac_sync.server.guarded_store import GuardedStore
from rbac_sync.server.outbox import nowhere
from tests.new_store import begin
from tests.patience import LONGEST

OWNER = "olivia@example.org"


@dataclass
class Server:
    """What a test needs of a running server: its root, its guarded store, the owner's key."""

    root: str
    guarded: GuardedStore
    key: str
    account: str = "acme"
    clients: list[httpx.Client] = field(default_factory=list)

    def client(self, key: str | None = None, **options) -> httpx.Client:
        """Return a client with the key given, or the owner's; it is closed with the server."""
        headers = {"Authorization": f"Bearer {key or self.key}"}
        made = _client(self.root, headers=headers, **options)
        self.clients.append(made)
        return made

    def nobody(self) -> httpx.Client:
        """Return a client without a key."""
        return _client(self.root)

    @cached_property
    def account_id(self) -> str:
        """The id of the account."""
        with self.backend.open() as session:
            return str(session.account.id)

    @property
    def backend(self):
        """The account's backend, past the server."""
        return self.guarded.service.backend(self.account, None)

    def add(self, *changes: Change) -> dict[str, str]:
        """Make changes past the guard; return new secrets by address."""
        from uuid import uuid4

        secrets: dict[str, str] = {}

        def work(writer):
            for change in changes:
                secrets.update(writer.make(change))
            if self.guarded._policies:
                age(writer)

        self.backend.transact(str(uuid4()), work)
        return secrets

    def person(self, email: str, name: str = "member") -> str:
        """Let somebody come in with an account role; return the key."""
        user = User(email)
        key = Key(user.address, "test")
        binding = Binding(user.address, ACCOUNT, held(role(Level.ACCOUNT, name)))
        secrets = self.add(Change(None, user, brings=(binding,)), Change(None, key))
        return secrets[str(key.address)]

    def bot(self, called: str, name: str = "member") -> str:
        """Let a service account come in; return its key."""
        bot = ServiceAccount(called)
        key = Key(bot.address, f"{called}-test")
        binding = Binding(bot.address, ACCOUNT, held(role(Level.ACCOUNT, name)))
        secrets = self.add(Change(None, bot, brings=(binding,)), Change(None, key))
        return secrets[str(key.address)]


AGED = (t.user, t.service_account, t.team, t.team_member, t.workspace, t.role, t.binding, t.api_key)


def age(writer) -> None:
    """Make what *writer* has made, which the record does not have, older than the record."""
    writer.state()  # all is written
    now, then = stored(writer.now()), "2020-01-01T00:00:00.000000Z"
    for table in AGED:
        text = f'UPDATE "{table.name}" SET created = :then WHERE created = :now'
        writer.account.rows(text, now=now, then=then)


def _client(root: str, **options) -> httpx.Client:
    """Return a client of the API at *root*, without certificates: they take 20 ms to load."""
    return httpx.Client(base_url=f"{root}/api", timeout=LONGEST, verify=False, **options)


class LoopbackServer(uvicorn.Server):
    """A server that says when it listens, and stops at once.

    *Why*: uvicorn asks ten times a second whether it should stop, and then waits for a tenth of a
    second more.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening: Future[asyncio.AbstractEventLoop] = Future()
        self._stop = asyncio.Event()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        self.listening.set_result(asyncio.get_running_loop())
        while not self._stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), 0.1)
            await self.on_tick(0)  # the `Date` of its answers is as of the last tick

    async def shutdown(self, sockets=None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110 - no event says it
            await asyncio.sleep(0.001)
        await self.lifespan.shutdown()

    def stop(self) -> None:
        self.listening.result().call_soon_threadsafe(self._stop.set)


@contextmanager
def serving(guarded: GuardedStore, public_url: str = ""):
    """Run the server on a free port while the block lasts; yield its root."""
    config = uvicorn.Config(
        app(guarded, public_url),
        port=0,
        log_config=None,
        access_log=False,
        timeout_keep_alive=LONGEST,  # or it closes a connection just when a client asks again
        ws="none",
    )
    server = LoopbackServer(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    server.listening.result(timeout=LONGEST)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stop()
        thread.join()


@contextmanager
def served(url: str, policy=None, rate=None, post=nowhere, **account):
    """Run a server over a new store."""
    key = begin(url, "acme", "prefect-cloud", OWNER, **account)
    with served_again(url, key, policy, rate, post) as server:
        yield server


@contextmanager
def served_again(url: str, key: str, policy=None, rate=None, post=nowhere):
    """Run a server over the store of an account whose owner has *key*."""
    policies = {"prefect-cloud": policy} if policy else {}
    guarded = GuardedStore(Accounts(url), policies, rate, post)
    with serving(guarded) as root:
        server = Server(root, guarded, key)
        yield server
        for client in server.clients:
            client.close()
