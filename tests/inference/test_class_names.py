"""The names of ImageNet's 1,000 classes."""

import pytest

from tlcore.inference.imagenet import imagenet_classes


@pytest.mark.parametrize(
    ("wordnet_id", "name"),
    [
        ("n01608432", "kite (bird)"),
        ("n02108089", "boxer (dog)"),
        ("n03793489", "mouse (computer)"),
        ("n13133613", "ear (corn)"),
        ("n03710637", "maillot (tights)"),  # its parent in WordNet: tights, which are hosiery
        ("n03710721", "maillot (tank suit)"),
    ],
)
def test_a_word_of_several_meanings_says_which(wordnet_id, name):
    assert dict(imagenet_classes())[wordnet_id] == name


def test_no_two_classes_have_the_same_name():
    names = [name for _, name in imagenet_classes()]
    assert len(names) == len(set(names)) == 1000
