"""The questions of a release: files below queries/ in it, so that what was asked of it then can always be asked again.

They lie in two folders, by what their IRIs begin with: that of the project, or that of the core and of profiles.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from govplan.errors import QuestionBroken
from govplan.manifest import QUERIES, Manifest
from govplan.namespaces import CORE
from govplan.questions import Question, QuestionFile, read_questions
from govplan.text import read_text

_OWN, _GIVEN = "own/", "given/"


def question_entries(files: Iterable[QuestionFile]) -> dict[str, bytes]:
    """Return path in a release → content of each file."""
    return {
        f"{QUERIES}{_GIVEN if file.base == CORE else _OWN}{file.path}": file.text.encode()
        for file in sorted(files, key=lambda file: file.path)
    }


def questions_of(folder: Path, manifest: Manifest) -> Mapping[str, Question]:
    """Return the questions of a verified release. Raises QuestionBroken if one cannot be read by this program."""
    files = []
    for entry in manifest.files:
        within = entry.path.removeprefix(QUERIES)
        if within != entry.path:
            given = within.startswith(_GIVEN)
            path = within.removeprefix(_GIVEN if given else _OWN)
            text = read_text(folder / entry.path, entry.path, QuestionBroken)
            files.append(QuestionFile(path, text, CORE if given else manifest.base, entry.path))
    return read_questions(files, manifest.languages, manifest.prefixes)
