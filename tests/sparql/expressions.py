"""Every regular expression of the modules that a front imports, with the methods that it is used with.

They are found twice: as values of the modules, and as calls in their text, so that none can be written in a way that
this does not see.
"""

import ast
import importlib
import inspect
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from types import ModuleType
from typing import Any, NamedTuple

from govplan.conventions import conventions
from govplan.installed import profile_folders

# The methods, with the place of the flags among the arguments of the function of the same name.
METHODS = {"match": 2, "fullmatch": 2, "search": 2, "finditer": 2, "findall": 2, "split": 3, "sub": 4, "subn": 4}
# Strings have a method of this name, too: without knowing what a name holds it says nothing.
_OF_STRINGS = {"split"}
_FRONT = (
    "import govplan.server.bootstrap, sys; print(*sorted(name for name in sys.modules if name.startswith('govplan')))"
)
# Where expressions of profiles are compiled; `of_profiles` gives them.
FROM_PROFILES = {"govplan.conventions.pattern"}


class Used(NamedTuple):
    """An expression, with its flags, and one method it is used with; `where` it is written."""

    where: str
    pattern: str
    flags: int
    method: str


def modules() -> list[ModuleType]:
    """Return the modules of this package that a front imports."""
    found = subprocess.run([sys.executable, "-c", _FRONT], capture_output=True, text=True, check=True).stdout
    return [importlib.import_module(name) for name in found.split()]


def of_profiles() -> list[Used]:
    """Return the expressions of identifiers and names, the core's and those that profiles bring."""
    known = conventions(sorted(profile_folders()))
    found = [
        Used(form.name, pattern.pattern, pattern.flags, "fullmatch")
        for form in known.forms
        for pattern in (form.written, *form.addresses)
    ]
    return found + [Used(word, pattern.pattern, pattern.flags, "sub") for pattern, word in known.names.phrases]


def used(several: list[ModuleType]) -> list[Used]:
    """Return every expression of these modules with each method it is used with."""
    held = {module.__name__: dict(_held(module)) for module in several}
    known = {name for names in held.values() for name in names}
    calls: dict[tuple[str, str], set[str]] = defaultdict(set)
    inline: list[Used] = []
    for module in several:
        visitor = _Calls(module, known)
        visitor.visit(ast.parse(inspect.getsource(module)))
        inline += visitor.inline
        for name, method in visitor.found:
            calls[module.__name__, name].add(method)
    found = list(inline)
    for module in several:
        for name, patterns in held[module.__name__].items():
            # A name may be used by its own module, and by those that import it.
            methods = calls[module.__name__, name] | {
                method
                for (other, called), several_ in calls.items()
                if called == name
                for method in several_
                if name not in held[other]
            }
            if not methods:  # it is called by another name, as one of several is in a loop
                methods = calls[module.__name__, ""]
            assert methods, f"{module.__name__}.{name}: it is not seen how this expression is used"
            found += [
                Used(f"{module.__name__}.{name}", pattern.pattern, pattern.flags, method)
                for pattern in patterns
                for method in sorted(methods)
            ]
    return sorted(set(found))


def _held(module: ModuleType) -> Iterator[tuple[str, list[re.Pattern[Any]]]]:
    for name, value in vars(module).items():
        if isinstance(value, type) and value.__module__ != module.__name__:
            continue
        if patterns := list(_patterns(value)):
            yield name, patterns


def _patterns(value: Any, depth: int = 4) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, dict):
        yield from (found for each in value.values() for found in _patterns(each, depth - 1))
    elif depth and isinstance(value, list | tuple | set | frozenset):
        yield from (found for each in value for found in _patterns(each, depth - 1))
    elif depth and isinstance(value, type):
        yield from (found for each in vars(value).values() for found in _patterns(each, depth - 1))


class _Calls(ast.NodeVisitor):
    """Notes which methods of expressions a module calls, by name, and what it gives to the functions of `re` itself."""

    def __init__(self, module: ModuleType, known: set[str]) -> None:
        self._module, self._known = module, known
        self._place: list[str] = []
        self.found: set[tuple[str, str]] = set()
        self.inline: list[Used] = []

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        assert node.module != "re", f"{self._module.__name__}: write `import re`, so that its calls are seen"

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._place.append(node.name)
        self.generic_visit(node)
        self._place.pop()

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Attribute):
            self._note(node, node.func.attr, node.func.value)
        self.generic_visit(node)

    def _note(self, node: ast.Call, method: str, of: ast.expr) -> None:
        name = of.attr if isinstance(of, ast.Attribute) else of.id if isinstance(of, ast.Name) else ""
        if name == "re" and method in METHODS:
            self._inline(method, node)
        elif name == "re" and method == "compile" and self._place and self._where not in FROM_PROFILES:
            raise AssertionError(f"{self._where}: compile expressions where the module begins, so that they are seen")
        elif method in METHODS and name in self._known:
            self.found.add((name, method))
        elif method in METHODS.keys() - _OF_STRINGS:
            self.found.add(("", method))

    def _inline(self, method: str, node: ast.Call) -> None:
        flags = [*node.args[METHODS[method] :], *(each.value for each in node.keywords if each.arg == "flags")]
        try:
            pattern, *given = (self._value(each) for each in (node.args[0], *flags))
        except NameError as problem:
            raise AssertionError(f"{self._where}: what expression this is can only be known as it runs") from problem
        self.inline.append(Used(self._where, pattern, given[0] if given else 0, method))

    def _value(self, written: ast.expr) -> Any:
        return eval(compile(ast.Expression(written), self._where, "eval"), dict(vars(self._module)))

    @property
    def _where(self) -> str:
        return ".".join((self._module.__name__, *self._place))
