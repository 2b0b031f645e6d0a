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
        assert api("genetic_code", name, stops, 300, 7, distances) == through_json(wanted)

    def test_sequences(self, api: Api) -> None:
        location = loading.locate(MODEL)
        wanted = documents.encoding(location, loading.open_located(location), read_fasta(GENES))
        assert api("encode_sequence", MODEL, GENES) == through_json(wanted)
        assert api("encode_sequence", MODEL, "ATG")["sequences"][0]["id"] == "sequence"

    def test_many_sequences_in_one_call(self, api: Api) -> None:
        answer = api("encode_sequence", MODEL, ">a\nATGAAA\n" * 1_000)
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
            ((BUNDLED, "yes", 10, 0, False), "stops is 'yes'; it is true or false"),
            ((BUNDLED, False, 0, 0, False), "permutations is '0'; it is a whole number from 1 to 100,000"),
            ((BUNDLED, False, 100_001, 0, False), "permutations is '100001'"),
            ((BUNDLED, False, None, 0, False), "permutations is 'None'"),
            ((BUNDLED, False, 10, -1, False), "The seed is '-1'"),
            ((BUNDLED, False, 10, 0, "no"), "distances is 'no'; it is true or false"),
            (("nope", False, 10, 0, False), "No checkpoint is called 'nope'"),
            (("codon_vae_all.pt", False, 10, 0, False), "holds another model"),
        ],
    )
    def test_the_genetic_code(self, api: Api, inputs: tuple[Any, ...], sentence: str) -> None:
        with pytest.raises(Refused, match=sentence):
            api("genetic_code", *inputs)

    @pytest.mark.parametrize(
        ("inputs", "sentence"),
        [
            ((MODEL, ""), "There is no sequence: the text is empty"),
            ((MODEL, None), "a text in FASTA format, not NoneType"),
            ((MODEL, 5), "a text in FASTA format, not int"),
            ((MODEL, ["ATG"]), "a text in FASTA format, not list"),
            ((MODEL, ">a\nATG\n>b\nATNAAA"), r"Sequence 2 \('b'\) has 'N' at position 3: an ambiguous base"),
            ((MODEL, ">a\nATGA"), "has 4 bases, 1 more than whole codons"),
            ((MODEL, ">a\nMKLV"), "This looks like a protein"),
            ((MODEL, ">a\nATG\n" * 1_001), "1,001 sequences were sent; at most 1,000 are encoded at once"),
            ((MODEL, ">a\n" + "A" * 150_003), "has 150,003 letters; at most 150,000 are read"),
            ((BUNDLED, GENES), "holds a Ternary VAE, which encodes operations, not sequences"),
            (("../x", GENES), "No checkpoint is called '../x'. Choose one of these: codons_chloroplast, "),
            ((None, GENES), "No checkpoint is called 'None'"),
            (("codon_vae_hiv.pt", GENES), "has no file 'codon_vae_hiv.pt'"),
        ],
    )
    def test_sequences(self, api: Api, inputs: tuple[Any, ...], sentence: str) -> None:
        with pytest.raises(Refused, match=sentence):
            api("encode_sequence", *inputs)
