from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.audit.record import Authorship
from rbac_sync.errors import PlanFileError, PlanFormatError
from rbac_sync.model import ACCOUNT, Binding, Status, User, held
from rbac_sync.model import address as named
from rbac_sync.model.plain import canonical, plain, text
from rbac_sync.planning import Change
from rbac_sync.planning.pins import read_set
from rbac_sync.planning.plain_change import change_of, plain_change, text_of_change
from rbac_sync.planning.planfile import AGAIN, SavedPlan, Target, decoded

from ..build import (
    CATALOGUE,
    NOW,
    bind,
    key,
    plan,
    role,
    team,
    user,
    who,
    workspace,
)
from .company import company

TARGET = Target("store", "sqlite:///rbac.db", "acme", "small")


def saved(live=None, desired=None, **changed):
    """Return a small plan, as it would be saved."""
    found = plan(
        live or company(),
        desired
        or company(bind("bo", "prod", "reader"), key("sa:ci", "main", "2027-01-01T00:00:00Z")),
    )
    pins = {address: str(n) for n, address in enumerate(sorted(read_set(found, [who("ana")])))}
    made = SavedPlan(TARGET, "0" * 64, NOW, found.changes, pins)
    return replace(made, **changed)


def redigested(content, edit):
    """Return the plan file *content* after *edit* of its values, with a digest that fits."""
    body = json.loads(content)
    edit(body)
    body.pop("digest", None)
    digest = hashlib.sha256(_written(body)).hexdigest()
    return _written({**body, "digest": digest})


def _written(body):
    def line(value):
        return json.dumps(value, sort_keys=True, separators=(",", ":"))

    def listed(value):
        if not isinstance(value, list) or not value:
            return line(value)
        return "[\n " + ",\n ".join(map(line, value)) + "\n]"

    return (
        "{\n" + ",\n".join(f'"{k}": {listed(body[k])}' for k in sorted(body)) + "\n}\n"
    ).encode()


def refused(content):
    with pytest.raises(PlanFileError) as caught:
        decoded(content)
    return caught.value


# What is written is read.


def test_a_plan_is_read_as_it_was_written():
    assert decoded(saved().encoded()) == saved()


def test_a_plan_of_every_kind_of_change_is_read_as_it_was_written():
    expiring = User("eve@acme.example", Status.PENDING, NOW + timedelta(days=7))
    joining = Change(
        None,
        expiring,
        brings=(Binding(expiring.address, ACCOUNT, held(CATALOGUE.owner)),),
        joins=(named.team("data"),),
    )
    renaming = Change(*(workspace(handle)[0] for handle in ("test", "staging")))
    desired = company(
        user("bo", "admin"),
        team("data", "bo until 2027-01-01T00:00:00Z", "cy from 2026-12-01T00:00:00Z"),
        role("writer", "write_flows", base="viewer", description="Schreibt — Ä \u2028 🚀."),
        bind("team:data", "prod", "reader until 2027-01-01T00:00:00.5Z", "viewer"),
        bind("everyone", "test", "viewer"),
    )
    changes = (*plan(company(user("gone")), desired).changes, joining, renaming)

    assert decoded(saved(changes=changes).encoded()).changes == changes
    assert [*map(text_of_change, changes)] == [canonical(plain_change(each)) for each in changes]


def test_a_plan_without_changes_is_read_as_it_was_written():
    empty = saved(company(), company(), pins={})

    assert decoded(empty.encoded()) == empty


def test_the_same_plan_has_the_same_bytes_and_the_same_digest():
    one, other = saved(), saved()

    assert (one.encoded(), one.digest) == (other.encoded(), other.digest)


def test_the_order_of_pins_does_not_matter():
    plain = saved()

    assert replace(plain, pins=dict(reversed(plain.pins.items()))).encoded() == plain.encoded()


@pytest.mark.parametrize(
    "edit",
    [
        {"target": replace(TARGET, account="other")},
        {"target": replace(TARGET, url="sqlite:///other.db")},
        {"configuration": "1" * 64},
        {"created": NOW + timedelta(microseconds=1)},
        {"changes": ()},
        {"pins": {}},
    ],
)
def test_every_part_of_a_plan_is_in_its_digest(edit):
    assert saved(**edit).digest != saved().digest


