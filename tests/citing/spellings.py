"""One query in many spellings, and others that differ from it in one thing."""

_P = "PREFIX gp: <https://w3id.org/govplan/ns#>\nPREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
_XSD = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"
_RDF = "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>\n"
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_NS = "https://w3id.org/govplan/ns#"
_LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
_BODY = """SELECT ?action ?label ?number
WHERE {
  ?action a gp:Action ;
    gp:order ?number ;
    rdfs:label ?label .
  FILTER(?number < 10 && LANG(?label) = "en")
  OPTIONAL { ?action gp:leadActor ?lead }
}
ORDER BY ?action ?label ?number
"""
QUERY = _P + _BODY


def _with(old: str, new: str, text: str = QUERY) -> str:
    assert old in text, old
    return text.replace(old, new)


_TRIPLES = """?action a gp:Action ;
    gp:order ?number ;
    rdfs:label ?label ."""
_FILTER = 'FILTER(?number < 10 && LANG(?label) = "en")'

# Each is the query above in another spelling.
EQUAL = [
    # white space and comments
    " ".join(QUERY.split()),
    QUERY.replace("\n", "\r\n"),
    QUERY.replace(" ", "\t "),
    "# a comment\n" + QUERY,
    "#+ summary: {en: x}\n" + QUERY + "# the end",
    _with("WHERE {", "WHERE { # SELECT ?other { 'it' }\n"),
    _with("?action a", "?action # ?x\n a"),
    # prefixes
    QUERY.replace("gp:", "plan:").replace("rdfs:", "r-1.x:"),
    QUERY.replace("rdfs:", ":"),
    "\n".join([*reversed(_P.splitlines()), _BODY]),
    _XSD + QUERY,
    _BODY.replace("gp:Action", f"<{_NS}Action>")
    .replace("gp:order", f"<{_NS}order>")
    .replace("gp:leadActor", f"<{_NS}leadActor>")
    .replace("rdfs:label", _LABEL),
    "PREFIX gp: <https://w3id.org/govplan/>\n"
    + _P.splitlines()[1]
    + "\nPREFIX ns: <https://w3id.org/govplan/ns#>\n"
    + _BODY.replace("gp:", "ns:"),
    QUERY.replace("rdfs:label", _LABEL),
    "BASE <http://example.org/>\n" + QUERY,
    _with("gp:Action", f"<{_NS}\\u0041ction>"),
    # keywords, variables, terms
    QUERY.replace("SELECT", "select").replace("WHERE", "Where").replace("ORDER BY", "order by"),
    QUERY.replace("FILTER", "filter").replace("LANG(", "lang(").replace("OPTIONAL", "optional"),
    _with("WHERE {", "{"),
    QUERY.replace("?", "$"),
    _with(" a gp:Action", f" {_TYPE} gp:Action"),
    _with('"en"', "'en'"),
    _with('"en"', '"""en"""'),
    _with('"en"', '"\\u0065n"'),
    _with('"en"', '"en"^^xsd:string', _XSD + QUERY),
    _with("< 10", '< "10"^^xsd:integer', _XSD + QUERY),
    _with("ORDER BY ?action", "ORDER BY ASC(?action)"),
    # short forms of triples
    _with(_TRIPLES, "?action a gp:Action . ?action gp:order ?number . ?action rdfs:label ?label ."),
    _with("rdfs:label ?label .", "rdfs:label ?label ; ."),
    _with("rdfs:label ?label .", "rdfs:label ?label"),
    _with("?action a gp:Action ;\n    gp:order ?number ;", "?action gp:order ?number ; a gp:Action ;"),
    # order of what is joined
    _with(_TRIPLES, "?action rdfs:label ?label . ?action a gp:Action . ?action gp:order ?number ."),
    _with(_TRIPLES, f"{_FILTER} {_TRIPLES}").replace(f"{_FILTER}\n  OPTIONAL", "OPTIONAL"),
    _with(_TRIPLES, f"?action gp:order ?number . {_FILTER} ?action a gp:Action ; rdfs:label ?label .").replace(
        f"{_FILTER}\n  OPTIONAL", "OPTIONAL"
    ),
    _with(_FILTER, 'FILTER(LANG(?label) = "en" && ?number < 10)'),
    _with(_FILTER, 'FILTER(LANG(?label) = "en") FILTER(?number < 10)'),
    _with(_FILTER, 'FILTER((((?number < 10)) && (LANG(?label)) = "en"))'),
    _with(_TRIPLES, "{ ?action a gp:Action . ?action gp:order ?number } ?action rdfs:label ?label ."),
    _with("?action gp:leadActor ?lead", "{ ?action gp:leadActor ?lead }"),
    _with("?action gp:leadActor ?lead", "?lead ^gp:leadActor ?action ."),
]

