"""The card as text, and how results on few photos get into it."""

import dataclasses
import json

import pytest

from tlcore.embedded import weights
from tlcore.embedded.card_text import card_text, put_transfer
from tlcore.errors import InputError
from tlcore.files import write_json

ROWS = [
    {"dataset": name, "strategy": strategy, "mean": mean, "deviation": 0.02, "accuracies": [], "photos_per_class": 20}
    for name in ("Drawn objects", "Cats")
    for strategy, mean in (("scratch", 0.55), ("frozen", 0.7), ("fine_tune", 0.75))
]


@pytest.fixture
def folder(tmp_path):
    """A folder with the shipped card as it is before anything was measured on few photos."""
    write_json(tmp_path / weights.CARD, dataclasses.asdict(weights.read_card()) | {"transfer": []})
    return tmp_path


def test_the_shipped_card_reads_as_text():
    card = weights.read_card()
    text = card_text(card)
    assert f"{100 * card.held_out_top_1:.1f} % of photos named right" in text
    assert all(sentence in text for sentence in card.limits)
    assert card.names[-1] in text


def test_measured_results_become_a_table_of_the_card(folder):
    path = folder / "transfer.json"
    write_json(path, {"digest": weights.read_card(folder).digest, "results": ROWS})
    text = card_text(put_transfer(path, folder))
    assert "| Drawn objects | 55.0 ± 2.0 % | 70.0 ± 2.0 % | 75.0 ± 2.0 % |" in text
    assert "after training on 20 photos a class" in text


@pytest.mark.parametrize("content", ["no json", json.dumps({"digest": "0" * 64, "results": ROWS}), "[]"])
def test_other_results_are_refused(folder, content):
    path = folder / "transfer.json"
    path.write_text(content)
    with pytest.raises(InputError, match="Measure"):
        put_transfer(path, folder)
    assert not weights.read_card(folder).transfer
