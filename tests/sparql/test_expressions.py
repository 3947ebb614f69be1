"""No regular expression of a front takes more than linear time, whatever it reads: a text of one request, too.

An expression holds the interpreter while it runs, so that nobody else is answered meanwhile.
"""

import contextlib
import types

import pytest

from tests.sparql.expressions import Used, modules, of_profiles, used
from tests.sparql.growth import attacks, spans, too_fast
from tests.sparql.steps import Machine, TooManySteps

pytestmark = pytest.mark.slow
USED = [*used(modules()), *of_profiles()]
# The first is the one that stopped the server for 21 s; others are of libraries and of textbooks.
_SLOW = [
    (r":[^.]*\.+[^.]+\.", "search"),
    (r"\s*[()\[\]/|:;,]\s*|\s+[-–—]\s+", "split"),
    (r"/|(?:[ \t]*;[ \t]*)", "split"),
    (r'([Ww]/)?(?:"(.*?)"|(.*?))(?:\s*,\s*|$)', "match"),
    (r"(?m)^PREFIX ([\w-]+): <([^>]+)>$", "findall"),
    (r'"(?:[^"\\]|\\.)*"', "finditer"),
    (r"\s+$", "sub"),
    (r"(?:a|b)*c", "search"),
    (r"a.*b.*c", "match"),
    (r"<[^>]*>", "sub"),
    (r"(a+)+b", "fullmatch"),
    (r"(x+x+)+y", "match"),
    (r"(\w+\s?)*", "fullmatch"),
    (r"(?:aa|a)*b", "match"),
]
_QUICK = [
    (r"\d+([.,/\-: ]+\d+)+", "fullmatch"),
    (r"(?:\s*+a)*+", "match"),
    (r"(?<!\s)\s++$", "sub"),
    (r"[^:]*+:[^.]*+\.++[^.]++\.", "match"),
    (r"(?!ab)(?=a)\w{2,}?\b", "finditer"),
    (r"(?s).", "findall"),
    (r"(a*)*b?", "match"),
]


@pytest.mark.parametrize("one", USED, ids=lambda one: f"{one.where} {one.method} {one.pattern.strip()[:20]}")
def test_growth_is_linear(one: Used) -> None:
    """An expression takes as many steps for each letter of a long text as of a short one, with each of its methods."""
    assert None is too_fast(Machine(one.pattern, one.flags), one.method)


def test_every_expression_is_seen() -> None:
    """The places where expressions are known to stand are found, in each of the ways in which one is used."""
    seen = {(one.where, one.method) for one in USED}

    assert {
        ("govplan.sparql.tokens.TERMINALS", "finditer"),  # by the name of its module
        ("govplan.sparql.names._DOTTED", "match"),  # by its own name
        ("govplan.values._LEXICAL", "fullmatch"),  # one of several
        ("govplan.web.http.protocol._seconds", "fullmatch"),  # where it is used
    } <= seen
    assert len(seen) > 40


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import re\n_X = re.compile('a')\n", "not seen how"),
        ("import re\ndef f(text):\n    return re.compile('a').match(text)\n", "compile expressions where"),
        ("import re\ndef f(text, what):\n    return re.match(what, text)\n", "only be known as it runs"),
        ("from re import match\n", "write `import re`"),
    ],
)
def test_no_expression_hides(monkeypatch: pytest.MonkeyPatch, text: str, said: str) -> None:
    """An expression that is used in a way that cannot be seen fails, and says where."""
    module = types.ModuleType("hidden")
    exec(text, vars(module))
    monkeypatch.setattr("inspect.getsource", lambda _: text)

    with pytest.raises(AssertionError, match=said):
        used([module])


@pytest.mark.parametrize(("pattern", "method"), _SLOW)
def test_slow_expressions_are_found(pattern: str, method: str) -> None:
    """An expression whose time grows faster than its text is found by what is made of itself alone."""
    assert too_fast(Machine(pattern), method)


@pytest.mark.parametrize(("pattern", "method"), _QUICK)
def test_quick_expressions_pass(pattern: str, method: str) -> None:
    """One that only looks so is left alone."""
    assert None is too_fast(Machine(pattern), method)


@pytest.mark.parametrize("one", [*USED, *(Used("", pattern, 0, method) for pattern, method in _SLOW + _QUICK)])
def test_counting_finds_what_python_finds(one: Used) -> None:
    """The engine that counts finds the same matches as Python's own in every text that it counts on."""
    machine = Machine(one.pattern, one.flags, most=50_000)
    tried = attacks(machine)[:200]
    for text in (attack.text() for attack in tried if not machine.scaled):
        with contextlib.suppress(TooManySteps):
            _, found = machine.count(one.method, text)
            assert spans(one.pattern, one.flags, one.method, text) == found, text


def test_what_cannot_be_counted_is_not_passed() -> None:
    """An expression with a part that the engine does not know is never taken for a quick one."""
    with pytest.raises(NotImplementedError):
        too_fast(Machine(r"(?P<quote>['\"]).*(?P=quote)"), "match")