# Each differs from it in one thing that can matter.
DIFFERENT = [
    _with("SELECT ?action ?label ?number", "SELECT ?label ?action ?number"),
    _with("SELECT ?action ?label ?number", "SELECT ?action ?label"),
    _with("SELECT ?action ?label ?number", "SELECT *"),
    _with("SELECT ", "SELECT DISTINCT "),
    _with("SELECT ", "SELECT REDUCED "),
    QUERY.replace("?number", "?count"),
    _with("gp:Action", "gp:Objective"),
    _with("gp:order", "gp:Order"),
    _with("ns#>", "ns/>"),
    _with("?action a gp:Action", "gp:Action a ?action"),
    _with("< 10", "<= 10"),
    _with("< 10", "> 10"),
    _with("< 10", "< 010"),
    _with("< 10", "< 10.0"),
    _with("< 10", "< 1e1"),
    _with("< 10", "< -10"),
    _with("< 10", '< "10"'),
    _with('"en"', '"EN"'),
    _with('"en"', '"en "'),
    _with('"en"', '"en"@en'),
    _with('"en"', '"e\\\\n"'),
    _with('"en"', '"?label"'),
    _with("&&", "||"),
    _with("LANG(?label)", "STR(?label)"),
    _with('LANG(?label) = "en"', 'LANG(?label) != "en"'),
    _with(_FILTER, "FILTER(?number < 10)"),
    _with(_FILTER, ""),
    _with("?action gp:leadActor ?lead", f"?action gp:leadActor ?lead {_FILTER}").replace(
        f"{_FILTER}\n  OPTIONAL", "OPTIONAL"
    ),
    _with("OPTIONAL {", "{"),
    _with("OPTIONAL", "MINUS"),
    _with("OPTIONAL", "FILTER EXISTS"),
    _with("OPTIONAL", "FILTER NOT EXISTS"),
    _with(_TRIPLES, "OPTIONAL { ?action gp:leadActor ?lead }\n" + _TRIPLES).replace(
        '10 && LANG(?label) = "en")\n  OPTIONAL { ?action gp:leadActor ?lead }', '10 && LANG(?label) = "en")'
    ),
    _with("?action gp:leadActor ?lead", "?action gp:leadActor+ ?lead"),
    _with("?action gp:leadActor ?lead", "?action ^gp:leadActor ?lead"),
    _with("ORDER BY ?action ?label ?number", "ORDER BY ?label ?action ?number"),
    _with("ORDER BY ?action", "ORDER BY DESC(?action)"),
    _with("ORDER BY ?action ?label ?number\n", ""),
    QUERY + "LIMIT 10",
    QUERY + "OFFSET 1",
    _with("WHERE", "FROM <http://example.org/g>\nWHERE"),
    _with("WHERE", "FROM NAMED <http://example.org/g>\nWHERE"),
    QUERY + "VALUES ?number { 1 }",
    _with(_TRIPLES, f"GRAPH ?g {{ {_TRIPLES} }}"),
    _with("?action a gp:Action ;", "?action a gp:Action . [] "),
]

