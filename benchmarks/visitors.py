"""A visitor of the page as the server sees it: the page's requests over HTTP, from an address of the visitor's own.

    async with Visitor(server.url, await page_config(server.url), "198.18.0.1") as visitor:    its stream is open
        await visitor.open_tab("ball")
        await visitor.event("checkpoint", "input", checkpoint="tree")

The address is sent in X-Forwarded-For, so the server runs with TVAE_PROXY_HOPS=1. A real browser would load the
scripts of the page, too, and draw; here hundreds of visitors fit into one process.
"""

import asyncio
import json
import secrets
from typing import Any, Final, Self

import httpx

SECONDS: Final = 90.0  # that a visitor waits for an answer


class Refused(Exception):
    """An answer that is an error; the text is its status, if it is not 200, and its sentence."""


async def page_config(url: str) -> dict[str, Any]:
    """The components and events of the page, as the browser gets them."""
    async with httpx.AsyncClient(timeout=SECONDS) as client:
        config: dict[str, Any] = (await client.get(f"{url}config")).json()
        return config


class Visitor:
    """One page: a session with its open stream, and the values of its fields."""

    def __init__(self, url: str, config: dict[str, Any], address: str) -> None:
        self.session = f"page{secrets.token_hex(6)}"
        self.client = httpx.AsyncClient(
            base_url=url, timeout=SECONDS, headers={"x-forwarded-for": address}, limits=httpx.Limits(keepalive_expiry=2)
        )
        self.components: dict[int, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []
        self.values: dict[int, Any] = {}
        self.tabs: set[str] = set()  # that were opened
        self._learn(config)
        self._stream: asyncio.Task[None] | None = None

    def _learn(self, config: dict[str, Any]) -> None:
        for component in config["components"]:
            self.components[component["id"]] = component
            self.values.setdefault(component["id"], component["props"].get("value"))
        self.events += config["dependencies"]

    async def __aenter__(self) -> Self:
        """Load the page and open its stream."""
        opened = asyncio.Event()
        self._stream = asyncio.create_task(self._keep_stream(opened))
        await self.load_page()
        await asyncio.wait_for(opened.wait(), SECONDS)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the page."""
        if self._stream:
            self._stream.cancel()
            await asyncio.gather(self._stream, return_exceptions=True)
        await self.client.aclose()

    async def _keep_stream(self, opened: asyncio.Event) -> None:
        async with self.client.stream("GET", f"gradio_api/heartbeat/{self.session}") as stream:
            async for _ in stream.aiter_lines():
                opened.set()

    async def load_page(self) -> None:
        """Get the page's document."""
        answer = await self.client.get("")
        if answer.status_code != 200:
            raise Refused(f"{answer.status_code} {answer.text[:200]}")

    def _id(self, name: str) -> int:
        return next(id_ for id_, one in self.components.items() if one["props"].get("elem_id") == name)

    def _has(self, name: str) -> bool:
        return any(one["props"].get("elem_id") == name for one in self.components.values())

    async def open_tab(self, name: str) -> None:
        """Open a tab, which builds it if it was not opened before, and fill it for the loaded checkpoint."""
        if name not in self.tabs and self._has(f"{name}-opened"):
            await self.event(f"{name}-opened", "change")
        self.tabs.add(name)
        loaded = self.value("loaded")
        if name == "compare":
            asked = {"a": loaded, "wanted": "", "encoder": "A", "operations": self.value("operations") or ""}
            await self.event("compare-asked", "change", **{"compare-asked": json.dumps(asked)})
        elif name in ("coverage", "learn"):
            await self.event(f"{name}-wanted", "change", **{f"{name}-wanted": loaded})
        elif name in ("ball", "codons"):
            await self.event(f"{name}-asked", "change")

    async def event(self, element: str, trigger: str, data: Any = None, **values: Any) -> None:
        """Trigger an event of the element with this id; `values` are those of fields by element id.

        Raises Refused for an answer that is an error.
        """
        self.values |= {self._id(name): value for name, value in values.items()}
        target = [self._id(element), trigger]
        (found,) = (one for one in self.events if one["backend_fn"] and target in one["targets"])
        inputs = [self.values.get(id_) for id_ in found["inputs"]]
        output = await self.join(found["id"], inputs, data)
        for id_, value in zip(found["outputs"], output.get("data", []), strict=True):
            self.values[id_] = value.get("value", self.values.get(id_)) if _is_update(value) else value
        if built := output.get("render_config"):
            self._learn(built)

    def value(self, element: str) -> Any:
        """What a field holds now."""
        return self.values[self._id(element)]

    async def join(self, number: int, inputs: list[Any], data: Any = None) -> dict[str, Any]:
        """Send an event by its number, and wait for its answer. Raises Refused for an error."""
        body = {"fn_index": number, "session_hash": self.session, "data": inputs, "event_data": data}
        answer = await self.client.post("gradio_api/queue/join", json=body)
        if answer.status_code != 200:
            raise Refused(f"{answer.status_code} {answer.text[:200]}")
        event = answer.json()["event_id"]
        completed: dict[str, Any] = {}
        path = f"gradio_api/queue/data?session_hash={self.session}"
        async with self.client.stream("GET", path) as stream:
            async for line in stream.aiter_lines():
                message = json.loads(line.removeprefix("data:")) if line else {"msg": ""}
                if message["msg"] == "process_completed" and message.get("event_id") == event:
                    completed = message
                if message["msg"] in ("close_stream", "unexpected_error"):
                    break
        if not completed.get("success"):
            raise Refused(str(completed.get("output", {}).get("error", "no answer")))
        output: dict[str, Any] = completed["output"]
        return output

    async def call(self, name: str, *inputs: Any) -> Any:
        """The answer of an endpoint, as a script asks for it. Raises Refused for an error."""
        answer = await self.client.post(f"gradio_api/call/{name}", json={"data": inputs})
        if answer.status_code != 200:
            raise Refused(f"{answer.status_code} {answer.text[:200]}")
        text = (await self.client.get(f"gradio_api/call/{name}/{answer.json()['event_id']}")).text
        _, complete, data = text.rpartition("event: complete\ndata: ")  # after a heartbeat every 15 seconds
        if not complete:
            raise Refused(text[:300])
        return json.loads(data)

    async def download(self, element: str, **asked: Any) -> int:
        """Ask a component of the page for a file; returns the bytes of its answer. Raises Refused for an error."""
        component = self._id(element)
        (function,) = self.components[component]["props"]["server_fns"]
        body = {"session_hash": self.session, "component_id": component, "fn_name": function, "data": asked}
        answer = await self.client.post("gradio_api/component_server", json=body)
        if answer.status_code != 200 or "error" in answer.json():
            raise Refused(f"{answer.status_code} {answer.text[:200]}")
        return len(answer.content)

    async def upload(self, file: bytes) -> str:
        """Upload a checkpoint file; returns its name. Raises Refused for an error."""
        path = f"checkpoint-file?name=mine.safetensors&session={self.session}"
        answer = await self.client.post(path, content=file)
        if answer.status_code != 200:
            raise Refused(f"{answer.status_code} {answer.text[:200]}")
        name: str = answer.json()["checkpoint"]
        return name


def _is_update(value: object) -> bool:
    return isinstance(value, dict) and value.get("__type__") == "update"


def with_note(file: bytes, note: str) -> bytes:
    """A safetensors file with one more recorded value, so that no two uploads are the same file."""
    size = int.from_bytes(file[:8], "little")
    header = json.loads(file[8 : 8 + size])
    header.setdefault("__metadata__", {})["note"] = json.dumps(note)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + file[8 + size :]
