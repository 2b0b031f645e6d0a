"""Every use of undocumented parts of Gradio, which may change in any release.

Written from the source of Gradio 6.31.0; requirements.txt and pyproject.toml pin that minor version. Each function
states why it is needed and where in Gradio to look. No file of another room imports Gradio's modules, reads its private
attributes or parses its files; `tests/unit/page/gradio_internals/` checks that, and names what to review when the pin
moves. Documented parts (components, `gr.api`, `gr.render`, the arguments of `launch`) are used directly.
"""

from typing import Final

VERSION: Final = "6.31"  # the minor version that this room was written for