_X = "PREFIX x: <http://example.org/>\n"
# Pairs of spellings of other queries: first and second ask the same.
PAIRS = [
    ("ASK { [] x:p [ x:q 1 ; x:r 2 ] }", "ASK { _:o x:r 2 . _:s x:p _:o . _:o x:q 1 }"),
    ("ASK { ?s x:p (1 ?x) }", "ASK { ?s x:p _:a . _:a rdf:first 1 ; rdf:rest _:b . _:b rdf:rest () ; rdf:first ?x }"),
    ("ASK { [ x:p 1 ] }", "ASK { [] x:p 1 . }"),
    ("ASK { ?s x:p|x:q ?o }", "ASK { ?s (x:q|x:p) ?o }"),
    ("ASK { ?s x:p/x:q* ?o }", "ASK { ?s (x:p/(x:q)*) ?o }"),
    ("ASK { ?s !(x:p|^x:q) ?o }", "ASK { ?s !(^x:q|x:p) ?o }"),
    ("ASK { ?s !x:p ?o }", "ASK { ?s !(x:p) ?o }"),
    ("ASK { ?o ^(x:p) ?s }", "ASK { ?s x:p ?o }"),
    ("ASK { ?s a/x:p ?o }", "ASK { ?s rdf:type/x:p ?o }"),
    ("ASK { { ?s x:p 1 } UNION { ?s x:q 2 } }", "ASK { { ?s x:q 2 } UNION { ?s x:p 1 } }"),
    ("ASK { VALUES ?x { 1 2 } ?s x:p ?x }", "ASK { ?s x:p ?x VALUES (?x) { (2) (1) } }"),
    ("ASK { VALUES (?x ?y) { (1 UNDEF) (x:a true) } }", "ASK { VALUES (?y ?x) { (TRUE x:a) (UNDEF 1) } }"),
    ("ASK { GRAPH ?g { ?s x:p 1 } ?s x:q 2 }", "ASK { ?s x:q 2 GRAPH ?g { ?s x:p 1 . } }"),
    (
        "ASK { ?s ?p ?o MINUS { ?s x:p 1 } MINUS { ?s x:q 2 } }",
        "ASK { ?s ?p ?o . MINUS { ?s x:q 2 } MINUS { ?s x:p 1 } }",
    ),
    ("ASK { ?s ?p ?o BIND(?o + -1 AS ?n) }", "ASK { ?s ?p ?o . BIND((?o+(-1)) AS ?n) }"),
    ("ASK { ?s ?p ?o FILTER(?o -1 = 2) }", "ASK { ?s ?p ?o FILTER(?o - 1 = 2) }"),
    ("ASK { ?s ?p ?o FILTER(?o<?s&&?s>?p) }", "ASK { ?s ?p ?o FILTER(?s > ?p && ?o < ?s) }"),
    ("ASK { ?s ?p ?o FILTER(?o in(1,2)) }", "ASK { ?s ?p ?o FILTER(?o IN (1, 2)) }"),
    ("ASK { ?s ?p ?o FILTER isURI(?o) }", "ASK { ?s ?p ?o FILTER(ISIRI(?o)) }"),
    (
        "ASK { ?s ?p ?o FILTER NOT EXISTS { ?o x:q 1 ; x:p 2 } }",
        "ASK { ?s ?p ?o FILTER(not exists { ?o x:p 2 . ?o x:q 1 }) }",
    ),
    ("ASK { ?s ?p 'a\\'b' }", 'ASK { ?s ?p "a\'b" }'),
    ("ASK { ?s ?p 'a'@EN-gb }", 'ASK { ?s ?p "a"@en-GB }'),
    ("ASK { ?s ?p +1 }", "ASK { ?s ?p '+1'^^xsd:integer }"),
    ("ASK { ?s ?p 1.50 , 1e0 }", "ASK { ?s ?p '1e0'^^xsd:double , '1.50'^^xsd:decimal }"),
    ("ASK { ?s x:a\\-b 1 }", "ASK { ?s <http://example.org/a-b> 1 }"),
    (
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s ?p",
        "SELECT (count( * ) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?s ?p",
    ),
    (
        "SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(?o) > 1) (MIN(?o) < 2) "
        "ORDER BY DESC(COUNT(?o)) LIMIT 5 OFFSET 2",
        "SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING (MIN(?o) < 2 && COUNT(?o) > 1) "
        "ORDER BY DESC(COUNT(?o)) OFFSET 2 LIMIT 05",
    ),
    ("SELECT ?s { ?s ?p ?o } OFFSET 0", "SELECT ?s { ?s ?p ?o }"),
    (
        "SELECT (GROUP_CONCAT(?o) AS ?n) { ?s ?p ?o }",
        "SELECT (GROUP_CONCAT(?o; separator = ' ') AS ?n) { ?s ?p ?o }",
    ),
    ("SELECT ?s { { SELECT ?s { ?s x:p 1 } } ?s x:q 2 }", "SELECT ?s { ?s x:q 2 { SELECT ?s WHERE { ?s x:p 1 . } } }"),
    ("SELECT ?s FROM x:a FROM NAMED x:b { ?s ?p ?o }", "SELECT ?s FROM NAMED x:b FROM x:a FROM x:a { ?s ?p ?o }"),
    ("CONSTRUCT WHERE { ?s x:p ?o . ?s x:q 1 }", "CONSTRUCT { ?s x:q 1 ; x:p ?o } WHERE { ?s x:q 1 ; x:p ?o }"),
    ("DESCRIBE x:a x:b", "DESCRIBE x:b x:a"),
    ("DESCRIBE * { ?s x:p 1 }", "describe*where{?s x:p 1.}"),
    ("DESCRIBE ?s FROM x:g { ?s x:p 1 }", "DESCRIBE $s FROM x:g WHERE { ?s x:p 1 }"),
    ("CONSTRUCT FROM x:g WHERE { ?s x:p 1 }", "CONSTRUCT { ?s x:p 1 } FROM x:g { ?s x:p 1 . }"),
    (
        "SELECT ?y { ?s ?p ?o } GROUP BY (STR(?s) AS ?y) (?o + 1) STR(?p) xsd:string(?p) ORDER BY STR(?y) "
        "xsd:string(?y)",
        "SELECT ?y { ?s ?p ?o } GROUP BY (STR(?s) AS ?y) ((?o+1)) (str(?p)) xsd:string(?p) ORDER BY (STR(?y)) "
        "ASC(xsd:string(?y))",
    ),
    ("SELECT ?s { ?s ?p ?o } ORDER BY DESC(?s)", "SELECT ?s { ?s ?p ?o } ORDER BY DESC (( ?s ))"),
    (
        "ASK { ?s ?p ?o FILTER(COALESCE() || x:f(DISTINCT ?s)) }",
        "ASK { ?s ?p ?o FILTER((x:f(distinct ?s)) || coalesce( )) }",
    ),
    ("ASK { ?s (x:p+)? ?o }", "ASK { ?s ((x:p)+)? ?o }"),
    ("ASK { ?s (^x:p)/^(!x:q) ?o }", "ASK { ?s ^x:p/^!(x:q) ?o }"),
    ("ASK { ?s x:p 'a' ; }", "ASK { ?s x:p 'a' ; ; }"),
    ("ASK { ?s !() ?o }", "ASK { ?s !( ) ?o }"),
    ("ASK { FILTER(true) FILTER(!false) }", "ASK { FILTER(! FALSE) . FILTER(TRUE) }"),
]
PAIRS = [(f"{_X}{_RDF}{_XSD}{one}", f"{_X}{_RDF}{_XSD}{other}") for one, other in PAIRS]

