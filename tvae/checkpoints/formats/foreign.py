"""What a file is if it is no checkpoint of ours: a part or product of another library, or no model at all.

Only words for messages; whether a file is ours is decided by the names and shapes of its tensors.
"""

import re
from collections.abc import Collection
from typing import Final

from tvae.checkpoints.formats import file_signatures, safetensors_file
from tvae.checkpoints.formats.file_signatures import COPY_AGAIN, OTHER_FILE

SHARDS_JOINED: Final = (
    "A Ternary VAE is small and in one file. To use a sharded model, load all its parts with the library that wrote "
    "them, and save the weights in one file."
)
OTHER_LIBRARY: Final = "tvae reads only Ternary VAEs; python -m tvae.checkpoint_hub list names the published ones."

_SHARD: Final = re.compile(r"\d{5}-of-(\d{5})")
# What occurs in the names of almost every model of these libraries, and in none of ours.
_LIBRARIES: Final = {
    "a diffusers model": (
        *("down_blocks.", "up_blocks.", "mid_block.", "diffusion_model.", "first_stage_model."),
        *("time_embedding.", "time_text_embed.", "transformer_blocks."),
    ),
    "a transformers model": (
        *("self_attn.", "self_attention.", "attention.self.", "embed_tokens.", "word_embeddings.", "lm_head."),
        *("wte.", "attn.c_attn.", "SelfAttention."),
    ),
}


def kind_of_bytes(data: bytes) -> tuple[str, str]:
    """What bytes are that are neither a torch archive nor a safetensors file, and what to do."""
    if not data:
        return "an empty file", COPY_AGAIN
    if data.startswith((b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")):
        return (
            "a bare pickle, the format of torch before 1.6",
            "If you trust it, load it and save it with a newer torch.",
        )
    if data.lstrip().startswith(b"{") and (found := _kind_of_json(data)):
        return found
    if safetensors_file.has_header(data):
        return "a truncated safetensors file", COPY_AGAIN
    if kind := file_signatures.kind_of_data(data):
        return kind
    return f"{len(data):,} bytes of something else", OTHER_FILE


def _kind_of_json(data: bytes) -> tuple[str, str] | None:
    """The JSON files that stand next to the weights of a model; their keys are enough to tell them."""
    for key, found, action in (
        (b'"weight_map"', "the index of a sharded model, without weights", SHARDS_JOINED),
        (b'"_class_name"', "a configuration of diffusers, without weights", OTHER_LIBRARY),
        (b'"model_type"', "a configuration of transformers, without weights", OTHER_LIBRARY),
    ):
        if key in data:
            return found, action
    return None


def kind_of_weights(file: str, names: Collection[str]) -> tuple[str, str] | None:
    """What a file of this name is, by the names of its tensors, and what to do; None if nothing is known.

    The name of the file identifies a shard, because its tensors alone look like a smaller model.
    """
    if (shard := _SHARD.search(file)) and int(shard[1]) > 1:
        return f"one shard of a sharded model ({shard[0].replace('-', ' ')})", SHARDS_JOINED
    for library, parts in _LIBRARIES.items():
        if name := next((name for name in names if any(f".{part}" in f".{name}" for part in parts)), None):
            return f"{library} ({name[:80]}, ...)", OTHER_LIBRARY
    return None
