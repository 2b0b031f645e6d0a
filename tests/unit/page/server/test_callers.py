"""Who a request counts to: the entry of X-Forwarded-For that the outermost trusted proxy has written."""

from typing import Any

import pytest

from tvae.errors import SettingError
from tvae.page.server.callers import address_of, proxy_hops


def scope(host: str, *forwarded: str) -> dict[str, Any]:
    """A request from this host, with a header for each of `forwarded`."""
    return {"client": (host, 50_000), "headers": [(b"x-forwarded-for", value.encode()) for value in forwarded]}


@pytest.mark.parametrize(
    ("hops", "forwarded", "address"),
    [
        (0, ("198.51.100.7",), "192.0.2.1"),
        (1, ("198.51.100.7",), "198.51.100.7"),
        (1, ("203.0.113.9, 198.51.100.7",), "198.51.100.7"),  # what stands to the left, the caller may have written
        (1, ("203.0.113.9", "198.51.100.7"), "198.51.100.7"),  # two headers are one list (RFC 9110, 5.3)
        (2, ("203.0.113.9, 198.51.100.7, 10.0.0.1",), "198.51.100.7"),
        (1, ("198.51.100.7:4711",), "198.51.100.7"),
        (1, ("[2001:db8:1:2:3::4]:4711",), "2001:db8:1:2::/64"),
        (1, ("2001:db8:1:2:ffff::1",), "2001:db8:1:2::/64"),
        (1, ("[2001:db8:1:2:3::4]",), "2001:db8:1:2::/64"),
        (1, ("::ffff:198.51.100.7",), "198.51.100.7"),
        (1, (), ""),
        (2, ("198.51.100.7",), ""),
        (1, ("unknown",), ""),
        (1, ("198.51.100.7,",), ""),
    ],
)
def test_the_address_is_counted_from_the_right(hops: int, forwarded: tuple[str, ...], address: str) -> None:
    assert address_of(scope("192.0.2.1", *forwarded), hops) == address


@pytest.mark.parametrize("private", ["10.1.2.3", "172.16.0.1", "192.168.0.7", "100.64.0.1", "127.0.0.1", "fd00::1"])
def test_a_private_address_in_the_header_is_no_visitor(private: str) -> None:
    assert address_of(scope("192.0.2.1", private), 1) == ""
    assert address_of(scope(private), 0) not in ("", None)  # but a connection from one is from that machine


def test_a_connection_without_an_address_has_none() -> None:
    assert address_of({"client": None, "headers": []}, 0) == ""
    assert address_of(scope("testclient"), 0) == "testclient"


def test_the_number_of_proxies() -> None:
    assert proxy_hops({}) == 0
    assert proxy_hops({"SPACE_ID": "owner/name"}) == 1
    assert proxy_hops({"SPACE_ID": "owner/name", "TVAE_PROXY_HOPS": "2"}) == 2
    for wrong in ("", "-1", "1.5", "many", "10", "²"):
        with pytest.raises(
            SettingError, match=r"TVAE_PROXY_HOPS is .+ the number of proxies before this server, from 0 to 9"
        ):
            proxy_hops({"TVAE_PROXY_HOPS": wrong})