# Pairs that look alike and do not ask the same.
APART = [
    ("ASK { ?s x:p/x:q ?o }", "ASK { ?s x:q/x:p ?o }"),
    ("ASK { ?s ^x:p ?o }", "ASK { ?s x:p ?o }"),
    ("ASK { ?s ^(x:p*) ?o }", "ASK { ?s x:p* ?o }"),
    ("ASK { ?s x:p? ?o }", "ASK { ?s x:p+ ?o }"),
    ("ASK { ?s !x:p ?o }", "ASK { ?s !^x:p ?o }"),
    ("ASK { ?s x:p (1 2) }", "ASK { ?s x:p (2 1) }"),
    ("ASK { ?s x:p _:a . ?o x:q _:a }", "ASK { ?s x:p _:a . ?o x:q _:b }"),
    ("ASK { _:a x:p _:b . _:b x:p _:a }", "ASK { _:a x:p _:a . _:b x:p _:b }"),
    ("ASK { ?s x:p '_:a' }", "ASK { ?s x:p _:a }"),
    ("ASK { ?s x:p '<http://example.org/a>' }", "ASK { ?s x:p x:a }"),
    ("ASK { OPTIONAL { ?s x:p 1 } ?s x:q 2 }", "ASK { ?s x:q 2 OPTIONAL { ?s x:p 1 } }"),
    ("ASK { ?s x:q 2 MINUS { ?s x:p 1 } ?s x:r 3 }", "ASK { ?s x:q 2 ; x:r 3 MINUS { ?s x:p 1 } }"),
    ("ASK { { ?s x:q 2 MINUS { ?s x:p 1 } } ?s x:r 3 }", "ASK { ?s x:q 2 MINUS { ?s x:p 1 } ?s x:r 3 }"),
    (
        "ASK { ?s x:p 1 OPTIONAL { ?s x:q ?a } OPTIONAL { ?s x:r ?a } }",
        "ASK { ?s x:p 1 OPTIONAL { ?s x:r ?a } OPTIONAL { ?s x:q ?a } }",
    ),
    ("ASK { BIND(1 AS ?x) ?s x:p ?x }", "ASK { ?s x:p ?y BIND(1 AS ?x) }"),
    (
        "ASK { { ?s x:p ?o FILTER(?o > 1) } OPTIONAL { ?s x:q ?o } }",
        "ASK { ?s x:p ?o OPTIONAL { ?s x:q ?o } FILTER(?o > 1) }",
    ),
    ("ASK { { ?s x:p 1 } UNION { ?s x:q 2 } ?s x:r 3 }", "ASK { { ?s x:p 1 } UNION { ?s x:q 2 . ?s x:r 3 } }"),
    ("ASK { VALUES (?x ?y) { (1 2) } }", "ASK { VALUES (?x ?y) { (2 1) } }"),
    ("ASK { VALUES ?x { 1 } }", "ASK { VALUES ?x { 1 1 } }"),
    ("ASK { GRAPH x:g { ?s x:p 1 } }", "ASK { GRAPH x:h { ?s x:p 1 } }"),
    ("ASK { GRAPH x:g { ?s x:p 1 . ?s x:q 2 } }", "ASK { GRAPH x:g { ?s x:p 1 } ?s x:q 2 }"),
    ("ASK { ?s ?p ?o FILTER(?o - 1 - 2 = 0) }", "ASK { ?s ?p ?o FILTER(?o - (1 - 2) = 0) }"),
    ("ASK { ?s ?p ?o FILTER(?o + 1 * 2 = 0) }", "ASK { ?s ?p ?o FILTER((?o + 1) * 2 = 0) }"),
    ("ASK { ?s ?p ?o FILTER(!?o = 1) }", "ASK { ?s ?p ?o FILTER(!(?o = 1)) }"),
    ("ASK { ?s ?p ?o FILTER(?s = 1 || ?o = 1 && ?p = 1) }", "ASK { ?s ?p ?o FILTER((?s = 1 || ?o = 1) && ?p = 1) }"),
    ("ASK { ?s ?p ?o FILTER(?o IN (1)) }", "ASK { ?s ?p ?o FILTER(?o NOT IN (1)) }"),
    ("ASK { ?s ?p ?o FILTER EXISTS { ?o x:p 1 } }", "ASK { ?s ?p ?o FILTER NOT EXISTS { ?o x:p 1 } }"),
    ("SELECT (COUNT(?s) AS ?n) { ?s ?p ?o }", "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }"),
    ("SELECT ?s { ?s ?p ?o } GROUP BY ?s", "SELECT ?s { ?s ?p ?o } GROUP BY ?s ?p"),
    ("SELECT ?s { ?s ?p ?o } LIMIT 5", "SELECT ?s { ?s ?p ?o } LIMIT 6"),
    ("SELECT ?s { ?s ?p ?o } LIMIT 5", "SELECT ?s { ?s ?p ?o } OFFSET 5"),
    ("SELECT ?s { { SELECT ?s { ?s x:p 1 } LIMIT 1 } }", "SELECT ?s { { SELECT ?s { ?s x:p 1 } } } LIMIT 1"),
    ("SELECT (GROUP_CONCAT(?o; SEPARATOR=',') AS ?n) { ?s ?p ?o }", "SELECT (GROUP_CONCAT(?o) AS ?n) { ?s ?p ?o }"),
    ("SELECT ?s FROM x:a { ?s ?p ?o }", "SELECT ?s FROM NAMED x:a { ?s ?p ?o }"),
    ("CONSTRUCT { ?s x:p ?o } WHERE { ?s x:q ?o }", "CONSTRUCT { ?s x:q ?o } WHERE { ?s x:p ?o }"),
    ("CONSTRUCT { ?s x:p ?o } WHERE { ?s x:q ?o }", "CONSTRUCT { ?o x:p ?s } WHERE { ?s x:q ?o }"),
    ("DESCRIBE x:a", "DESCRIBE x:b"),
    ("ASK { ?s ?p 'a\\nb' }", "ASK { ?s ?p 'a\\\\nb' }"),
    ("ASK { ?s ?p 'a'@en }", "ASK { ?s ?p 'a'@en-gb }"),
    ("ASK { ?s ?p '1'^^xsd:integer }", "ASK { ?s ?p '1'^^xsd:decimal }"),
]
APART = [(f"{_X}{_XSD}{one}", f"{_X}{_XSD}{other}") for one, other in APART]

