"""Offline replay: the decision code on virtual time, without any server."""
