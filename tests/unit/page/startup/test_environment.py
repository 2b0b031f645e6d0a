"""The environment at the start: what cannot be used is one sentence, and Gradio gets an address that it can serve."""

import os
import re
import socket
import tempfile
from pathlib import Path

import gradio
import httpx
import pytest

from tvae.checkpoints.hub import environment as hub_environment
from tvae.errors import SettingError
from tvae.page.startup import environment, leftovers
from tvae.training.jobs import device

READ_AS_NUMBER = re.compile(
    r'int\(\s*os\.(?:getenv|environ\.get)\(\s*"(\w+)"'
    r'|(\w+) :?= os\.(?:getenv|environ\.get)\(\s*"(\w+)"\s*\)(?=.{0,300}\bint\(\2\))',
    re.DOTALL,
)


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of this machine, no lasting changes of its environment, and no other temporary directory."""
    names = [*environment.NUMBERS, *hub_environment.SECONDS, *hub_environment.CERTIFICATES, *hub_environment.PROXIES]
    for name in [*names, environment.NAME, device.VARIABLE, "GRADIO_ANALYTICS_ENABLED", "SPACES_ZERO_GPU"]:
        for spelling in (name, name.lower()):
            monkeypatch.setenv(spelling, "")  # so that it is restored
            monkeypatch.delenv(spelling)
    monkeypatch.setattr(leftovers, "use_own_directory", lambda: None)


def test_without_settings_the_page_is_served_on_this_machine() -> None:
    assert environment.prepare() == "127.0.0.1"
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"


def test_every_number_that_gradio_reads_is_checked() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in Path(gradio.__file__).parent.glob("*.py"))
    found = {at_once or later for at_once, _, later in READ_AS_NUMBER.findall(source)}
    assert {environment.PORT, "GRADIO_NUM_WORKERS", "GRADIO_DEFAULT_CONCURRENCY_LIMIT"} <= found
    assert found <= environment.NUMBERS.keys()


@pytest.mark.parametrize("name", environment.NUMBERS)
@pytest.mark.parametrize("value", ["abc", "", " 7860", "7860.5", "-1", "1e3", "\u0667", "99999999999"])
def test_what_is_no_number_is_one_sentence(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    if (name, value) == ("GRADIO_DEFAULT_CONCURRENCY_LIMIT", ""):
        assert environment.prepare()
        return
    with pytest.raises(SettingError) as caught:
        environment.prepare()
    least, most = environment.NUMBERS[name]
    sentence = f"{name} is {value!r}. Set it to a whole number from {least} to {most}, or unset it."
    assert str(caught.value) == sentence


def test_the_settings_of_training_are_checked_before_the_page_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TVAE_TRAIN_PATIENCE", "forever")
    with pytest.raises(SettingError, match="TVAE_TRAIN_PATIENCE is 'forever'"):
        environment.prepare()


@pytest.mark.parametrize("name", hub_environment.SECONDS)
@pytest.mark.parametrize("value", ["1.5", "ten", "", "-3"])
def test_timeouts_of_the_hub_are_whole_numbers(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingError, match=f"{name} is {value!r}. Set it to a whole number of seconds, such as 10"):
        environment.prepare()


@pytest.mark.parametrize(
    ("name", "address"),
    [("127.0.0.1", "127.0.0.1"), ("localhost", "localhost"), ("0.0.0.0", "0.0.0.0"), ("", "127.0.0.1")],
)
def test_an_address_of_this_machine_is_served(name: str, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(environment.NAME, name)
    assert environment.prepare() == address
    assert environment.NAME not in os.environ


@pytest.mark.parametrize("name", ["::1", "[::1]", "::"])
def test_an_ipv6_address_loses_its_brackets(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(environment.NAME, name)
    monkeypatch.setattr(environment, "_try_to_bind", lambda _: None)  # also on a machine without IPv6
    assert environment.prepare() == name.strip("[]")


@pytest.mark.parametrize("name", ["no-such-host.invalid", "192.0.2.1", "2001:db8::1", "a" * 300, "http://localhost"])
def test_what_is_no_address_of_this_machine_is_one_sentence(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(environment.NAME, name)
    with pytest.raises(SettingError) as caught:
        environment.prepare()
    assert str(caught.value).startswith(f"{environment.NAME} is {name!r}, which is not an address of this machine (")
    assert "Set it to 127.0.0.1 or ::1" in str(caught.value)


def test_a_name_with_one_address_that_does_not_work_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    places = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (host, 0)) for host in ("192.0.2.1", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: places)
    monkeypatch.setenv(environment.NAME, "this-machine")
    assert environment.prepare() == "this-machine"


@pytest.mark.parametrize("name", ["HTTP_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"])
@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "::1", "0.0.0.0"])
def test_this_machine_is_never_asked_through_a_proxy(name: str, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "http://proxy.invalid:3128")
    monkeypatch.setenv("NO_PROXY", "example.org")
    monkeypatch.setenv(environment.NAME, address)
    monkeypatch.setattr(environment, "_try_to_bind", lambda _: None)
    environment.prepare()
    client = httpx.Client()
    own = httpx.URL(f"http://{f'[{address}]' if ':' in address else address}:7860/")
    others = {"http://example.org/": False, "http://huggingface.co/": True}
    through = {str(url): client._transport_for_url(httpx.URL(url)) is not client._transport for url in [own, *others]}
    assert through == {str(own): False} | others


def test_a_proxy_that_was_excluded_stays_excluded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "example.org, 10.0.0.1")
    environment.prepare()
    assert os.environ["no_proxy"] == os.environ["NO_PROXY"] == "example.org,10.0.0.1,localhost,127.0.0.1,::1"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("ALL_PROXY", "socks5://me:secret@proxy:1080", r"ALL_PROXY \(proxy:1080\) asks for a SOCKS proxy.*pip install"),
        ("all_proxy", "socks5h://proxy:1080", r"ALL_PROXY \(socks5h://proxy:1080\) asks for a SOCKS proxy"),
        ("HTTPS_PROXY", "ftp://proxy:1", r"HTTPS_PROXY \(ftp://proxy:1\) is not the address of a proxy"),
        ("HTTP_PROXY", "http://proxy:port", r"HTTP_PROXY \(http://proxy:port\) is not the address of a proxy"),
        ("SSL_CERT_FILE", "/nowhere/cert.pem", r"SSL_CERT_FILE \(/nowhere/cert.pem\) cannot be read as certificates"),
    ],
)
def test_what_no_request_could_be_sent_with_is_one_sentence(
    name: str, value: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingError, match=sentence) as caught:
        environment.prepare()
    assert "secret" not in str(caught.value)
    assert str(caught.value).count("\n") == 0


def test_a_file_that_holds_no_certificates_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cert.pem").write_text("none")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    with pytest.raises(SettingError, match=r"SSL_CERT_FILE \(.*cert.pem\) cannot be read as certificates"):
        environment.prepare()


def test_no_temporary_directory_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()

    def none() -> str:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", none)
    with pytest.raises(SettingError, match=r"no usable temporary directory \(No usable.*Set TMPDIR"):
        leftovers.use_own_directory()