def test_the_digest_stands_in_the_file():
    assert json.loads(saved().encoded())["digest"] == saved().digest


def test_the_text_of_each_side_is_made_once_for_file_digest_and_audit_row():
    changes = saved().changes

    with patch("rbac_sync.planning.change.text", wraps=text) as made:
        plan_file = saved(changes=changes)
        assert plan_file.digest in plan_file.encoded().decode()
        records = [Authorship(who("ana"), "run").record(each, NOW) for each in changes]
    assert [record.after for record in records] == [plain(each.after) for each in changes]
    assert made.call_count == 2 * len(changes)


def test_a_change_is_one_line_that_people_can_read():
    lines = saved().encoded().decode().splitlines()

    (line,) = (line for line in lines if line.startswith(' {"action":"create"') and "/bo@" in line)
    assert '"address":"workspace.prod/access/bo@acme.example"' in line


def test_a_plan_file_is_ascii():
    live = company(user("bo"), team("data", "cy", description="Ünïcode \u202e"))

    assert saved(live, company()).encoded().isascii()


# What is damaged is refused.


def test_every_prefix_of_a_plan_file_is_refused():
    content = saved().encoded()

    for end in range(len(content)):
        refused(content[:end])


def test_every_plan_file_with_one_bit_flipped_is_refused():
    content = bytearray(saved().encoded())

    for place in range(len(content)):
        for bit in range(8):
            content[place] ^= 1 << bit
            refused(bytes(content))
            content[place] ^= 1 << bit
    assert decoded(bytes(content)) == saved()


@given(st.binary(max_size=40), st.data())
def test_a_plan_file_with_something_put_in_is_refused(more, data):
    content = saved().encoded()
    place = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(place, len(content)))
    other = content[:place] + more + content[end:]

    if other != content:
        refused(other)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"7",
        b'"plan"',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"format": 1}',
        b'{"format": true}',
        b'{"format": "1"}',
        b'{"format": 1, "changes": 7}',
        b'{"digest": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_no_plan_is_refused(content):
    assert refused(content).hint == "run `rbac-sync plan --out FILE` again"


def test_a_plan_in_another_encoding_or_spacing_is_refused():
    content = saved().encoded()

    for other in (
        content.decode().encode("utf-16"),
        b"\xef\xbb\xbf" + content,
        content.replace(b"\n", b"\r\n"),
        content + b"\n",
        json.dumps(json.loads(content)).encode(),
    ):
        refused(other)


@pytest.mark.parametrize("path", ["", "backend", "changes", "pins"])
def test_a_key_that_stands_twice_is_refused(path):
    text = saved().encoded().decode()
    twice = {
        "": ('"configuration": ', '"configuration": "1",\n"configuration": '),
        "backend": ('"account":', '"account":"other","account":'),
        "changes": ('"action":"create"', '"action":"create","action":"create"'),
        "pins": ('"version":"0"', '"version":"0","version":"0"'),
    }
    old, new = twice[path]

    assert old in text
    refused(text.replace(old, new, 1).encode())


@pytest.mark.parametrize("found", [0, 2, 99, -1])
def test_a_plan_of_another_format_is_refused_by_name(found):
    content = redigested(saved().encoded(), lambda body: body.update(format=found))

    error = refused(content)

    assert isinstance(error, PlanFormatError)
    assert (error.code, str(error)) == (
        "plan-format",
        f"the plan file is of format {found}; this version reads format 1",
    )


def test_a_later_format_is_refused_by_name_whatever_else_it_holds():
    for rest in (b'"steps": []', b'"kind": "plan"', b'"before": null, "after": {"kind": "x"}'):
        assert isinstance(refused(b'{"format": 2, ' + rest + b"}"), PlanFormatError)


# A digest that fits is no proof of sense.


def test_the_redigested_plan_is_a_plan():
    content = redigested(saved().encoded(), lambda body: body.update(configuration="1" * 64))

    assert decoded(content) == saved(configuration="1" * 64)


def _first(field, value):
    return lambda body: body["changes"][0].update({field: value})


def _without_end(value):
    """Return an edit that makes *value* of what the first change leads to."""

    def edit(body):
        change = body["changes"][0]
        change.update(action="update", before=change["after"], after=value)

    return edit


