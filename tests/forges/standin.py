"""What stands in for GitHub and GitLab: their comments, over HTTP, on this machine."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

TOKEN = "ghs_secretsecretsecret"
BOT = "github-actions[bot]"
PAGE = 2
"""How many comments a page has, whatever is asked for."""


class Request(NamedTuple):
    """One request as it came."""

    method: str
    path: str
    token: str
    body: dict | None


class Forge:
    """The comments below one pull request, and every request that came."""

    comments_path = re.compile(r"/repos/acme/access/issues/12/comments")
    comment_path = re.compile(r"/repos/acme/access/issues/comments/(\d+)")
    author, id_of = "user", "login"

    def __init__(self):
        self.me, self.comments, self.requests = BOT, [], []
        self.refusals = []
        self.url = ""

    def say(self, text, author=BOT):
        """Add a comment as *author*."""
        row = {"id": len(self.comments) + 1, "body": text, self.author: {self.id_of: author}}
        self.comments.append(row)
        return row

    def written(self):
        """Return the methods and paths of the requests that change something."""
        return [
            (r.method, r.path)
            for r in self.requests
            if r.method != "GET" and "graphql" not in r.path
        ]

    def answer(self, request):
        """Return status, body and headers."""
        if self.refusals:
            return self.refusals.pop(0)
        if request.token != f"Bearer {TOKEN}":
            return 401, {"message": "Bad credentials"}, {}
        path, _, query = request.path.partition("?")
        if found := self.whose(request.method, path):
            return 200, found, {}
        if self.comments_path.fullmatch(path):
            if request.method == "GET":
                asked = parse_qs(query)
                at = (int(asked["page"][0]) - 1) * PAGE
                return 200, self.listed(asked)[at : at + PAGE], {}
            return 201, self.say(request.body["body"], self.me), {}
        found = self.comment_path.fullmatch(path)
        if found and request.method in ("PATCH", "PUT"):
            row = self.comments[int(found[1]) - 1]
            row["body"] = request.body["body"]
            return 200, row, {}
        return 404, {"message": "Not Found"}, {}

    def listed(self, asked):
        """Return the comments in the order in which they are listed."""
        return self.comments

    def whose(self, method, path):
        """Return the answer to the question whose token this is, or nothing."""
        if (method, path) == ("POST", "/graphql"):
            return {"data": {"viewer": {"login": self.me}}}
        return None


class GitLab(Forge):
    """The same as GitLab has it."""

    comments_path = re.compile(r"/api/v4/projects/acme%2Faccess/merge_requests/12/notes")
    comment_path = re.compile(comments_path.pattern + r"/(\d+)")
    author, id_of = "author", "id"

    def __init__(self):
        super().__init__()
        self.me = 7

    def say(self, text, author=7):
        return super().say(text, author)

    def listed(self, asked):
        """Return the comments, the newest first unless *asked* otherwise."""
        return self.comments if asked.get("sort") == ["asc"] else self.comments[::-1]

    def whose(self, method, path):
        return {"id": self.me, "username": "bot"} if path == "/api/v4/user" else None


@contextmanager
def serving(forge):
    """Serve *forge* on this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 2**16

        def handle_one(self):
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            split = urlsplit(self.path)
            path = split.path + (f"?{split.query}" if split.query else "")
            token = self.headers.get("authorization", "")
            request = Request(self.command, path, token, body)
            forge.requests.append(request)
            status, value, headers = forge.answer(request)
            content = json.dumps(value).encode()
            self.send_response(status)
            for name, of in {"content-length": len(content), **headers}.items():
                self.send_header(name, str(of))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_PUT = handle_one  # noqa: N815 - the library's names

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        forge.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield forge
        finally:
            server.shutdown()
            thread.join()
