"""Every error Camille raises on purpose, each with a code; words are chosen where a person reads them."""

from __future__ import annotations


class CamilleError(Exception):
    """Something went wrong that has a name. `code` is stable, the message is for the operator."""

    code = "camille"


class SettingError(CamilleError):
    """A setting is missing or unusable; the message names its variable and says what to do."""

    code = "setting"


class ContentError(CamilleError):
    """A file under data/ is broken; the message names file, line and rule, one problem a line."""

    code = "content"


class ModelError(CamilleError):
    """There is no usable trained model; the message says how to make one."""

    code = "model"


class TurnConflictError(CamilleError):
    """Another turn of the same person was stored first; the caller takes the turn again."""

    code = "concurrent"


class DatabaseAwayError(CamilleError):
    """The database has been away for a while, and somebody is looking whether it still is."""

    code = "away"


class SealError(CamilleError):
    """A sealed telephone number does not open; the message never holds it."""

    code = "seal"


class PepperError(CamilleError):
    """The database is named by peppers that are not known here: nobody would be found, not even who said STOP."""

    code = "pepper"


class ProofError(CamilleError):
    """A proof of erasure that was not given here."""
