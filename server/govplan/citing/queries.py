"""A whole query in one spelling, with what has to be known of each of its SELECTs."""

from dataclasses import dataclass

from govplan.citing.expressions import Expression
from govplan.citing.nodes import Triple
from govplan.citing.patterns import PARTS, Group, Patterns, written
from govplan.formats import Form
from govplan.sparql import tokens

_FORMS: dict[str, Form] = {"SELECT": "SELECT", "ASK": "ASK", "CONSTRUCT": "CONSTRUCT", "DESCRIBE": "DESCRIBE"}


@dataclass(slots=True)
class Selection:
    """What decides which solutions of a pattern are returned, and in what order.

    `names` are the columns or the variables of a template, all that are visible where `star` says so; `single` says
    that there is one solution. `ordered_by` are the variables among the sort keys; `grouped_by` those of GROUP BY, None
    where there is no GROUP BY or another key. `order_end` is the place after the sort keys, None without any;
    `slice_start` that of LIMIT or OFFSET; `reduced` that of REDUCED.
    """

    names: tuple[str, ...] = ()
    star: bool = False
    single: bool = False
    ordered_by: frozenset[str] = frozenset()
    grouped_by: frozenset[str] | None = None
    limit: int | None = None
    offset: int = 0
    order_end: int | None = None
    slice_start: int = 0
    reduced: int | None = None

    @property
    def total(self) -> bool:
        """Whether the sort keys tell every two solutions apart, as far as they are shown."""
        grouped = self.grouped_by is not None and self.grouped_by <= self.ordered_by
        return self.single or grouped or set(self.names) <= self.ordered_by

    @property
    def sliced(self) -> bool:
        """Whether some of the solutions may be left out."""
        return (self.limit is not None and self.limit > 0) or self.offset > 0


@dataclass(slots=True)
class Query:
    """A query that was understood: its normal text, its form, and its selections, the outermost last.

    `calls` are the functions and aggregates with their places, `described` what DESCRIBE names if that is IRIs only;
    `blank` says that a template makes blank nodes.
    """

    text: str
    form: Form
    selections: list[Selection]
    calls: list[tuple[str, int, int]]
    described: tuple[str, ...] = ()
    blank: bool = False


