"""A client whose clock moves only when it waits."""

from __future__ import annotations

import httpx
import respx

from rbac_sync.backends.remote.client import Client, Timeouts
from rbac_sync.backends.remote.request import Idempotency, Request

ROOT = "https://cloud.example/api"
SECRET = "pnu_secretsecretsecret"
READ = Request("POST", "bots/filter", "{}")
UPSERT = Request("PATCH", "bots/1", "{}", Idempotency.ONCE)
CREATE = Request("POST", "bots/", "{}", Idempotency.EACH)
DATE = "Sat, 21 Nov 2026 12:00:00 GMT"


class Time:
    """A clock that moves when ``sleep`` is called, and records the seconds."""

    def __init__(self):
        self.now, self.slept = 0.0, []

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds

    def clock(self):
        return self.now


class Service:
    """A service: each request gets the next of *answers*; the last one is repeated."""

    def __init__(self, *answers):
        self.answers, self.requests = list(answers), []
        self.router = respx.mock(assert_all_called=False)
        self.router.route().mock(side_effect=self._answer)

    def _answer(self, request):
        self.requests.append(request)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        found = found() if callable(found) else found
        if isinstance(found, Exception):
            raise found
        return found

    def send(self, call, time=None, api_key=SECRET, root=ROOT, is_done=lambda: False, **patience):
        time = time or Time()
        client = Client(root, api_key, Timeouts(**patience), sleep=time.sleep, clock=time.clock)
        with self.router:
            return client.send(call, is_done)


def ok(value=()):
    return httpx.Response(200, json=value, headers={"date": DATE})


def refused(status, **headers):
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json={"detail": "why"}, headers=told)
