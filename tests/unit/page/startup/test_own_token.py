"""`--use-my-token`: which requests may use this machine's token, at the Hub's side of real servers."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from app_fixtures import REPOSITORY, RICH, Site, published, running_app
from hub_server import GOOD_TOKEN, LocalHub
from starlette.datastructures import Headers

from tvae.errors import HubAccessDenied, SettingError
from tvae.page.startup import own_token

SECRET = "alice/secret"
FORWARDED = {
    "X-Forwarded-For": "203.0.113.9",
    "x-forwarded-host": "example.org",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Anything": "1",
    "Forwarded": "for=203.0.113.9",
    "X-Real-IP": "203.0.113.9",
    "Via": "1.1 proxy",
}
PRIVATE = "it does not exist, or is not public, and the Hub is asked without a token here"


def served(home: Path, *arguments: str, **environment: str) -> Iterator[Site]:
    """The app on a machine that is logged in, and a Hub with a private repository that this token may read."""
    (home / "token").write_text(GOOD_TOKEN)  # as `hf auth login` stores it
    hub = LocalHub()
    hub.start()
    hub.add(REPOSITORY, {RICH: published()[RICH]})
    hub.add(SECRET, {"best.pt": b"x"}, private=True)
    with running_app(hub, home, *arguments, **environment) as running:
        yield running
    hub.stop()


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from served(tmp_path_factory.mktemp("public"), HF_TOKEN=GOOD_TOKEN)


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from served(tmp_path_factory.mktemp("space"), HF_TOKEN=GOOD_TOKEN, SPACE_ID="alice/tvae")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from served(tmp_path_factory.mktemp("own"), "--use-my-token", "--mcp")


def answer(site: Site, name: str, *inputs: Any, headers: Mapping[str, str] | None = None) -> str:
    """The events of a call, as text."""
    address = f"{site.url}gradio_api/call/{name}"
    event = httpx.post(address, json={"data": inputs}, headers=headers, timeout=60)
    assert event.status_code == 200, event.text
    return httpx.get(f"{address}/{event.json()['event_id']}", headers=headers, timeout=60).text


def no_token_has_arrived(hub: LocalHub) -> bool:
    return len(hub.authorisations) > 0 and set(hub.authorisations) == {None}


@pytest.mark.server
@pytest.mark.parametrize("name", ["public", "space"])
def test_without_the_option_no_request_carries_the_token(name: str, request: pytest.FixtureRequest) -> None:
    site: Site = request.getfixturevalue(name)
    forms = [{}, *({header: value} for header, value in FORWARDED.items())]
    for headers in [*forms, {"Host": "evil.example"}, {"X-Forwarded-For": "127.0.0.1"}]:
        assert PRIVATE in answer(site, "hub_checkpoints", SECRET, "", headers=headers), headers
        assert PRIVATE in answer(site, "open_from_hub", SECRET, "best.pt", "", headers=headers), headers
    assert "event: complete" in answer(site, "coverage", RICH)  # downloads it
    assert site.hub.count("HEAD", RICH) > 0
    assert no_token_has_arrived(site.hub)


@pytest.mark.server
def test_with_the_option_requests_of_this_machine_use_the_token(own: Site) -> None:
    page = own.url.rstrip("/")
    port = page.rpartition(":")[2]
    for headers in ({}, {"Origin": page}, {"Host": f"localhost:{port}"}, {"Host": f"[::1]:{port}"}):
        assert "best.pt" in answer(own, "hub_checkpoints", SECRET, "", headers=headers), headers
    assert set(own.hub.authorisations) == {f"Bearer {GOOD_TOKEN}"}
    assert "event: complete" in answer(own, "coverage", RICH)
    downloads = [sent for (_, path), sent in zip(own.hub.requests, own.hub.authorisations, strict=True) if RICH in path]
    assert set(downloads) == {None}  # the catalogue is public and needs none


@pytest.mark.server
def test_with_the_option_foreign_requests_are_refused_and_the_server_goes_on(own: Site) -> None:
    page = own.url.rstrip("/")
    for path in ("", "gradio_api/call/hub_checkpoints", "gradio_api/mcp/", "config", "checkpoint-file"):
        for header, value in FORWARDED.items():
            refused = httpx.post(own.url + path, headers={header: value})
            assert refused.status_code == 403, (path, header)
            assert header.lower() in refused.json()["error"]
        for host in (
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example:80",
            "[2001:db8::1]",
            "10.0.0.1",
        ):
            assert httpx.post(own.url + path, headers={"Host": host}).status_code == 400, (path, host)
        for origin in ("https://evil.example", "null", page.replace("http:", "https:"), f"{page}0", "http://127.0.0.1"):
            assert httpx.post(own.url + path, headers={"Origin": origin}).status_code == 403, (path, origin)
    assert httpx.get(own.url, headers=[("Origin", page), ("Origin", "https://evil.example")]).status_code == 403
    assert httpx.get(own.url).status_code == 200


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.0.7", "127.0.0.1.evil.example", "127.0.0.2"])
def test_only_loopback_addresses_are_served_with_the_token(address: str) -> None:
    with pytest.raises(SettingError, match=r"GRADIO_SERVER_NAME is .* 127\.0\.0\.1, localhost, ::1, or start"):
        own_token.guards(address)


def test_neither_a_share_link_nor_a_space_is_served_with_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_SHARE", "True")
    with pytest.raises(SettingError, match="Unset GRADIO_SHARE"):
        own_token.guards("127.0.0.1")
    monkeypatch.setattr(own_token, "ON_SPACE", True)
    with pytest.raises(SettingError, match="every visitor of this Space"):
        own_token.guards("127.0.0.1")


@pytest.mark.parametrize("token", ["hf_tökens", "hf_two words", "hf_\N{EM DASH}"])
def test_a_token_that_cannot_be_sent_is_refused_at_the_start(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", token)
    with pytest.raises(HubAccessDenied, match="characters that are not allowed") as caught:
        own_token.guards("127.0.0.1")
    assert token not in str(caught.value)


@pytest.mark.parametrize("header", FORWARDED)
def test_a_forwarding_header_is_named(header: str) -> None:
    found = own_token.refusal(Headers({"host": "127.0.0.1:7860", header: ""}), "http")
    assert found is not None
    assert f"({header.lower()})" in found
    assert own_token.refusal(Headers({"host": "127.0.0.1:7860", "x-gradio-user": "api"}), "http") is None
