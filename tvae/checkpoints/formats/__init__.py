"""Reading the bytes of a checkpoint file as data: torch archives and safetensors, and what they are if neither.

Nothing is run, and nothing is allocated that is larger than the file. Begin with `opening`.
"""
