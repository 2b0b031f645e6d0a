"""Bad input to the endpoints: each is refused with a sentence, and nothing breaks."""

import json
from typing import Any

import httpx
import pytest
from app_fixtures import ABSENT, BROKEN, BUNDLED, EUCLIDEAN, FAILING, Site
from asgi import finished
from http_api import Api, Refused
from starlette.requests import Request

from tvae.page.api.call_errors import session_expired
from tvae.page.build import MAX_REQUEST
from tvae.page.ui import texts


class TestRefusals:
    @pytest.mark.parametrize(
        "name", ["nope", "/etc/passwd", "../homeostatic_rich", "app.py", None, 5, True, "", ["a"], {"path": "x"}]
    )
    @pytest.mark.parametrize("endpoint", ["coverage", "metrics"])
    def test_a_checkpoint_that_there_is_not(self, api: Api, endpoint: str, name: Any) -> None:
        with pytest.raises(Refused, match="Choose one of these: rich_tree, ") as refused:
            api(endpoint, name)
        assert ("is missing" if name in (None, "") else str(name)[:8]) in str(refused.value)

    @pytest.mark.parametrize(
        ("name", "sentence"),
        [
            (ABSENT, "has no file 'v5_11_progressive/best.pt'"),
            (FAILING, "The Hub failed with 503"),
            (BROKEN, "found 5,000 bytes of something else"),
            ("aa_vae_all.pt", "holds another model"),
        ],
    )
    def test_a_checkpoint_that_cannot_be_had(self, api: Api, name: str, sentence: str) -> None:
        with pytest.raises(Refused, match=sentence):
            api("encode", name, "0", True)

    @pytest.mark.parametrize(
        ("operations", "sentence"),
        [
            ("0, foo", "'foo' at character 4"),
            ("19683", "an index is between 0 and 19682"),
            ("9-5", "a range goes up"),
            ("", "No operation is given"),
            ([], "No operation is given"),
            ([0, -1], "'-1' at place 2 of the list"),
            ([1.5], "'1.5' at place 1 of the list"),
            ([None], "'null' at place 1"),
            ([True], "'true' at place 1"),
            ([[1, 0]], "at place 1 of the list"),
            ([0, "x"], "At place 2 of the list: Could not read 'x'"),
            ({"a": 1}, 'a text or a list, not {"a": 1}.'),
            (None, "a text or a list, not null."),
            (5, "a text or a list, not 5."),
            (True, "a text or a list, not true."),
            ("all, 0", "there are only 19,683"),
            (["all", 0], "there are only 19,683"),
            ("-1,0,1,-1,0,1,-1,0,1", "nine indices or one truth table"),
        ],
    )
    def test_operations_that_cannot_be_read(self, api: Api, operations: Any, sentence: str) -> None:
        with pytest.raises(Refused) as refused:
            api("encode", BUNDLED, operations, False)
        assert sentence in str(refused.value)
        if operations not in ("", []):  # an empty choice highlights nothing
            with pytest.raises(Refused) as refused:
                api("radius_plot", BUNDLED, operations, "A", "radius")
            assert sentence in str(refused.value)

    @pytest.mark.parametrize("vectors", ["yes", "true", 1, None, []])
    def test_vectors_are_true_or_false(self, api: Api, vectors: Any) -> None:
        with pytest.raises(Refused, match="it must be true or false, for example true"):
            api("encode", BUNDLED, "0", vectors)

    @pytest.mark.parametrize(
        ("encoder", "measure", "sentence"),
        [
            ("C", "radius", "The encoder is 'C'; it must be A or B."),
            (None, "radius", "The encoder is empty; it must be A or B."),
            ({}, "radius", "The encoder is {}; it must be A or B."),
            ("A", "x", "The measure is 'x'; it must be radius or norm."),
            ("A", 1, "The measure is 1; it must be radius or norm."),
        ],
    )
    def test_encoder_and_measure(self, api: Api, encoder: Any, measure: Any, sentence: str) -> None:
        with pytest.raises(Refused) as refused:
            api("radius_plot", BUNDLED, "0", encoder, measure)
        assert str(refused.value).startswith(sentence)

    def test_a_norm_that_is_not_there(self, api: Api) -> None:
        with pytest.raises(Refused, match=r"Euclidean and has no norm in the ball\. Choose the measure radius"):
            api("radius_plot", EUCLIDEAN, "0", "A", "norm")

    @pytest.mark.parametrize(
        ("inputs", "sentence"),
        [
            ((100_001, 0), "samples is 100001; it must be a whole number from 1 to 100,000."),
            ((0, 0), "samples is 0"),
            ((True, 0), "samples is true"),
            (({}, 0), "samples is {}"),
            ((10, -1), "seed is -1; it must be a whole number from 0 to 4,294,967,295."),
            ((10, None), "seed is empty"),
        ],
    )
    def test_samples_and_seed(self, api: Api, inputs: tuple[Any, Any], sentence: str) -> None:
        with pytest.raises(Refused) as refused:
            api("regions", BUNDLED, *inputs)
        assert str(refused.value).startswith(sentence)

    @pytest.mark.parametrize(
        ("inputs", "sentence"),
        [
            (("pie", "encoder A", "0"), "The picture is 'pie'; it must be depth or slice."),
            (("slice", ["encoder A"], "0, 1, 5"), 'The part is ["encoder A"]; it must be one of these: '),
            (("slice", "projection", "0, 1, 5"), "The part 'projection' has no linear regions: "),
            (("slice", "encoder A", "0, 1, 2"), "The operations 0, 1, 2 are on one line"),
            (("slice", "encoder A", "all"), "19,683 operations are given; a plane goes through 3"),
            (("slice", "encoder A", "foo"), "Could not read 'foo'"),
        ],
    )
    def test_pictures_of_regions(self, api: Api, inputs: tuple[Any, ...], sentence: str) -> None:
        with pytest.raises(Refused) as refused:
            api("regions_plot", BUNDLED, *inputs)
        assert str(refused.value).startswith(sentence)

    def test_a_request_over_two_megabytes(self, api: Api) -> None:
        assert MAX_REQUEST == 2 * 2**20
        body = json.dumps({"data": [BUNDLED, "0," * (MAX_REQUEST // 2), False]}).encode()
        announced = api.http.post("encode", content=body, headers={"content-type": "application/json"})
        pieces = (body[start : start + 100_000] for start in range(0, len(body), 100_000))
        counted = api.http.post("encode", content=pieces, headers={"content-type": "application/json"})
        for answer in (announced, counted):
            assert answer.status_code == 413
            assert answer.json() == {"error": "The request is larger than 2 MB. Ask for fewer operations at once."}
        assert api("encode", BUNDLED, "0", False)["operations"][0]["index"] == 0

    def test_no_file_is_taken_either(self, site: Site) -> None:
        answer = httpx.post(f"{site.url}gradio_api/upload", files={"files": ("small.pt", b"x")})
        assert answer.status_code == 413
        assert "POST the bytes of a checkpoint to /checkpoint-file" in answer.json()["error"]


def test_an_event_of_a_session_that_was_let_go_is_a_sentence(site: Site) -> None:
    """As of a tab that was built for a session which Gradio has dropped since: the event is there no more."""
    asked = {"data": [], "fn_index": 9_999, "session_hash": "gone", "trigger_id": 1, "event_data": None}
    answer = httpx.post(f"{site.url}gradio_api/queue/join", json=asked, timeout=60)
    assert answer.status_code == 404
    assert answer.json()["error"] == texts.SESSION_EXPIRED
    assert httpx.get(site.url, timeout=60).status_code == 200


def test_what_a_script_asks_of_a_session_that_was_let_go_is_a_sentence(site: Site) -> None:
    """The component is there no more; the script shows what it is told in place of an answer."""
    asked = {"data": {}, "component_id": 10**9, "session_hash": "gone", "fn_name": "export"}
    answer = httpx.post(f"{site.url}gradio_api/component_server", json=asked, timeout=60)
    assert answer.status_code == 200
    assert answer.json()["error"] == texts.SESSION_EXPIRED


def test_any_other_missing_key_goes_on_as_it_came() -> None:
    scope = {"type": "http", "method": "GET", "path": "/gradio_api/queue/join", "headers": [], "query_string": b""}
    request = Request(scope)
    with pytest.raises(KeyError, match="a key") as caught:
        raise KeyError("a key")
    with pytest.raises(KeyError, match="a key"):
        finished(session_expired(request, caught.value))
