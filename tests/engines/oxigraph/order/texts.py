"""Texts that sort, by the thousand: those of the guard's writer with sort keys and aggregates, and the words hidden."""

from tests.sparql.texts import PROLOGUE, Writer

_HEADS = (
    *("SELECT *", "SELECT ?a ?service", "SELECT DISTINCT ?a", "ASK", "CONSTRUCT { ?a a:b ?b }", "DESCRIBE ?a"),
    *("SELECT (COUNT(?a) AS ?n)", "SELECT ?a (MIN(?b) AS ?m) (max( distinct ?c) AS ?n)", "SELECT (MIN(?a+1) AS ?m)"),
)
_HIDDEN = ("ORDER", "MIN(", "ORDER BY", "MAX")


class Sorter(Writer):
    """Writes queries that sort; hostile ones are glued and torn."""

    def query(self) -> str:
        """Return a text that is most often a query."""
        head = self._one(_HEADS)
        text = "".join(
            self._space(piece) for piece in (*PROLOGUE, *head.split(" "), "WHERE", *self._body(), *self._tail())
        )
        if self._hostile:
            text = self._torn(self._glued(text))
        if self._chance(0.7):
            text = text.replace("SERVICE", self._one(_HIDDEN)).replace("service", self._one(("min", "order", "max")))
        return text

    def _body(self) -> list[str]:
        group = self._group(2)
        if self._chance(0.7):
            return group
        columns = self._one(("*", "?a", "DISTINCT ?b"))
        return ["{", *group, "{", "SELECT", columns, *self._group(1), "ORDER", "BY", self._key(), "}", "}"]

    def _tail(self) -> list[str]:
        pieces = ["GROUP BY ?a"] if self._chance(0.4) else []
        if self._chance(0.2):
            pieces += ["HAVING", "(", "MIN(?b)", self._one(("<", "<=", ">")), self._one(("?a", "MAX(?c)", "3")), ")"]
        if self._chance(0.9):
            pieces += ["ORDER", "BY", *(self._key() for _ in range(self._random.randint(1, 4)))]
        return pieces

    def _key(self) -> str:
        expression = " ".join(self._expression(2))
        group = " ".join(self._group(1))
        return self._one(
            (
                *("?a", "$b", f"DESC({expression})", f"aSC ( {expression} )", f"({expression})", f"STR({expression})"),
                f"<http://www.w3.org/2001/XMLSchema#string>({expression})",
                *(f"FILTERa:boolean({expression})", f"NOT EXISTS{group}", "MAX(?b)"),
            )
        )
