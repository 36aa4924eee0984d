"""What each class is a kind of."""

from tlcore.inference.imagenet import imagenet_ids
from tlcore.inference.wordnet import kinds


def test_every_class_leads_up_to_the_widest_kind():
    for wordnet_id in imagenet_ids():
        assert kinds(wordnet_id)[-1] == "entity"
    assert kinds("n02123045")[:3] == ("domestic cat", "cat", "feline")
    assert kinds("n00000000") == ()