@pytest.mark.parametrize(
    "edit",
    [
        _first("address", "workspace.test/access/bo@acme.example"),
        _first("action", "delete"),
        _first("after", None),
        _first("after", {}),
        _first("after", "user.bo@acme.example"),
        _first("after", {"name": "x"}),
        *map(_without_end, (False, 0, "", [], {})),
        lambda body: body["changes"][0].update(after=body["changes"][0].copy()),
        lambda body: body["changes"].append(body["changes"][0]["after"]),
        lambda body: body["backend"].update(kind="team", name="x"),
        _first("more", 1),
        _first("brings", [{"kind": "team", "name": "x"}]),
        _first("joins", [["team", 7]]),
        lambda body: body["changes"][0].pop("action"),
        lambda body: body["changes"].append(None),
        lambda body: body.update(more=1),
        lambda body: body.update(created="2026-11-21T12:00:00+00:00"),
        lambda body: body.update(created="2026-11-21T12:00:00"),
        lambda body: body.update(created="0001-01-01T00:00:00+23:59"),
        lambda body: body.update(created=7),
        lambda body: body["backend"].update(password="x"),
        lambda body: body["backend"].pop("url"),
        lambda body: body["backend"].update(url=7),
        lambda body: body["backend"].update(world=None),
        lambda body: body.update(configuration=7),
        lambda body: body.update(configuration={"digest": "0" * 64}),
        lambda body: body["pins"][0].update(version=0),
        lambda body: body["pins"][0].update(address=["nothing", "x"]),
        lambda body: body["pins"][0].update(address="x"),
        lambda body: body["pins"].reverse(),
        lambda body: body["pins"].append(body["pins"][0]),
        lambda body: body.pop("pins"),
    ],
)
def test_a_redigested_plan_that_says_other_than_it_does_is_refused(edit):
    refused(redigested(saved().encoded(), edit))


def test_a_change_that_brings_another_thing_than_a_binding_is_not_read():
    (thing,) = team("data", "cy")
    document = plain_change(saved().changes[0]) | {"brings": [plain(thing)]}

    with pytest.raises(ValueError, match="a change brings nothing but bindings"):
        change_of(document)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


def _places(value, path=()):
    yield path
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for name, inner in items:
        yield from _places(inner, (*path, name))


PLACES = [path for path in _places(json.loads(saved().encoded())) if path and path[0] != "digest"]


@given(st.sampled_from(PLACES), json_values)
def test_whatever_stands_in_a_redigested_plan_it_is_a_plan_or_refused(path, value):
    def edit(body):
        *above, last = path
        for name in above:
            body = body[name]
        body[last] = value

    content = redigested(saved().encoded(), edit)
    try:
        found = decoded(content)
    except PlanFileError:
        return
    assert found.encoded() == content


def _rewritten(content, write):
    """Return the plan file *content* written by *write*, with a digest of what it then holds."""
    body = json.loads(content)
    body.pop("digest")
    digest = hashlib.sha256(write(body)).hexdigest()
    return write({**body, "digest": digest})


@pytest.mark.parametrize(
    "write",
    [
        lambda body: json.dumps(body).encode(),
        lambda body: json.dumps(body, indent=1, sort_keys=True).encode(),
        lambda body: _written(body).replace(b'":', b'": '),
        lambda body: _written(body) + b" ",
        lambda body: _written(dict(reversed(body.items()))).replace(b'"pins"', b'"pins" '),
        lambda body: _written(body).replace(b'"action":"create",', b"", 1),
        lambda body: _written(body).replace(b"{\n", b'{\n"backend": {},\n', 1),
        lambda body: _written(body).replace(b"@", b"\\u0040"),
    ],
    ids=["one line", "indented", "blanks", "end", "order", "left out", "twice", "escapes"],
)
def test_a_redigested_plan_in_another_form_is_refused(write):
    assert refused(_rewritten(saved().encoded(), write)).hint == AGAIN


def test_the_digest_of_a_plan_that_was_read_is_that_of_its_file():
    content = saved().encoded()

    assert decoded(content).digest == json.loads(content)["digest"]


def test_a_plan_that_is_made_from_another_has_a_digest_of_its_own():
    found = decoded(saved().encoded())

    assert replace(found, pins={}).digest == saved(pins={}).digest != found.digest
