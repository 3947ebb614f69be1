"""Errors of settings, of authored files and of questions."""

from govplan.errors.base import GovplanError


class ConfigError(GovplanError):
    """A setting, in govplan.toml or in the environment, cannot be used."""

    exit_code = 2


class ContentUnreadable(GovplanError):
    """An authored file cannot be read or parsed."""


class ContentInvalid(GovplanError):
    """The content breaks a rule; `govplan check` lists which, where and how to mend it."""


class QuestionUnknown(GovplanError):
    """No question of this name."""

    exit_code = 2


class QuestionBroken(ContentUnreadable):
    """A question file has no usable header, or its header and its text disagree."""


class ParameterInvalid(GovplanError):
    """A parameter of a question is unknown or its value is not of the declared type."""

    exit_code = 2
