"""Why an act of a person is refused; each names the field and the way out."""


class ActRefused(Exception):
    """The act has no effect. `field`: which part of it is wrong, empty for the whole."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class InvalidAct(ActRefused):
    """What was asked for makes no sense, or is out of bounds."""


class NoSuchThing(ActRefused):
    """What the act is about is not known."""


class NotAllowed(ActRefused):
    """The person may not do this."""


class ChangedMeanwhile(ActRefused):
    """Another act came first: look again, and repeat."""
