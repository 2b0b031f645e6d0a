"""The endpoints on codons and sequences: equal to our own documents, and bad input gives sentences."""

import json
from typing import Any

import pytest
from app_fixtures import BUNDLED, EUCLIDEAN, evaluated_here
from gradio_client import Client
from http_api import Api, Refused

from tvae.analysis import genetic_code
from tvae.reports import genetic_code as genetic_reports
from tvae.sequences import documents, loading
from tvae.sequences.fasta import read_fasta
from tvae.sequences.map.documents import sequence_map

MODEL = loading.DEFAULT
GENES = ">a gene\nATGAAATTT\n>b\nauggga\n"


def through_json(document: Any) -> Any:
    return json.loads(json.dumps(document))


class TestAnswers:
    @pytest.mark.parametrize(("stops", "distances"), [(False, False), (True, True)])
    @pytest.mark.parametrize("name", [BUNDLED, EUCLIDEAN])
    def test_the_genetic_code(self, api: Api, name: str, stops: bool, distances: bool) -> None:
        evaluated = evaluated_here(name)
        found = genetic_code.examine(evaluated.embedding, stops, 300, 7)
        wanted = genetic_reports.genetic_code(evaluated, found, distances)
        assert api("genetic_code", name, stops, 300, 7, distances, 1) == through_json(wanted)

    def test_another_code(self, api: Api) -> None:
        evaluated = evaluated_here(BUNDLED)
        found = genetic_code.examine(evaluated.embedding, False, 300, 7, 2)
        wanted = genetic_reports.genetic_code(evaluated, found)
        assert api("genetic_code", BUNDLED, False, 300, 7, False, 2) == through_json(wanted)
        inside = ">a\nATGTGAGCTTAA\n"
        assert api("encode_sequence", MODEL, inside, 1)["notes"][0].startswith("A stop comes before the end in 1 of 1")
        assert api("encode_sequence", MODEL, inside, 2)["notes"] == []

    def test_sequences(self, api: Api) -> None:
        location = loading.locate(MODEL)
        wanted = documents.encoding(location, loading.open_located(location), read_fasta(GENES))
        assert api("encode_sequence", MODEL, GENES, 1) == through_json(wanted)
        assert api("encode_sequence", MODEL, "ATG", 1)["sequences"][0]["id"] == "sequence"

    def test_the_map(self, api: Api) -> None:
        location = loading.locate(MODEL)
        wanted = sequence_map(location, loading.open_located(location), read_fasta(GENES))
        assert api("sequence_map", MODEL, GENES) == through_json(wanted)
        assert len(api("sequence_map", MODEL, "")["points"]) == len(wanted["points"]) - 2

    def test_many_sequences_in_one_call(self, api: Api) -> None:
        answer = api("encode_sequence", MODEL, ">a\nATGAAA\n" * 1_000, 1)
        assert answer["total"]["sequences"] == 1_000
        assert len({tuple(row["mu"]) for row in answer["sequences"]}) == 1

    def test_by_the_client(self, site: Any) -> None:
        client = Client(site.url, verbose=False)
        answer = client.predict(MODEL, GENES, api_name="/encode_sequence")
        assert [row["id"] for row in answer["sequences"]] == ["a", "b"]


