import json

import numpy as np
import pytest

from tlcore.embedded import weights
from tlcore.errors import MissingError, StateError
from tlcore.files import file_digest


@pytest.fixture
def network():
    from tlcore.embedded.network import build_network

    return build_network()


@pytest.fixture
def made_up(tmp_path, network):
    """A folder with weights of a random network and a card."""
    fields = {name: "" for name in weights.Card.__dataclass_fields__ if name not in ("digest", "parameters")}
    weights.write_weights(network, fields, tmp_path)
    return tmp_path


def test_weights_survive_the_round_trip_to_half_precision(made_up, network):
    before = [np.asarray(variable) for variable in network.weights]
    for variable in network.weights:
        variable.assign(np.zeros(variable.shape))
    weights.load_weights(network, made_up)
    for value, variable in zip(before, network.weights, strict=True):
        np.testing.assert_allclose(np.asarray(variable), value, atol=1e-3)


def test_a_changed_file_is_refused(made_up, network):
    path = made_up / weights.WEIGHTS
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(StateError, match="digest"):
        weights.load_weights(network, made_up)


def test_an_absent_file_is_named(tmp_path, network):
    with pytest.raises(MissingError, match="no such file"):
        weights.load_weights(network, tmp_path)


def test_another_network_is_refused_and_left_as_it_was(made_up):
    from tlcore.embedded.network import build_network

    other = build_network(classes=5)
    before = np.asarray(other.weights[0])
    with pytest.raises(StateError, match="predictions/kernel"):
        weights.load_weights(other, made_up)
    np.testing.assert_array_equal(np.asarray(other.weights[0]), before)


def test_shipped_files_are_what_the_card_says(network):
    card = weights.read_card()
    path = weights.FOLDER / weights.WEIGHTS
    assert path.stat().st_size <= weights.MAX_BYTES
    assert file_digest(path) == card.digest
    assert card.parameters == network.count_params() == sum(map(np.size, weights.read_weights().values()))
    assert len(card.wnids) == len(set(card.wnids)) == len(card.names) == 200
    assert json.loads((weights.FOLDER / weights.CARD).read_text())["held_out_top_1"] == card.held_out_top_1
    assert network.get_layer(card.last_feature_layer) is not None


def test_shipped_weights_serve_as_backbone_at_any_size():
    from tlcore.embedded.network import build_network

    backbone = build_network((96, 96, 3), include_top=False)
    weights.load_weights(backbone)
    features = backbone.predict(np.full((1, 96, 96, 3), 128.0, np.float32), verbose=0)
    assert features.shape == (1, 6, 6, 320)
    assert np.isfinite(features).all()
    assert backbone.output.name == backbone.get_layer(weights.read_card().last_feature_layer).output.name
