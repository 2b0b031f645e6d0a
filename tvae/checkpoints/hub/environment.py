"""The environment variables of huggingface_hub and its HTTP client, with errors that name them.

Some are read when huggingface_hub is imported, so `check_numbers` comes before that; the others matter for requests
only, and a file in the cache needs none. Not here: HF_TOKEN (`requests`).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tvae.errors import SettingError

SECONDS: Final = ("HF_HUB_DOWNLOAD_TIMEOUT", "HF_HUB_ETAG_TIMEOUT")
CERTIFICATES: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR")
PROXIES: Final = ("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")  # in capital or small letters


def check_numbers() -> None:
    """Raise SettingError for a variable with which huggingface_hub cannot be imported."""
    for name in SECONDS:
        value = os.environ.get(name)
        if value is not None and not (value.isascii() and value.isdecimal()):
            raise SettingError(f"{name} is {value!r}. Set it to a whole number of seconds, such as 10, or unset it.")


def check() -> None:
    """Raise SettingError for a variable with which no request can be sent."""
    check_numbers()
    import httpx2  # here because importing it takes time

    try:
        httpx2.Client().close()
    except ImportError as error:  # it needs a package for proxies of this kind
        raise SettingError(
            f"{_named(PROXIES)} asks for a SOCKS proxy, and the package for it is not installed. Run "
            "`pip install socksio`, or unset the variable."
        ) from error
    except OSError as error:
        raise SettingError(
            f"{_named(CERTIFICATES)} cannot be read as certificates. Set it to an existing file in PEM format (or a "
            "directory of them), or unset it."
        ) from error
    except (ValueError, httpx2.InvalidURL) as error:
        raise SettingError(
            f"{_named(PROXIES)} is not the address of a proxy. Write it as http://HOST:PORT, or unset it."
        ) from error


@contextmanager
def offline() -> Iterator[None]:
    """Within the block, nothing in this process sends a request through huggingface_hub, as with HF_HUB_OFFLINE."""
    from huggingface_hub import constants  # here because importing it takes time

    before = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before


def _named(names: tuple[str, ...]) -> str:
    """The variables of these names that are set, with their values but without a password."""
    found = {name: os.environ.get(name) or os.environ.get(name.lower()) for name in names}
    return ", ".join(f"{name} ({value.rpartition('@')[2]})" for name, value in found.items() if value) or names[0]
