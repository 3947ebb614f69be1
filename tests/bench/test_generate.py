"""The generator of scaled data: the same bytes each time, valid, closed, and as uneven as real plans."""

from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from bench.generate import LANGUAGES, Vocabulary, statements
from govplan.config import Settings
from govplan.content import Content
from govplan.release.dumps import canonical

WANTED = 60_000


@pytest.fixture(scope="module", name="vocabulary")
def _vocabulary(content: Content, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    dataset = tmp_path_factory.mktemp("generate") / "dataset.nq"
    dataset.write_bytes(canonical(content.quads))
    return Vocabulary.read(dataset, settings.base)


@pytest.fixture(scope="module", name="lines")
def _lines(vocabulary: Vocabulary) -> list[str]:
    return list(statements(vocabulary, WANTED))


@pytest.fixture(scope="module", name="quads")
def _quads(lines: list[str]) -> list[ox.Quad]:
    return list(ox.parse("".join(lines).encode(), format=ox.RdfFormat.N_QUADS))


def _objects(quads: list[ox.Quad], name: str) -> Counter[str]:
    return Counter(str(quad.object) for quad in quads if quad.predicate.value.endswith(f"#{name}"))


def test_same_bytes(vocabulary: Vocabulary, lines: list[str]) -> None:
    """The same seed gives the same lines, another seed others."""
    assert lines == list(statements(vocabulary, WANTED))
    assert lines != list(statements(vocabulary, WANTED, seed="another"))


def test_longer_begins_with_shorter(vocabulary: Vocabulary, lines: list[str]) -> None:
    """A larger dataset begins with the smaller one."""
    shorter = list(statements(vocabulary, WANTED // 10))

    assert shorter == lines[: len(shorter)]


def test_size(lines: list[str]) -> None:
    """There are as many statements as wanted, or up to one plan more, and none comes twice."""
    assert WANTED <= len(lines) < 2 * WANTED
    assert len(lines) == len(set(lines))


def test_canonical(lines: list[str], quads: list[ox.Quad]) -> None:
    """Every line is N-Quads as a release writes it, so that sorting them is all that is left to do."""
    assert canonical(quads) == "".join(sorted(lines)).encode()


def test_codes_are_those_of_the_project(vocabulary: Vocabulary, quads: list[ox.Quad], content: Content) -> None:
    """Every code that a generated plan uses is one of the plan project's."""
    prefix = f"{vocabulary.base}auth/"
    known = {quad.subject for quad in content.quads}
    used = {q.object for q in quads if isinstance(q.object, ox.NamedNode) and q.object.value.startswith(prefix)}

    assert used
    assert set() == used - known


def test_things_are_described(quads: list[ox.Quad]) -> None:
    """Whatever a generated plan points to as an objective, plan, actor or passage is described."""
    described = {quad.subject for quad in quads}
    ends = ("#inPlan", "#underObjective", "#actor", "#participation", "#wasDerivedFrom", "#ownedBy")
    pointed = {quad.object for quad in quads if quad.predicate.value.endswith(ends)}

    assert set() == pointed - described


def test_four_languages(quads: list[ox.Quad]) -> None:
    """Every action has one label in each language."""
    actions = {quad.subject for quad in quads if str(quad.object).endswith("#Action>")}
    labels = Counter(
        (quad.subject, quad.object.language)
        for quad in quads
        if quad.predicate.value.endswith("#label") and quad.subject in actions and isinstance(quad.object, ox.Literal)
    )

    assert dict.fromkeys(((action, language) for action in actions for language in LANGUAGES), 1) == labels


@pytest.mark.parametrize("name", ["actor", "primaryInstrument", "statusReported"])
def test_popularity(quads: list[ox.Quad], name: str) -> None:
    """The most popular tenth of actors and codes has more than a quarter of all mentions, the rarest next to none."""
    counts = sorted(_objects(quads, name).values(), reverse=True)

    assert sum(counts[: max(1, len(counts) // 10)]) > sum(counts) / 4
    assert counts[-1] < counts[0] / 5


def test_plans_differ_in_length(quads: list[ox.Quad]) -> None:
    """The longest plan has several times the actions of the middle one."""
    plan_of: dict[object, object] = {q.subject: q.object for q in quads if q.predicate.value.endswith("#inPlan")}
    lengths = Counter(plan_of[q.object] for q in quads if q.predicate.value.endswith("#underObjective"))
    ordered = sorted(lengths.values())

    assert ordered[-1] > 3 * ordered[len(ordered) // 2]


def test_vocabulary_reads_every_scheme(vocabulary: Vocabulary, content: Content) -> None:
    """The codes come from the dataset, by scheme."""
    schemes = {Path(file.path).stem for file in content.files if file.path.startswith("ontology/schemes/")}

    assert set() == set(vocabulary.codes) - schemes - {"instrument-group"}
    assert "planned" in vocabulary.codes["status"]
