"""What the picture of the strategies on Home says is true of the catalog."""

import re

from pages.home.strategy_picture import WEIGHTS
from tlcore.training.features.boundary import used_rows
from tlcore.training.plans.defaults import suggest_first_trainable
from tlcore.zoo.catalog import CLASSIFIERS


def test_the_share_of_weights_that_fine_tuning_trains_by_default():
    shares = []
    for row in CLASSIFIERS:
        if row.pretrained_weights != "none":
            rows = used_rows(row)
            first = [layer.name for layer in rows].index(suggest_first_trainable(row))
            shares.append(sum(layer.parameters for layer in rows[first:]) / sum(layer.parameters for layer in rows))
    assert re.findall(r"\d+", WEIGHTS) == [f"{100 * min(shares):.0f}", f"{100 * max(shares):.0f}"]
