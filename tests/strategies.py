"""What hostile clients and odd data may say, for tests of properties: terms of RDF, texts, parameters, headers."""

from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from govplan.namespaces import STANDARD

F = TypeVar("F", bound=Callable[..., Any])
XSD = STANDARD["xsd"]
DIGITS = "9" * 5000
# Each has broken something somewhere: numbers that are none, dates that are none, marks of other syntaxes, no Unicode.
NASTY = (
    "", "0", "-0", "-1", "1.5", "1e5", "+1", " 1", "٣", "²", "①", DIGITS, "-" + DIGITS, "0" * 5000 + "1",
    "NaN", "nan", "INF", "-INF", "inf", "Infinity", "1e400", "1E999999999", "all", "abc", "true", "maybe",
    "[", "http://[", "http://[::1", "http://[::1]:99999999999/", "//", "javascript:alert(1)", "urn:", ":", "a:b",
    "\x00", "a\x00b", "\x07", "\x1f", "\x7f", "\ufffe", "\uffff", "\U0010ffff", "\u202e", "\u2028", "\U0001f600", "é",
    "%00", "%zz", "..", "../..", ".", "/", "\\", "<>", "<script>", "{}", "{0}", "%s", "%(x)s", "'\"", "\r\nX: y",
    "2026-13-40", "0000-00-00", "0000", "99999-01-01", "-0001-01-01", "2026-W48-2",
    "en--ltr", "zz-ZZ", "de_DE", "x-klingon", "nl-" * 50, "EUR", "gp:Action", "auth:status", "-a", "__proto__",
    "x" * 3000, "=cmd|' /C calc'!A0",
)  # fmt: skip
DATATYPES = (
    "integer", "decimal", "double", "float", "nonNegativeInteger", "byte", "boolean", "date", "dateTime", "gYear",
    "gYearMonth", "duration", "string", "anyURI", "base64Binary", "nonsense",
)  # fmt: skip

# As quick and as stable as other tests: the same examples each time, and as many as a minute allows for all of them.
limited = settings(
    max_examples=150,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)

# Data and requests come as UTF-8: halves of surrogate pairs are not among their characters.
_NASTY = st.integers(0, len(NASTY) - 1).map(lambda place: NASTY[place])
TEXTS = st.one_of(
    _NASTY,
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.integers().map(str),
    st.floats().map(repr),
    st.decimals().map(str),
    st.dates().map(str),
)
IRIS = st.one_of(
    _NASTY.map(lambda text: "http://example.org/" + text),
    st.sampled_from(
        [f"https://w3id.org/govplan/{path}" for path in ("", "id/", "id/x/[", "ns#[", "graph/", "query/a/b")]
    ),
    _NASTY.map(lambda text: f"http://publications.europa.eu/resource/authority/currency/{text}"),
    TEXTS,
)


def _literals() -> st.SearchStrategy[dict[str, Any]]:
    plain = {"type": st.just("literal"), "value": TEXTS}
    return st.one_of(
        st.fixed_dictionaries(plain),
        st.fixed_dictionaries({**plain, "datatype": st.sampled_from(DATATYPES).map(XSD.__add__)}),
        st.fixed_dictionaries({**plain, "datatype": IRIS}),
        st.fixed_dictionaries({**plain, "xml:lang": TEXTS}, optional={"its:dir": st.sampled_from(["ltr", "rtl"])}),
    )


_SIMPLE = st.one_of(
    st.fixed_dictionaries({"type": st.just("uri"), "value": IRIS}),
    st.fixed_dictionaries({"type": st.just("bnode"), "value": st.text("abc0", min_size=1, max_size=5)}),
    _literals(),
)
# Every kind of term of SPARQL 1.2 JSON results; whether a store could hold it is not asked.
TERMS: st.SearchStrategy[dict[str, Any]] = st.recursive(
    _SIMPLE,
    lambda inner: st.fixed_dictionaries(
        {
            "type": st.just("triple"),
            "value": st.fixed_dictionaries({"subject": inner, "predicate": inner, "object": inner}),
        }
    ),
    max_leaves=6,
)
