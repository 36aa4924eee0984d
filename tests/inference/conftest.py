"""The stand-in network for all tests of inference."""

from tests.inference.stand_in import made, network, ready, weights_here

__all__ = ["made", "network", "ready", "weights_here"]