class TestRefusals:
    @pytest.mark.parametrize(
        ("inputs", "sentence"),
        [
            ((BUNDLED, "yes", 10, 0, False, 1), "stops is 'yes'; it must be true or false"),
            ((BUNDLED, False, 0, 0, False, 1), "permutations is 0; it must be a whole number from 1 to 100,000"),
            ((BUNDLED, False, 100_001, 0, False, 1), "permutations is 100001"),
            ((BUNDLED, False, None, 0, False, 1), "permutations is empty"),
            ((BUNDLED, False, 10, -1, False, 1), "The seed is -1"),
            ((BUNDLED, False, 10, 0, "no", 1), "distances is 'no'; it must be true or false"),
            (
                (BUNDLED, False, 10, 0, False, 7),
                "The genetic code is 7; NCBI's codes are 1 to 6, 9 to 16 and 21 to 33",
            ),
            ((BUNDLED, False, 10, 0, False, "11"), "The genetic code is '11'"),
            (("nope", False, 10, 0, False, 1), "No checkpoint is called 'nope'"),
            (("codon_vae_all.pt", False, 10, 0, False, 1), "holds another model"),
        ],
    )
    def test_the_genetic_code(self, api: Api, inputs: tuple[Any, ...], sentence: str) -> None:
        with pytest.raises(Refused, match=sentence):
            api("genetic_code", *inputs)

    @pytest.mark.parametrize(
        ("inputs", "sentence"),
        [
            ((MODEL, "", 1), "There is no sequence: the text is empty"),
            ((MODEL, None, 1), "text in FASTA format, not empty"),
            ((MODEL, 5, 1), "text in FASTA format, not 5"),
            ((MODEL, ["ATG"], 1), 'text in FASTA format, not \\["ATG"'),
            ((MODEL, ">a\nATG\n>b\nATJAAA", 1), r"Sequence 2 \('b'\) has 'J' at position 3: not a base"),
            ((MODEL, ">a\nATGA", 1), "has 4 bases, 1 more than whole codons"),
            ((MODEL, ">a\nMKLV", 1), "This looks like a protein"),
            ((MODEL, ">a\nATG\n" * 1_001, 1), "1,001 sequences were sent; at most 1,000 are encoded at once"),
            ((MODEL, ">a\n" + "A" * 150_003, 1), "has 150,003 letters; at most 150,000 are read"),
            ((MODEL, GENES, 7), "The genetic code is 7; NCBI's codes are"),
            ((MODEL, GENES, None), "The genetic code is empty"),
            ((BUNDLED, GENES, 1), "holds a Ternary VAE, which encodes operations, not sequences"),
            (("../x", GENES, 1), "No checkpoint is called '../x'. Choose one of these: codons_brca1, "),
            (("codons_chloroplast", GENES, 1), "no longer bundled: .* Use codons_brca1"),
            ((None, GENES, 1), "The name of the checkpoint is missing."),
            (("codon_vae_hiv.pt", GENES, 1), "has no file 'codon_vae_hiv.pt'"),
        ],
    )
    def test_sequences(self, api: Api, inputs: tuple[Any, ...], sentence: str) -> None:
        with pytest.raises(Refused, match=sentence):
            api("encode_sequence", *inputs)

    @pytest.mark.parametrize(
        ("inputs", "sentence"),
        [
            ((MODEL, None), "text in FASTA format, not empty"),
            ((MODEL, 5), "text in FASTA format, not 5"),
            ((MODEL, ">a\nATGA"), "has 4 bases, 1 more than whole codons"),
            ((MODEL, ">a\nATG\n" * 1_001), "1,001 sequences were sent; at most 1,000 are put on the map at once"),
            ((BUNDLED, GENES), "holds a Ternary VAE, which encodes operations, not sequences"),
            (("codon_vae_hiv.pt", ""), "has no file 'codon_vae_hiv.pt'"),
        ],
    )
    def test_the_map(self, api: Api, inputs: tuple[Any, ...], sentence: str) -> None:
        with pytest.raises(Refused, match=sentence):
            api("sequence_map", *inputs)

    def test_half_a_character(self, api: Api) -> None:
        """JSON can have a lone surrogate in a text, and an answer cannot."""
        call = json.dumps({"data": [MODEL, ">a\ud800\nATG"]})
        posted = api.http.post("encode_sequence", content=call, headers={"content-type": "application/json"})
        answer = api.http.get(f"encode_sequence/{posted.json()['event_id']}").text
        assert answer.startswith("event: error")
        assert "Character 3 of the text" in answer
