"""Assemble the page from its tabs and endpoints, and the arguments that serve it."""

from collections.abc import Sequence
from typing import Any, Final

import gradio as gr
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from tvae.checkpoints.catalogue.catalogue import DEFAULT
from tvae.errors import ServerBusy, SessionNameError
from tvae.page.api import call_errors, explorer, openapi
from tvae.page.gradio_internals.blocks import CheckedBlocks, keep_no_unknown_choices
from tvae.page.selection.checkpoint.checkpoints import offered
from tvae.page.selection.radius_plot import OPENING_ENCODER
from tvae.page.server.callers import proxy_hops
from tvae.page.server.middleware import preload
from tvae.page.server.middleware.frontend_files import FrontendFiles
from tvae.page.server.middleware.guard import Guard, busy, wrong_session
from tvae.page.server.middleware.request_limit import BodyLimit, RequestLimit
from tvae.page.server.middleware.response_rewrite import ResponseRewrite
from tvae.page.server.shares.limits import LIMITS, Limits
from tvae.page.server.shares.rules import lifespan_of
from tvae.page.server.shares.table import Shares
from tvae.page.tabs.ball import directions, layout as ball
from tvae.page.tabs.codons import layout as codons
from tvae.page.tabs.compare import layout as compare
from tvae.page.tabs.coverage import layout as coverage
from tvae.page.tabs.explore import layout as explore
from tvae.page.tabs.explore.handlers import LinkedView, View, first_view, from_link
from tvae.page.tabs.explore.sections import linear_regions
from tvae.page.tabs.explore.stories import SECTIONS
from tvae.page.tabs.learn import layout as learn
from tvae.page.tabs.train import layout as train
from tvae.page.ui import texts
from tvae.page.ui.components import EVENTS, asset, hidden_text, plain_html
from tvae.page.ui.html import tag
from tvae.page.ui.links import navigation
from tvae.page.ui.links.share_link import UrlParameter
from tvae.page.ui.scripts import modules as scripts
from tvae.page.ui.scripts.connection import layout as connection
from tvae.page.ui.scripts.modules import called
from tvae.page.uploads import layout as uploads, receive
from tvae.reports.plots.palette import TRIT_COLOURS

