"""Settings of the whole suite: how hard the property tests try."""

from hypothesis import settings

settings.register_profile("usual", deadline=None)
settings.register_profile("nightly", deadline=None, max_examples=1_000)
settings.load_profile("usual")
