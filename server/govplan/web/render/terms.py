"""Words for terms of standard vocabularies, which no release labels: IRI → English text for the catalogues."""

from govplan.namespaces import STANDARD
from govplan.web.http.language import currency_name, gettext, language_name
from govplan.web.render.words import licence_name

_WORDS = {
    "dcat": {"Dataset": "dataset", "version": "version"},
    "dcterms": {
        "created": "created",
        "creator": "creator",
        "description": "description",
        "identifier": "identifier",
        "isPartOf": "part of",
        "isReplacedBy": "replaced by",
        "isVersionOf": "version of",
        "language": "language",
        "license": "licence",
        "modified": "modified",
        "relation": "related to",
        "source": "rests on",
        "spatial": "area covered",
        "subject": "subject",
    },
    "dqv": {
        "Metric": "metric",
        "QualityMeasurement": "measurement",
        "computedOn": "measured on",
        "expectedDataType": "datatype of the value",
        "isMeasurementOf": "measures",
        "value": "value",
    },
    "owl": {
        "AnnotationProperty": "annotation",
        "Class": "class",
        "DatatypeProperty": "property with a plain value",
        "ObjectProperty": "relation",
        "Ontology": "vocabulary",
        "deprecated": "retired",
        "disjointWith": "never also",
        "sameAs": "same as",
        "versionIRI": "address of this version",
        "versionInfo": "version",
    },
    "prov": {"Agent": "agent", "wasAttributedTo": "by", "wasDerivedFrom": "derived from"},
    "rdf": {
        "first": "first item",
        "object": "with what",
        "predicate": "by the property",
        "rest": "further items",
        "subject": "about",
    },
    "rdfs": {
        "Datatype": "datatype",
        "comment": "comment",
        "domain": "belongs to",
        "isDefinedBy": "defined in",
        "label": "label",
        "range": "takes",
        "seeAlso": "see also",
        "subClassOf": "kind of",
        "subPropertyOf": "narrower than",
    },
    "schema": {"domainIncludes": "belongs to", "rangeIncludes": "takes", "url": "address"},
    "sh": {
        "NodeShape": "shape",
        "PrefixDeclaration": "prefix",
        "PropertyShape": "shape of a property",
        "SPARQLConstraint": "rule as a query",
        "class": "class of the value",
        "datatype": "datatype of the value",
        "declare": "declares",
        "hasValue": "must have the value",
        "languageIn": "languages",
        "lessThan": "before",
        "lessThanOrEquals": "not after",
        "maxCount": "at most",
        "maxInclusive": "highest value",
        "message": "message",
        "minCount": "at least",
        "minExclusive": "above",
        "minInclusive": "lowest value",
        "namespace": "namespace",
        "node": "shape of the value",
        "nodeKind": "kind of node",
        "path": "checks",
        "pattern": "pattern",
        "prefix": "prefix",
        "prefixes": "prefixes",
        "property": "has the rule",
        "qualifiedMinCount": "at least this many of that shape",
        "qualifiedValueShape": "shape of some values",
        "select": "query",
        "severity": "severity",
        "sparql": "has the rule",
        "targetClass": "applies to",
        "targetSubjectsOf": "applies to whatever has",
        "uniqueLang": "one per language",
    },
    "skos": {
        "Collection": "group of codes",
        "Concept": "code",
        "ConceptScheme": "code list",
        "altLabel": "other label",
        "broadMatch": "narrower than the entry",
        "broader": "broader code",
        "closeMatch": "close to",
        "definition": "definition",
        "editorialNote": "note of the editors",
        "exactMatch": "same as the entry",
        "inScheme": "in the code list",
        "member": "has the member",
        "narrowMatch": "broader than the entry",
        "notation": "number or code",
        "note": "note",
        "prefLabel": "label",
        "scopeNote": "note on use",
        "topConceptOf": "top code of",
    },
    "vann": {"preferredNamespacePrefix": "preferred prefix", "preferredNamespaceUri": "namespace"},
    "void": {"triples": "statements", "uriSpace": "beginning of its addresses"},
}
# How a property of a standard vocabulary is called when it is read from its value.
_INVERSE = {
    "dcterms": {
        "creator": "is the creator of",
        "isPartOf": "has the part",
        "isReplacedBy": "replaces",
        "publisher": "is the publisher of",
        "relation": "related to",
        "source": "is the source of",
        "spatial": "is the area of",
        "type": "is the kind of",
    },
    "dqv": {"computedOn": "was measured by", "isMeasurementOf": "is the metric of"},
    "owl": {"disjointWith": "never also", "versionIRI": "is a version of"},
    "prov": {"wasAttributedTo": "is the author of", "wasDerivedFrom": "is the place of"},
    "rdf": {
        "object": "is led to by",
        "predicate": "is the property in",
        "subject": "is described by",
        "type": "is the class of",
    },
    "rdfs": {
        "domain": "has the property",
        "isDefinedBy": "defines",
        "range": "is taken by",
        "subClassOf": "has the narrower class",
        "subPropertyOf": "has the narrower property",
    },
    "schema": {"domainIncludes": "may have the property", "rangeIncludes": "may be taken by"},
    "skos": {"broader": "has the narrower code", "inScheme": "has the code", "member": "is a member of"},
}
INVERSE_WORDS = {STANDARD[label] + name: text for label, names in _INVERSE.items() for name, text in names.items()}
STANDARD_WORDS = {STANDARD[label] + name: text for label, names in _WORDS.items() for name, text in names.items()}
_AUTHORITY = "http://publications.europa.eu/resource/authority/"
_LANGUAGES = {"DEU": "de", "ENG": "en", "FRA": "fr", "NLD": "nl"}


class InterfaceWords:
    """The wording of the site, from its catalogues, in the language of the page."""

    def term(self, iri: str) -> str | None:
        """Return the name of a term, a language, a currency or a usual licence; None for anything else."""
        if iri in STANDARD_WORDS:
            return str(gettext(STANDARD_WORDS[iri]))
        if iri.startswith(_AUTHORITY):
            kind, _, code = iri.removeprefix(_AUTHORITY).partition("/")
            if kind == "language" and code in _LANGUAGES:
                return language_name(_LANGUAGES[code])
            return currency_name(code) if kind == "currency" else None
        name = licence_name(iri)
        return name if name != iri else None

    def inverse(self, iri: str) -> str | None:
        """Return the name of a property that is read from its value."""
        return str(gettext(INVERSE_WORDS[iri])) if iri in INVERSE_WORDS else None