ACCENT: Final = gr.themes.colors.indigo
SYSTEM_FONTS: Final = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
MONO_FONTS: Final = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")
MAX_REQUEST: Final = 2 * 2**20  # bytes
LARGE: Final = 10_000  # bytes from which a response is compressed; Gradio itself compresses files only
FIRST_TAB: Final = "explore"
SLOW: Final = (directions.components.__name__,)  # functions of components that take seconds
STYLES: Final = (
    "page.css",
    "forms.css",
    "tiles.css",
    "parts.css",
    "tables.css",
    "notices.css",
    "connection.css",
    "selection.css",
    "columns.css",
    "upload.css",
    "charts.css",
    "export.css",
    "explore.css",
    "atlas.css",
    "train.css",
    "compare.css",
    "leaderboard.css",
    "ball.css",
    "coverage.css",
    "codons.css",
    "sequence_form.css",
    "learn.css",
)
USUAL: Final = BodyLimit(MAX_REQUEST, texts.REQUEST_TOO_LARGE.format(megabytes=MAX_REQUEST // 2**20))
# Gradio's own upload route stores every file; the page does not use it.
NO_UPLOAD: Final = BodyLimit(0, texts.NO_UPLOAD.format(path=receive.PATH))
BOUNDS: Final = {receive.PATH: receive.FILE_BOUND, openapi.REFUSED_PATH: NO_UPLOAD}


def build() -> gr.Blocks:
    """Build the page and its API; the page already contains the plot of the default checkpoint."""
    keep_no_unknown_choices()
    first = first_view()
    demo: gr.Blocks
    answers = call_errors.ANSWERS_TO_CALLS
    with CheckedBlocks(answers, title=texts.TITLE, analytics_enabled=False, fill_width=True) as demo:
        parts = _top(first) | navigation.layout()
        with gr.Tabs(selected=FIRST_TAB, elem_id="tabs", overflow_behavior="wrap") as parts["tabs"]:
            with _tab("explore") as explore_tab:
                parts |= explore.layout(first)
                linear_regions.add_section(parts["loaded"])
            with _tab("ball") as ball_tab:
                ball.add(demo, parts)
            with _tab("compare") as compare_tab:
                compare.add(demo, parts)
            with _tab("coverage") as coverage_tab:
                coverage_parts = coverage.layout()
            with _tab("codons") as codons_tab:
                codons.add(demo, parts)
            with _tab("train") as train_tab:
                train.add(demo, parts)
            with _tab("learn") as learn_tab:
                learn_parts = learn.layout()
        explore.wire(parts)
        coverage.wire(coverage_parts, parts)
        uploads.wire(parts["uploads"], parts)
        learn.wire(learn_parts, parts)
        for tab in (explore_tab, ball_tab, compare_tab, coverage_tab, codons_tab, train_tab, learn_tab):
            name_tab = called(EVENTS, "constant", {"value": tab.id})
            tab.select(None, None, parts["tab"], js=name_tab, api_visibility="private")
        parts["tab"].change(None, js=called(EVENTS, "showOpenTab"), api_visibility="private")
        linked = _linked(parts)
        navigation.wire(parts, linked)
        navigation.follow(demo.load, parts, linked, from_link, LinkedView)
        with gr.Column(visible=False):  # Gradio would otherwise show an empty element for each input and answer
            explorer.add_endpoints()
    # Without `api_open=False`, a call of /run/NAME would bypass the queue and its limits.
    demo.queue(max_size=LIMITS.calls.total, api_open=False)
    return demo


def _tab(name: str) -> gr.Tab:
    return gr.Tab(texts.table("TABS")[name], id=name)


def _linked(parts: dict[str, Any]) -> list[UrlParameter]:
    """The parameters of share links for the Explore tab; the page itself and the other tabs add their own."""
    usual = {"encoder": OPENING_ENCODER, "measure": "radius", "scale": "auto"}
    section = UrlParameter("section", parts["section"], "", SECTIONS)
    return [*(UrlParameter(name, parts[name], value) for name, value in usual.items()), section]


def launch_arguments(demo: gr.Blocks, limits: Limits = LIMITS, guards: Sequence[Middleware] = ()) -> dict[str, Any]:
    """The arguments of `launch()`: theme, styles, limits and routes. `guards` see a request before anything else.

    Raises SettingError for a wrong TVAE_PROXY_HOPS.
    """
    shares, first_files = Shares(limits), preload.first_files(demo)
    trits = "".join(f"--trit-{name}:{TRIT_COLOURS[trit]};" for trit, name in ((-1, "minus"), (0, "zero"), (1, "plus")))
    return {
        "theme": gr.themes.Default(primary_hue=ACCENT, font=list(SYSTEM_FONTS), font_mono=list(MONO_FONTS)),
        "css": f":root{{{trits}}}" + "".join(asset(name) for name in STYLES),
        "show_error": True,  # send the message of an error to the caller, instead of null
        "run_history": False,
        "ssr_mode": False,  # otherwise a Space renders the page on a second server
        "footer_links": ["api", "settings"],
        "max_file_size": MAX_REQUEST,
        "app_kwargs": {
            "middleware": [
                *guards,
                Middleware(RequestLimit, usual=USUAL, of_paths=BOUNDS),
                Middleware(FrontendFiles, files=first_files),
                Middleware(Guard, shares=shares, hops=proxy_hops(), receiving={receive.PATH}, slow=SLOW),
                Middleware(GZipMiddleware, minimum_size=LARGE, compresslevel=4),
                Middleware(ResponseRewrite, path="/", edit=preload.with_links(first_files)),
                Middleware(ResponseRewrite, path=openapi.DOCUMENT_PATH, edit=openapi.corrected(demo.root_path)),
            ],
            "routes": [receive.ROUTE, scripts.ROUTE],
            "lifespan": lifespan_of(shares),
            "exception_handlers": {ServerBusy: busy, SessionNameError: wrong_session, **call_errors.HANDLERS},
        },
    }


def _top(first: View) -> dict[str, Any]:
    """Title, checkpoint and status, above the tabs."""
    parts: dict[str, Any] = {}
    with gr.Row(elem_id="top", equal_height=False):
        header = tag("header", tag("h1", texts.TITLE), tag("p", texts.LEAD))
        parts["navigation"] = navigation.header(header + connection.bar(), connection.bar_script())
        with gr.Column(min_width=0, elem_id="checkpoint-column"):
            parts["checkpoint"] = gr.Dropdown(offered(), value=DEFAULT, label=texts.CHECKPOINT, elem_id="checkpoint")
            parts["uploads"] = uploads.layout()
        parts["badge"] = plain_html(first.badge, "badge")
        parts["link"] = gr.Button(texts.table("LINK")["copy"], elem_id="link", size="sm", min_width=96)
    parts["alert"] = plain_html("", "alert")
    # The last request for a checkpoint, the last request that was answered, the loaded checkpoint, and the operation in
    # the truth table. The browser holds them, so that numbers never appear under another checkpoint's name when the
    # server restarts or drops the session.
    parts["requested"] = hidden_text("", "requested")
    parts["asked"] = hidden_text("", "asked")
    parts["loaded"] = hidden_text(DEFAULT, "loaded")
    parts["without_ball"] = hidden_text("", "without-ball")  # the loaded one, if it has none
    parts["current"] = gr.Number(None, precision=0, visible="hidden", elem_id="current")
    parts["tab"] = hidden_text(FIRST_TAB, "tab")
    parts["section"] = hidden_text("", "section")
    parts["visit"] = hidden_text("", "visit")
    return parts
