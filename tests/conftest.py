"""What holds for every test."""

from hypothesis import settings

# these machines are shared and noisy: how long an example takes says nothing about the code
settings.register_profile("vedette", deadline=None)
settings.load_profile("vedette")
