"""Where a credential may go."""

from __future__ import annotations

import pytest

from rbac_sync.backends.destination import HOSTS, HostPort, check, is_here, named
from rbac_sync.errors import CredentialError


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1"])
def test_this_machine_needs_no_name(host):
    assert is_here(host)
    check(HostPort(host, 1), "the password", (), {})


@pytest.mark.parametrize(
    "host",
    [
        "",
        "localhost.",
        "LOCALHOST",
        "127.1",
        "127.0.0.1.evil.example",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",
        "::",
        "::ffff:127.0.0.1",
        "10.0.0.1",
        "localhost.evil.example",
    ],
)
def test_nothing_else_is_this_machine(host):
    assert not is_here(host)
    with pytest.raises(CredentialError):
        check(HostPort(host, 1), "the password", (), {})


def test_what_is_refused_is_named_with_the_line_to_set():
    with pytest.raises(CredentialError) as found:
        check(HostPort("2001:db8::1", 5432), "the password", (), {})
    message = "the password would go to `[2001:db8::1]:5432`, which only a file names"
    assert str(found.value) == message
    line = found.value.hint.partition("`")[2].rstrip("`")
    assert found.value.hint == f"if it may go there, set `{HOSTS}=[2001:db8::1]:5432`"
    check(HostPort("2001:db8::1", 5432), "the password", (), dict([line.split("=", 1)]))


@pytest.mark.parametrize(
    ("written", "places"),
    [
        ("", ()),
        (" , ", ()),
        ("db.example", (HostPort("db.example"),)),
        ("A.example:1, b_c:65535", (HostPort("a.example", 1), HostPort("b_c", 65535))),
        ("::1,[::1]:5,[fe80::1]", (HostPort("::1"), HostPort("::1", 5), HostPort("fe80::1"))),
    ],
)
def test_the_environment_names_hosts_with_a_port_or_without(written, places):
    assert named({HOSTS: written}) == places


@pytest.mark.parametrize(
    "written", ["*", "a.example.", "https://a.example", "a b", "a:b", "a@b", ".a", "a/b", "-"]
)
def test_what_is_no_host_is_refused(written):
    with pytest.raises(CredentialError, match=f"in `{HOSTS}` is no host") as found:
        named({HOSTS: written})
    assert found.value.hint == f"write it like `{HOSTS}=db.example,api.example:8443`"
    assert found.value.exit_code == 4
