"""The style rules of the authored Turtle files: T1–T9; T10 is tested with the shapes."""

import re
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from govplan.config import load
from govplan.content import Content, SourceFile, read_project
from govplan.namespaces import STANDARD
from tests.conftest import ROOT

LANGUAGES = ["nl", "fr", "de", "en"]
FILES = read_project(load(ROOT, environ={})).files
TYPE = ox.NamedNode(STANDARD["rdf"] + "type")
every_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.path)
# T5: where a predicate may stand in its block; what is not listed is structure or a relation and stands between.
FIRST = ["dcterms:title", "rdfs:label", "skos:prefLabel", "skos:altLabel", "gp:locator", "gp:inverseLabel"]
NOTES = ["skos:definition", "dcterms:description", "rdfs:comment", "skos:scopeNote", "skos:editorialNote", "skos:note"]
LAST = "prov:wasDerivedFrom"


def _blocks(file: SourceFile) -> list[str]:
    """The subject blocks of a file, as text, in order."""
    body = re.sub(r"^(@prefix.*|#.*)$", "", file.text, flags=re.MULTILINE)
    return [block for block in re.split(r"(?<=\.)\n\s*\n", body.strip()) if block.strip()]


def _subject(block: str) -> str:
    return block.split(None, 1)[0]


def _predicates(block: str) -> list[str]:
    lines = block.splitlines()
    first = ["a"] if re.match(r"\S+ a ", lines[0]) else []
    return first + [line.split(None, 1)[0] for line in lines[1:] if line.startswith("    ") and line.strip()]


def test_t1_formatter_decides() -> None:
    """T1: turtlefmt finds nothing to change."""
    formatter = str(Path(sys.executable).with_name("turtlefmt"))
    command = [formatter, "--check", "ontology", "data", "shapes", "profiles"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert 0 == run.returncode, run.stderr + "\nrun: turtlefmt ontology data shapes profiles"


@every_file
def test_t1_prefixes_are_used(file: SourceFile) -> None:
    """T1: a file declares only the prefixes it uses."""
    body = "\n".join(line for line in file.text.splitlines() if not line.startswith(("@prefix", "#")))
    body = re.sub(r'"(?:[^"\\]|\\.)*"', '""', body)

    assert [] == [label for label in file.prefixes if not re.search(rf"(?<![\w-]){re.escape(label)}:", body)]


@every_file
def test_t2_opening(file: SourceFile) -> None:
    """T2: prefixes come first, then one comment that says why the file exists."""
    lines = [line for line in file.text.splitlines() if line.strip()]
    after = [line for line in lines if not line.startswith("@prefix")]

    assert lines[0].startswith("@prefix")
    assert after[0].startswith("# ")
    assert len(lines) - len(after) == next(i for i, line in enumerate(lines) if not line.startswith("@prefix"))


@every_file
def test_t4_one_subject_one_block(file: SourceFile) -> None:
    """T4: a subject has one block in a file."""
    subjects = [_subject(block) for block in _blocks(file)]

    assert [] == sorted({subject for subject in subjects if subjects.count(subject) > 1})
    assert len({quad.subject for quad in file.quads}) == len(subjects)


@every_file
def test_t4_data_is_sorted(file: SourceFile) -> None:
    """T4: data is sorted by IRI after the header."""
    subjects = [_subject(block) for block in _blocks(file)][1:]

    if file.folder == "data" and file.path != "data/catalogue.ttl":
        assert sorted(subjects) == subjects


@every_file
def test_t5_predicate_order(file: SourceFile) -> None:
    """T5: the type comes first, labels before notes, the source last."""
    for block in _blocks(file):
        predicates = _predicates(block)
        labels = [i for i, p in enumerate(predicates) if p in FIRST]
        notes = [i for i, p in enumerate(predicates) if p in NOTES]
        rest = [i for i, p in enumerate(predicates) if p not in [*FIRST, *NOTES, "a"]]
        sources = [i for i, p in enumerate(predicates) if p == LAST]

        assert "a" not in predicates[1:], _subject(block)
        assert sorted(labels) + sorted(notes) + rest == sorted(labels + notes + rest), _subject(block)
        assert sources == list(range(len(predicates) - len(sources), len(predicates))), _subject(block)


@every_file
def test_t6_human_text_is_tagged_in_order(file: SourceFile) -> None:
    """T6: labels and notes carry a language, one literal a line, in the order nl, fr, de, en."""
    for block in _blocks(file):
        found: dict[str, list[str]] = {}
        for line in block.splitlines()[1:]:
            predicate = line.split(None, 1)[0] if line.strip() else ""
            if predicate in [*FIRST, *NOTES] and predicate != "skos:altLabel":
                tags = re.findall(r'"@([a-z]+)', line)
                assert 1 == len(tags), f"{_subject(block)}: {line}"
                found.setdefault(predicate, []).append(tags[0])
        for predicate, tags in found.items():
            assert [tag for tag in LANGUAGES if tag in tags] == tags, f"{_subject(block)} {predicate}"


@every_file
def test_t7_definitions_are_sentences(file: SourceFile) -> None:
    """T7: a definition begins with a capital and ends with one full stop."""
    for quad in file.quads:
        if quad.predicate.value == STANDARD["skos"] + "definition" and isinstance(quad.object, ox.Literal):
            text = quad.object.value
            assert text[0].isupper() or text[0].isdigit(), text
            assert text.endswith("."), text
            assert not text.endswith(".."), text


@every_file
def test_unqualified_competence_is_no_label(file: SourceFile) -> None:
    """Level of power and skill are different words; the word that means both stands for one of them in each language.

    French calls a power a compétence, as Belgian law does; for skills the word stands in fixed terms only. Dutch and
    German have words of their own for a power, and use this one in the profile and the standard of skills only.
    """
    word = re.compile(
        r"\b(competenc\w+|competentie(?!profiel|standaard)\w*|kompetenz(?!profil|standard)\w*)\b", re.IGNORECASE
    )
    said = [quad.object for quad in file.quads if quad.predicate.value != "https://w3id.org/govplan/ns#avoidedLabel"]
    texts = [value for value in said if isinstance(value, ox.Literal) and value.language]

    assert [] == [text.value for text in texts if word.search(text.value)]


def test_every_description_is_complete(content: Content) -> None:
    """Every thing a person sees has a label in four languages."""
    label_of = {STANDARD["rdfs"] + "label", STANDARD["skos"] + "prefLabel", "https://w3id.org/govplan/ns#locator"}
    silent = {"CodedStatement", "Disagreement", "ElementLink", "Participation", "RegisterLink"}
    labels: dict[str, set[str]] = {}
    kinds: dict[str, set[str]] = {}
    for quad in content.statements("ontology", "data"):
        subject = str(quad.subject)
        labels.setdefault(subject, set())
        if quad.predicate.value in label_of and isinstance(quad.object, ox.Literal):
            labels[subject].add(quad.object.language or "")
        if quad.predicate == TYPE and isinstance(quad.object, ox.NamedNode):
            kinds.setdefault(subject, set()).add(quad.object.value.rsplit("#", 1)[-1])
    wanted = set(LANGUAGES)

    assert [] == sorted(s for s, found in labels.items() if not wanted <= found and not kinds.get(s, set()) & silent)
