"""Errors of releases: missing, damaged, not written."""

from govplan.errors.base import GovplanError


class ReleaseMissing(GovplanError):
    """No release with this id, or none at all."""

    exit_code = 3


class ReleaseUnknown(ReleaseMissing):
    """There is no release of the id that a client names, and there is no trace of one."""


class ReleaseRemoved(ReleaseMissing):
    """A release was there and is removed; `what` says when and why, `mend` where a copy may be."""


class ReleaseDamaged(GovplanError):
    """A release on disk is not what its manifest says."""

    exit_code = 3


class ReleaseUnreadable(ReleaseDamaged):
    """The system refuses to read a file of a release, which may pass; `file` is its path within the release."""

    def __init__(self, what: str, *, file: str, where: str) -> None:
        super().__init__(what, where=where, mend="check the disk, and that this user may read the folder and its files")
        self.file = file


class VerificationStopped(GovplanError):
    """The verification of a release was stopped before its end, because nobody wants to know any more."""

    exit_code = 3


class ReleaseNotWritten(GovplanError):
    """A release or an export could not be written; nothing that existed before was changed."""

    exit_code = 3


class VersionTaken(GovplanError):
    """Another release, with other content, has the version already."""

    exit_code = 1
