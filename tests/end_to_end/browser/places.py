"""One page of every kind that the site has; those of `FIRST` are seen in `make test`, the others in `make soak`."""

import pytest

ACTION = "/id/action/be-ai-convergence-034.html"
# A question with a form, and one with a chart.
QUESTION = "/queries/actions-for-group"
CHARTED = "/queries/instrument-groups-by-objective"
_TYPE = "%3Chttps%3A%2F%2Fw3id.org%2Fgovplan%2Fns%23Action%3E"
_SELECT = f"/sparql?format=html&query=SELECT%20%3Faction%20WHERE%20%7B%20%3Faction%20a%20{_TYPE}%20%7D%20LIMIT%205"

KINDS = {
    "home": "/",
    "plan": "/plan",
    "picture": "/picture",
    "powers": "/powers",
    "findings": "/findings",
    "actors": "/actors",
    "sources": "/sources",
    "codebook": "/codebook",
    "vocabulary": "/ns",
    "questions": "/queries/?tag=groups",
    "question": QUESTION,
    "chart": CHARTED,
    "bad value": f"{QUESTION}?group=zzz",
    "search": "/search",
    "found": "/search?q=mobil",
    "dumps": "/dumps/",
    "tables": "/tables/",
    "releases": "/releases/",
    "report": "/report",
    "history": "/history?iri=https%3A%2F%2Fw3id.org%2Fgovplan%2Fid%2Fplan%2Fbe-ai-convergence",
    "catalogue": "/catalog",
    "citing": "/about/citing",
    "citation": "/cite/question/plan-in-numbers",
    "links": "/links",
    "lookup": "/lookup",
    "limits": "/limits",
    "problems": "/errors/",
    "problem": "/errors/parameter-invalid",
    "not found": "/id/action/none",
    "plan resource": "/id/plan/be-ai-convergence.html",
    "action": ACTION,
    "code": "/auth/level/federal.html",
    "code list": "/auth/level.html",
    "passage": "/id/unit/policy-monitor/o3-s2.html",
    "shape": "/shape/Action-addresseeGroup.html",
    "graph": "/graph/data/plans/be-ai-convergence/actions",
    "answer": _SELECT,
    "part of an answer": "/sparql?format=html&query=SELECT%20*%20WHERE%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D",
    "refused": "/sparql?format=html&query=SELECT%20*%20WHERE%20%7B",
}
# Between them they have every part that pages are made of: forms, tables, charts, notes, problems.
FIRST = {"home", "plan", "powers", "question", "chart", "bad value", "found", "action", "answer", "refused"}
every_kind = pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=[] if kind in FIRST else [pytest.mark.soak]) for kind in KINDS]
)