# What the normal form does not know.
UNKNOWN = [
    "SELECT ?s { ?s ?p <<( ?s ?p ?o )>> }",
    "SELECT ?s { ?s ?p ?o {| ?p 1 |} }",
    "SELECT ?s { ?s ?p ?o LATERAL { ?o ?p ?s } }",
    "VERSION '1.2' ASK {}",
    "ASK { <a> ?p ?o }",
    "BASE <http://example.org/> ASK { <a> ?p ?o }",
    "PREFIX x: <http://a/> PREFIX x: <http://b/> ASK { x:a ?p ?o }",
    "ASK { ?s <http://a/p>+1 }",
    "ASK { ?s ?p 'x'@en--ltr }",
    "SELECT (TRIPLE(?s, ?p, ?o) AS ?t) { ?s ?p ?o }",
    "ASK { VALUES (?x ?x) { (1 1) } }",
]

# What no query is, or is one that no engine takes: cited letter by letter, if anybody answers it.
BROKEN = [
    "INSERT DATA {}",
    "",
    "ASK",
    "ASK {",
    "ASK {} ASK {}",
    "ASK { x:a ?p ?o }",
    "ASK { GRAPH 1 {} }",
    "ASK { BIND(1 AS 1) }",
    "ASK { BIND 1 }",
    "ASK { VALUES ?x { ?y } }",
    "ASK { VALUES (?x ?y) { (1) } }",
    "ASK { FILTER ?x }",
    "ASK { SELECT }",
    "ASK { ?s ?p }",
    "ASK { ?s ?p | }",
    "ASK { ?s ?p ?o ?q }",
    "ASK { FILTER(1 NOT 2) }",
    "ASK { FILTER(F(1)) }",
    "SELECT (GROUP_CONCAT(?x; SEPARATOR=1) AS ?y) {}",
    "ASK { { SELECT ?s {} ?x ?y ?z } }",
    "PREFIX x:a <http://a/> ASK {}",
    "PREFIX x: x: ASK {}",
    "SELECT {}",
    "SELECT ?s {} LIMIT ?s",
    "SELECT ?s {} LIMIT -1",
    "DESCRIBE {}",
    "SELECT ?s {} VALUES { 1 }",
]
