"""Which of our things is this? Identifiers as people write them → the queries that find what is linked to them."""

import json
import re
from collections.abc import Sequence

from govplan.identifiers import Form
from govplan.namespaces import NS

_WIKIDATA = re.compile(r"https?://(?:www\.|m\.)?wikidata\.org/(?:wiki|entity|page)/(?:Special:EntityData/)?(Q\d+)")
# What `find_text` selects.
COLUMNS = ("thing", "how", "identifier", "register", "link", "stated")
_FIND = """  VALUES ?wanted {{ {wanted} }}
  ?link a gp:RegisterLink ;
    rdf:subject ?thing ;
    rdf:predicate ?how ;
    rdf:object ?identifier ;
    gp:register ?register .
  OPTIONAL {{ ?register void:uriSpace ?space . }}
  FILTER(STR(?identifier) = ?wanted || (BOUND(?space) && STR(?identifier) = CONCAT(?space, ?wanted)))
"""
_PREFIXES = f"""PREFIX gp: <{NS}>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX void: <http://rdfs.org/ns/void#>
"""


def spellings(identifier: str, forms: Sequence[Form]) -> list[str]:
    """Return the ways in which registers may write an identifier that a person gives, the given one first.

    http and https, with and without a slash at the end, a Wikidata page for its item, and what the forms of identifiers
    read in it.
    """
    given = identifier.strip()
    found = [given]
    if given.startswith(("http://", "https://")):
        rest = given.partition("://")[2]
        found += [
            f"{scheme}://{end}" for scheme in ("http", "https") for end in (rest.rstrip("/"), rest.rstrip("/") + "/")
        ]
    if item := _WIKIDATA.match(given):
        found.append(f"http://www.wikidata.org/entity/{item[1]}")
    found += [plain for form in forms if (plain := form.of_address(given) or form.read(given))]
    return list(dict.fromkeys(found))


def find_text(identifier: str, forms: Sequence[Form]) -> str:
    """Return a SELECT of `COLUMNS` for an identifier."""
    return f"""{_PREFIXES}
SELECT DISTINCT {" ".join(f"?{name}" for name in COLUMNS)}
WHERE {{
{_where(identifier, forms)}  BIND(EXISTS {{ ?thing ?how ?identifier }} AS ?stated)
}}
ORDER BY ?thing ?identifier ?link
"""


def graph_text(identifier: str, forms: Sequence[Form]) -> str:
    """Return a CONSTRUCT of the links to an identifier, each with its evidence, and of the plain triple if stated."""
    return f"""{_PREFIXES}
CONSTRUCT {{
  ?link ?about ?value .
  ?thing ?said ?identifier ;
    rdfs:label ?label .
}}
WHERE {{
{_where(identifier, forms)}  ?link ?about ?value .
  OPTIONAL {{
    ?thing ?said ?identifier .
    FILTER(?said = ?how)
  }}
  OPTIONAL {{ ?thing rdfs:label|skos:prefLabel ?label . }}
}}
"""


def _where(identifier: str, forms: Sequence[Form]) -> str:
    return _FIND.format(wanted=" ".join(_quoted(text) for text in spellings(identifier, forms)))


def _quoted(text: str) -> str:
    """Return a text as a SPARQL string: JSON escapes are SPARQL's but for surrogates, which are written as they are."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
