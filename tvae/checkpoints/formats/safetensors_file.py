"""A safetensors file: what our own `.safetensors` files say besides their tensors, read and written."""

import json
from collections.abc import Mapping
from typing import Any, Final

import safetensors.torch
from safetensors import SafetensorError
from torch import Tensor

MAX_HEADER: Final = 4 * 2**20  # bytes


class BadSafetensorsFile(Exception):
    """The file is rejected; the message says why, as a clause."""


def begins(data: bytes) -> bool:
    """Whether the bytes have the form of a header that fits into them."""
    return has_header(data) and int.from_bytes(data[:8], "little") <= len(data)


def has_header(data: bytes) -> bool:
    """Whether a header begins where a safetensors file has it, after its length."""
    return len(data) > 9 and data[8:9] == b"{" and int.from_bytes(data[:8], "little") <= MAX_HEADER


def read(data: bytes) -> tuple[dict[Any, Any], dict[str, Tensor]]:
    """Metadata and tensors; the tensors cover the bytes exactly, and nothing is copied. Raises BadSafetensorsFile."""
    try:
        texts = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")]).get("__metadata__", {})
        metadata = json.loads(texts.get("metadata", "{}")) | {"config": json.loads(texts.get("config", "{}"))}
        return metadata, safetensors.torch.load(data)
    except SafetensorError as error:
        raise BadSafetensorsFile(ascii(str(error)[:120])[1:-1]) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadSafetensorsFile("its header is invalid") from error


def written(weights: Mapping[str, Tensor], texts: Mapping[str, str]) -> bytes:
    """A safetensors file with reproducible bytes; the library writes its metadata in random order."""
    plain = safetensors.torch.save(dict(weights))
    size = int.from_bytes(plain[:8], "little")
    header = json.dumps({"__metadata__": texts} | json.loads(plain[8 : 8 + size]), separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header + plain[8 + size :]
