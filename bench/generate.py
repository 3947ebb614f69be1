"""Plans that nobody made: a plan project's release scaled to millions of statements, with the skew of real ones.

Few plans are long and most are short, a few bodies take part in everything, a few instruments are used everywhere.
The same seed gives the same bytes, and a longer run begins with the shorter one: every plan is drawn by itself.
"""

import hashlib
import math
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from govplan.namespaces import STANDARD

BODIES_PER_PLAN = 6
LONGEST_PLAN = 2000
LANGUAGES = ("nl", "fr", "de", "en")
_CODE = re.compile(r"^<[^>]+/auth/(?P<scheme>[a-z-]+)/(?P<code>[a-z0-9-]+)> <[^>]+#type> <[^>]+#Concept> ")
_RDF, _RDFS, _DCTERMS, _PROV, _ORG = (STANDARD[label] for label in ("rdf", "rdfs", "dcterms", "prov", "org"))
_INTEGER = STANDARD["xsd"] + "integer"
# One row a word, in the order of LANGUAGES.
_VERBS = (
    ("Versterk", "Renforcer", "Stärken:", "Strengthen"),
    ("Onderzoek", "Étudier", "Prüfen:", "Explore"),
    ("Ontwikkel", "Développer", "Entwickeln:", "Develop"),
    ("Ondersteun", "Soutenir", "Fördern:", "Support"),
    ("Herzie", "Réviser", "Überarbeiten:", "Revise"),
    ("Coördineer", "Coordonner", "Koordinieren:", "Coordinate"),
    ("Evalueer", "Évaluer", "Bewerten:", "Evaluate"),
    ("Financier", "Financer", "Finanzieren:", "Fund"),
)
_THINGS = (
    ("opleidingen", "les formations", "Ausbildungen", "training"),
    ("gegevensruimten", "les espaces de données", "Datenräume", "data spaces"),
    ("openbare diensten", "les services publics", "öffentliche Dienste", "public services"),
    ("proeftuinen", "les bancs d’essai", "Reallabore", "test beds"),
    ("toezicht", "la surveillance", "Aufsicht", "supervision"),
    ("rekeninfrastructuur", "les moyens de calcul", "Recheninfrastruktur", "computing capacity"),
    ("begeleiding van kmo’s", "l’aide aux PME", "Beratung für KMU", "advice to smaller firms"),
    ("inspraak", "la participation citoyenne", "Bürgerbeteiligung", "public participation"),
    ("normen", "les normes", "Normen", "standards"),
    ("onderzoek", "la recherche", "Forschung", "research"),
    ("mobiliteit", "la mobilité", "Mobilität", "mobility"),
    ("zorg", "les soins de santé", "Gesundheitsversorgung", "health care"),
)
_PLACES = (
    ("in de steden", "dans les villes", "in den Städten", "in cities"),
    ("op het platteland", "en milieu rural", "auf dem Land", "in rural areas"),
    ("in het onderwijs", "dans l’enseignement", "im Bildungswesen", "in education"),
    ("bij de overheid", "dans l’administration", "in der Verwaltung", "in government"),
    ("over de grens", "par-delà les frontières", "über die Grenzen", "across borders"),
    ("in de industrie", "dans l’industrie", "in der Industrie", "in industry"),
    ("in de landbouw", "dans l’agriculture", "in der Landwirtschaft", "in farming"),
    ("bij het gerecht", "dans la justice", "in der Justiz", "in the courts"),
)
# Fields that an action has or is silent on, and the scheme of their codes; nobody ever states the last two.
_TRACKED = (("levelMentioned", "level"), ("targetGroup", "group"), ("leadActor", ""), ("deadline", ""))
_PLAN_WORDS = ("Plan", "Plan", "Plan", "Plan")
_BODY_WORDS = ("Dienst", "Service", "Dienststelle", "Office")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The base IRI of a plan project and the codes of its schemes: scheme → codes, sorted."""

    base: str
    codes: Mapping[str, Sequence[str]]

    @classmethod
    def read(cls, dataset: Path, base: str) -> "Vocabulary":
        """Read the codes from the dataset.nq of a release."""
        codes: dict[str, set[str]] = {}
        with dataset.open(encoding="utf-8") as lines:
            for line in lines:
                if found := _CODE.match(line):
                    codes.setdefault(found["scheme"], set()).add(found["code"])
        return cls(base, {scheme: sorted(members) for scheme, members in sorted(codes.items())})


def statements(vocabulary: Vocabulary, wanted: int, seed: str = "govplan") -> Iterator[str]:
    """Yield N-Quads lines of whole plans until there are at least `wanted`; no line comes twice."""
    made = number = 0
    while made < wanted:
        number += 1
        for line in _Plan(vocabulary, number, random.Random(f"{seed}/{number}")).lines():
            made += 1
            yield line


def popular(rng: random.Random, members: int) -> int:
    """Return an index below `members`; index k comes about 1/(k + 1) times as often as index 0 (Zipf)."""
    return min(int(math.exp(rng.random() * math.log(members + 1))) - 1, members - 1)


class _Plan:
    """One plan with all that hangs on it, in two graphs that say who speaks."""

    def __init__(self, vocabulary: Vocabulary, number: int, rng: random.Random) -> None:
        self.base, self.codes, self.number, self.rng = vocabulary.base, vocabulary.codes, number, rng
        self.slug = f"scaled-{number:06d}"
        self.plan = f"{self.base}id/plan/{self.slug}"
        self.source = f"{self.base}id/source/{self.slug}"
        self.reported = f"{self.base}graph/data/plans/{self.slug}/reported"
        self.coding = f"{self.base}graph/data/plans/{self.slug}/coding"
        self.units = 0

    def lines(self) -> Iterator[str]:
        for graph, layer, standing in ((self.reported, "reported", "secondary"), (self.coding, "coding", "own")):
            yield self._link(graph, f"{_RDF}type", self._gp("SourceGraph"), graph)
            yield self._link(graph, self._gp("layer"), self._auth("layer", layer), graph)
            yield self._link(graph, self._gp("sourceStanding"), self._auth("standing", standing), graph)
            yield self._link(graph, f"{_DCTERMS}source", self.source, graph)
        yield self._link(self.plan, f"{_RDF}type", self._gp("Plan"))
        yield from self._named(self.plan, f"{_RDFS}label", [f"{word} {self.number}" for word in _PLAN_WORDS])
        yield self._link(self.plan, self._gp("ownedBy"), self._body())
        yield from self._passage(self.plan)
        for index in range(BODIES_PER_PLAN):
            yield from self._new_body((self.number - 1) * BODIES_PER_PLAN + index)
        yield from self._objectives()

    def _objectives(self) -> Iterator[str]:
        objectives = 3 + popular(self.rng, 12)
        actions = min(objectives + int(12 * self.rng.paretovariate(1.1)), LONGEST_PLAN)
        for index in range(objectives):
            objective = f"{self.base}id/objective/{self.slug}-{index + 1}"
            yield self._link(objective, f"{_RDF}type", self._gp("Objective"))
            yield from self._named(objective, f"{_RDFS}label", self._words())
            yield self._link(objective, self._gp("inPlan"), self.plan)
            yield self._value(objective, self._gp("order"), str(index + 1), _INTEGER)
            yield self._value(objective, self._gp("sourceNumber"), str(index + 1))
            yield from self._passage(objective)
        for index in range(actions):
            # Each objective has one action at least; the rest crowd under the first ones.
            under = index if index < objectives else popular(self.rng, objectives)
            yield from self._action(index + 1, f"{self.base}id/objective/{self.slug}-{under + 1}", under + 1)

    def _action(self, index: int, objective: str, number: int) -> Iterator[str]:
        rng = self.rng
        action = f"{self.base}id/action/{self.slug}-{index:04d}"
        yield self._link(action, f"{_RDF}type", self._gp("Action"))
        yield from self._named(action, f"{_RDFS}label", self._words())
        yield self._link(action, self._gp("underObjective"), objective)
        yield self._link(action, self._gp("statusReported"), self._code("status"))
        yield self._value(action, self._gp("order"), str(index), _INTEGER)
        yield self._value(action, self._gp("sourceNumber"), f"{number}.{index}")
        for field, scheme in (
            ("levelMentioned", "level"),
            ("targetGroup", "group"),
            ("leadActor", ""),
            ("deadline", ""),
        ):
            if scheme and rng.random() < 0.4:
                yield self._link(action, self._gp(field), self._code(scheme))
            else:
                yield self._link(action, self._gp("notStated"), self._gp(field))
        yield self._link(action, self._gp("primaryInstrument"), self._code("instrument"), self.coding)
        yield self._link(action, self._gp("concreteness"), self._code("concreteness"), self.coding)
        yield self._link(action, self._gp("policyArea"), self._code("area"), self.coding)
        yield from self._passage(action)
        for place in range(popular(rng, 5)):
            participation = f"{self.base}id/participation/{self.slug}-{index:04d}-{place + 1}"
            yield self._link(action, self._gp("participation"), participation)
            yield self._link(participation, f"{_RDF}type", self._gp("Participation"))
            yield self._link(participation, self._gp("actor"), self._body())
            yield self._link(participation, self._gp("role"), self._code("role"))

    def _new_body(self, rank: int) -> Iterator[str]:
        body = self._body_iri(rank)
        yield self._link(body, f"{_RDF}type", f"{_ORG}Organization")
        yield from self._named(body, f"{_RDFS}label", [f"{word} {rank + 1}" for word in _BODY_WORDS])
        yield self._link(body, self._gp("levelOfPower"), self._code("level"))
        yield self._link(body, self._gp("organisationKind"), self._code("organisation-kind"))

    def _passage(self, subject: str) -> Iterator[str]:
        """A unit of the source's text, and the statement that the subject comes from it."""
        self.units += 1
        unit = f"{self.base}id/unit/{self.slug}/s{self.units}"
        start = 100 * self.units
        words = ("zin", "phrase", "Satz", "sentence")
        yield self._link(subject, f"{_PROV}wasDerivedFrom", unit)
        yield self._link(unit, f"{_RDF}type", self._gp("TextUnit"))
        yield from self._named(unit, self._gp("locator"), [f"{word} {self.units}" for word in words])
        yield self._link(unit, self._gp("unitOf"), self.source)
        yield self._value(unit, self._gp("startOffset"), str(start), _INTEGER)
        yield self._value(unit, self._gp("endOffset"), str(start + 30 + popular(self.rng, 69)), _INTEGER)
        digest = hashlib.sha256(unit.encode()).hexdigest()[:12]
        yield f'<{unit}> <{self._gp("textHash")}> "{digest}" <{self.reported}> .\n'

    def _words(self) -> list[str]:
        rows = [rows[popular(self.rng, len(rows))] for rows in (_VERBS, _THINGS, _PLACES)]
        again = 1 + popular(self.rng, 500)
        return [f"{' '.join(row[language] for row in rows)} ({again})" for language in range(len(LANGUAGES))]

    def _named(self, subject: str, predicate: str, texts: Sequence[str]) -> Iterator[str]:
        for language, text in zip(LANGUAGES, texts, strict=True):
            yield f'<{subject}> <{predicate}> "{text}"@{language} <{self.reported}> .\n'

    def _link(self, subject: str, predicate: str, other: str, graph: str = "") -> str:
        return f"<{subject}> <{predicate}> <{other}> <{graph or self.reported}> .\n"

    def _value(self, subject: str, predicate: str, text: str, datatype: str = "") -> str:
        kind = f"^^<{datatype}>" if datatype else ""
        return f'<{subject}> <{predicate}> "{text}"{kind} <{self.reported}> .\n'

    def _body(self) -> str:
        """A body of this plan or an earlier one: those of the first plans are in everything."""
        return self._body_iri(popular(self.rng, self.number * BODIES_PER_PLAN))

    def _body_iri(self, rank: int) -> str:
        return f"{self.base}id/organisation/scaled-{rank + 1:07d}"

    def _code(self, scheme: str) -> str:
        members = self.codes[scheme]
        return self._auth(scheme, members[popular(self.rng, len(members))])

    def _auth(self, scheme: str, code: str) -> str:
        return f"{self.base}auth/{scheme}/{code}"

    def _gp(self, name: str) -> str:
        return f"{self.base}ns#{name}"
