"""Calls of the endpoints over HTTP, without gradio_client."""

import json
from typing import Any, NoReturn

import httpx
import pytest


class Refused(Exception):
    """The endpoint answered with an error, whose message is the text."""


def no_constant(name: str) -> NoReturn:
    pytest.fail(f"{name} is not JSON")


class Api:
    """Calls endpoints with two requests each: POST the inputs, GET the answer as server-sent events."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url + "gradio_api/call/", timeout=60)

    def raw(self, name: str, *inputs: Any) -> str:
        """The answer as text, a JSON list."""
        posted = self.http.post(name, json={"data": inputs})
        assert posted.status_code == 200, posted.text
        events = self.http.get(f"{name}/{posted.json()['event_id']}").text.rstrip().split("\n\n")
        event, data = events[-1].split("\ndata: ", 1)
        if event == "event: complete":
            return data
        raise Refused(json.loads(data)["error"])

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def __call__(self, name: str, *inputs: Any) -> Any:
        (answer,) = json.loads(self.raw(name, *inputs), parse_constant=no_constant)
        return answer