class QueryReader(Patterns):
    """Reads one query. Raises NotUnderstood for what the normal form does not know."""

    def __init__(self, query: str) -> None:
        super().__init__(query)
        self._selections: list[Selection] = []
        self._described: tuple[str, ...] = ()
        self._template: list[Triple] = []

    def read(self) -> Query:
        """Read the text to its end."""
        self._prologue()
        form = _FORMS.get(self.token.text) if self.token.kind == tokens.WORD else None
        match form:
            case "SELECT":
                text = self._select()
            case "ASK":
                self.advance()
                text = f"ASK {self._rest(Selection(single=True), self._dataset())}"
            case "CONSTRUCT":
                text = self._construct()
            case "DESCRIBE":
                text = self._describe()
            case _:
                self.fail()
        if self.token.kind != tokens.END:
            self.fail()
        blank = any(part.startswith("_:") for triple in self._template for part in triple)
        return Query(_labelled(text), form, self._selections, self.calls, self._described, blank)

    def sub_select(self, into: Group) -> None:
        """Read a SELECT in braces, up to them."""
        into.joined.append(self._select())
        into.visible |= dict.fromkeys(self._selections[-1].names)
        # It is alone in its group, and must stay so.
        into.settle()
        if self.token.text != "}":
            self.fail()

    def _prologue(self) -> None:
        while self.token.kind == tokens.WORD and self.token.text in ("PREFIX", "BASE"):
            if self.advance().text == "BASE":
                # The IRIs that are read here are absolute, so that it changes nothing.
                self.iri()
                continue
            label = self.token.text
            if self.token.kind != tokens.NAME or not label.endswith(":") or label.count(":") > 1:
                self.fail()
            self.advance()
            namespace = self.iri()[1:-1] if self.token.kind == tokens.IRI else self.fail()
            if self.prefixes.setdefault(label[:-1], namespace) != namespace:
                self.fail(f"The prefix {label} is declared twice")

    def _select(self) -> str:
        self.expect("SELECT")
        found, outside, self.aggregates = Selection(), self.aggregates, 0
        how = ""
        if self.token.kind == tokens.WORD and self.token.text in ("DISTINCT", "REDUCED"):
            how = f"{self.token.text} "
            found.reduced = self.token.start if self.token.text == "REDUCED" else None
            self.advance()
        columns: dict[str, None] = {}
        texts = []
        found.star = self.takes("*")
        while not found.star and (self.token.kind == tokens.VARIABLE or self.token.text == "("):
            if self.token.text == "(":
                texts.append(self.named_expression(columns))
            else:
                texts.append(self.variable())
                columns.setdefault(texts[-1])
        if not (found.star or texts):
            self.fail()
        found.names = tuple(columns)
        rest = self._rest(found, self._dataset())
        self.aggregates = outside
        return f"SELECT {how}{' '.join(texts) or '*'} {rest}"

    def _construct(self) -> str:
        self.expect("CONSTRUCT")
        if self.token.text == "{":
            template = self._triples()
            found = Selection(names=_variables(template))
            rest = self._rest(found, self._dataset())
        else:
            dataset = self._dataset()
            self.expect("WHERE")
            template = self._triples()
            found = Selection(names=_variables(template))
            rest = self._rest(found, dataset, "{ " + " ".join([*written(template), "}"]))
        self._template = template
        return f"CONSTRUCT {{ {' '.join([*written(template), '}'])} {rest}"

    def _triples(self) -> list[Triple]:
        found: list[Triple] = []
        self.expect("{")
        while not self.takes("}"):
            self.triples_of_subject(found, {})
            if self.token.text != "}":
                self.expect(".")
        return found

    def _describe(self) -> str:
        self.expect("DESCRIBE")
        names: list[str] = []
        if not self.takes("*"):
            while self.token.kind in (tokens.VARIABLE, tokens.NAME, tokens.IRI):
                names.append(self.variable() if self.token.kind == tokens.VARIABLE else self.iri())
            if not names:
                self.fail()
        dataset = self._dataset()
        if self.token.kind == tokens.END:
            self._described = tuple(names)
            return " ".join(["DESCRIBE", *sorted(set(names)), *dataset])
        return f"DESCRIBE {' '.join(sorted(set(names))) or '*'} {self._rest(Selection(), dataset)}"

    def _dataset(self) -> list[str]:
        found = set()
        while self.takes("FROM"):
            found.add(f"FROM NAMED {self.iri()}" if self.takes("NAMED") else f"FROM {self.iri()}")
        return sorted(found)

    def _rest(self, selection: Selection, dataset: list[str], pattern: str = "") -> str:
        """Read the pattern, unless it is given, and the clauses after it; fill the selection."""
        if not pattern:
            self.takes("WHERE")
            group = self.group()
            pattern = group.text()
            if selection.star:
                selection.names = tuple(group.visible)
        texts = [*dataset, f"WHERE {pattern}", *self._grouping(selection)]
        if self.takes("HAVING"):
            held: list[str] = []
            while self.token.text == "(" or self._calls_follow():
                each = self.constraint()
                held += each.parts if each.joint == "&&" else (each.text,)
            texts.append(f"HAVING {' '.join(f'({each})' for each in sorted(held))}")
        texts += self._ordering(selection)
        texts += self._slicing(selection)
        if self.takes("VALUES"):
            texts.append(self.values({}))
        selection.single = selection.single or (self.aggregates > 0 and selection.grouped_by is None)
        self._selections.append(selection)
        return " ".join(texts)

    def _grouping(self, selection: Selection) -> list[str]:
        if not self.takes("GROUP"):
            return []
        self.expect("BY")
        keys: list[str] = []
        named: dict[str, None] = {}
        simple = True
        while self.token.kind == tokens.VARIABLE or self.token.text == "(" or self._calls_follow():
            if self.token.kind == tokens.VARIABLE:
                keys.append(self.variable())
                named.setdefault(keys[-1])
            elif self.takes("("):
                inner = self.expression().text
                if self.takes("AS"):
                    name = self.variable()
                    named.setdefault(name)
                    keys.append(f"({inner} AS {name})")
                else:
                    simple = False
                    keys.append(f"({inner})")
                self.expect(")")
            else:
                simple = False
                keys.append(f"({self.constraint().text})")
        # Without a variable for each key it is not known what tells the groups apart.
        selection.grouped_by = frozenset(named) if simple else frozenset({""})
        return [f"GROUP BY {' '.join(keys)}"]

    def _ordering(self, selection: Selection) -> list[str]:
        if not self.takes("ORDER"):
            return []
        self.expect("BY")
        keys: list[str] = []
        names = set()
        while self.token.kind == tokens.VARIABLE or self.token.text == "(" or self._calls_follow():
            direction = "ASC"
            if self.token.text in ("ASC", "DESC") and self.token.kind == tokens.WORD:
                direction = self.advance().text
            key = Expression(self.variable()) if self.token.kind == tokens.VARIABLE else self.constraint()
            keys.append(f"{direction}({key.text})")
            if key.text.startswith("?"):
                names.add(key.text)
        selection.ordered_by = frozenset(names)
        selection.order_end = self.passed_end
        return [f"ORDER BY {' '.join(keys)}"]

    def _slicing(self, selection: Selection) -> list[str]:
        selection.slice_start = self.token.start
        while self.token.kind == tokens.WORD and self.token.text in ("LIMIT", "OFFSET"):
            word = self.advance().text
            if self.token.kind != tokens.NUMBER or not self.token.text.isdigit() or len(self.token.text) > 18:
                self.fail()
            count = int(self.advance().text)
            if word == "LIMIT":
                selection.limit = count
            else:
                selection.offset = count
        limit = [] if selection.limit is None else [f"LIMIT {selection.limit}"]
        return limit + ([f"OFFSET {selection.offset}"] if selection.offset else [])

    def _calls_follow(self) -> bool:
        kind, text, *_ = self.token
        if kind == tokens.WORD:
            return text not in ("HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
        return kind in (tokens.NAME, tokens.IRI)


def _variables(template: list[Triple]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for triple in template for part in triple if part.startswith("?")))


def _labelled(text: str) -> str:
    """Number blank nodes in the order in which they stand."""
    labels: dict[str, str] = {}
    if "_:b" not in text:
        return text
    return PARTS.sub(
        lambda match: labels.setdefault(match[0], f"_:b{len(labels)}") if match[0].startswith("_:") else match[0], text
    )
