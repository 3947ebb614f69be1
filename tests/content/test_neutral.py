"""The core and the program know no country, no plan and no source: those come from profiles and projects."""

import re
from collections.abc import Iterator

from tests.conftest import ROOT

CORE = ("ontology", "queries", "shapes", "server/govplan")
ENDINGS = {".css", ".html", ".js", ".md", ".po", ".py", ".rq", ".toml", ".ttl", ".xml"}
# The editor is somebody else's, and brought in by the build.
FOREIGN = "server/govplan/web/static/editor"
# Of Belgium: its name, its parts, its bodies, its registers, and the plan and the sources of this repository.
WORDS = re.compile(
    r"""(?ix) belg | fland | flem(?:ish|ing) | vlaa(?:ms|nd) | flam(?:and|en\b) | fl\u00e4m | wallo[on] | waal[s]
    | br[u\u00fc]ss?els?\b | bruxell | gewest | d[e\u00e9]put | ostbelg | staatsblad | moniteur | monitor
    | bosa\b | belspo | refnis | numac | \bovo\b | \bcbe\b | \bkbo\b | \bbce\b | crossroads | kruispunt | fgov
    | convergence | ai4 | \bmaas\b | \blaas\b
    | cooperation\ agreement | samenwerkingsakkoord | accord\ de\ coop
    """
)
# What the words stand in by right: the file, the text, and why.
ALLOWED = (("server/govplan/content/datatypes.py", "nl-BE", "an example of a language tag"),)


def _lines() -> Iterator[tuple[str, str]]:
    for folder in CORE:
        for path in sorted((ROOT / folder).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix in ENDINGS and not name.startswith(FOREIGN):
                yield from ((name, line) for line in path.read_text(encoding="utf-8").splitlines())


def test_words() -> None:
    """No file of the core or of the program speaks of one country, one plan or one source."""
    found = []
    for name, line in _lines():
        text = line
        for file, words, _ in ALLOWED:
            text = text.replace(words, "") if file == name else text
        found += [f"{name}: {line.strip()}" for _ in WORDS.findall(text)]

    assert [] == found


def test_allowed() -> None:
    """What is allowed is there: nothing is left of what was."""
    there = set(_lines())

    assert [] == [(file, words) for file, words, _ in ALLOWED if not any(file == f and words in t for f, t in there)]


def test_no_things() -> None:
    """The core describes no thing: those are of projects and profiles."""
    things = re.compile(r"<https://w3id\.org/govplan/id/")

    lines = (line for name, line in _lines() if name.startswith(("ontology", "shapes")))

    assert [] == [line for line in lines if things.search(line)]


def test_questions_of_levels() -> None:
    """No question of the core is about one level of power: which levels there are, a country says."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "queries").rglob("*.rq")}

    assert [] == [name for name, text in texts.items() if re.search(r"\blevel:[a-z]|auth/level/", text)]
