"""Reads from the source of a view what it takes of a request: fields, queries, headers, JSON.

Followed by what the names are bound to, through every function of `channels` that the request, its form or its query is
handed to: `choose(request.form)` reads « pour » wherever `choose` stands. What only a library reads is not seen here
(security/openapi.py adds it); what is built at run time (`form[f"x{n}"]`) is not either, and no view of ours does so.
"""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Literal

Part = Literal["form", "query", "header", "json"]
PARTS: Mapping[str, Part] = {"form": "form", "args": "query", "headers": "header"}
OURS = "channels."
# How a mapping is read by a name, when that name is its first argument.
BY_NAME = frozenset({"get", "getlist", "pop"})


@dataclass(frozen=True)
class Bound:
    """What a name stands for: the request, a part of it, a text, or a piece of code with the names around it."""

    what: Literal["request", "part", "texts", "code"]
    part: Part = "form"
    texts: tuple[str, ...] = ()
    code: Any = None
    names: Any = None
    module: Any = None


@dataclass
class Reading:
    """What was found: the names read of each part, and the functions gone through, by their qualified name."""

    parts: dict[Part, set[str]] = field(
        default_factory=lambda: {"form": set(), "query": set(), "header": set(), "json": set()}
    )
    through: set[str] = field(default_factory=set)

    def view(self, function: Callable[..., Any]) -> Reading:
        """Read `function`, as it is called by Flask."""
        function = inspect.unwrap(function)
        self._call(_source(function), {}, sys.modules[function.__module__], function.__qualname__)
        return self

    def _call(self, code: ast.AST, names: Mapping[str, Bound], module: Any, called: str) -> None:
        given = sorted((name, bound.what, bound.part, bound.texts) for name, bound in names.items())
        told = f"{module.__name__}.{called} {given}"
        if told in self.through:
            return
        self.through |= {told, f"{module.__name__}.{called}"}
        here = dict(names)
        body = code.body if isinstance(code, ast.FunctionDef | ast.Lambda) else []
        for node in body if isinstance(body, list) else [body]:
            self._walk(node, here, module)

    def _walk(self, node: ast.AST, names: dict[str, Bound], module: Any) -> None:
        if isinstance(node, ast.FunctionDef):  # read when it is called
            names[node.name] = Bound("code", code=node, names=names, module=module)
            return
        if isinstance(node, ast.Lambda):
            return
        if isinstance(node, ast.Assign):
            self._assign(node, names, module)
        if isinstance(node, ast.Subscript):
            self._read(self._bound(node.value, names, module), self._texts(node.slice, names, module))
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            self._read(self._bound(node.comparators[0], names, module), self._texts(node.left, names, module))
        if isinstance(node, ast.Call):
            self._called(node, names, module)
        for inner in ast.iter_child_nodes(node):
            self._walk(inner, names, module)

    def _assign(self, node: ast.Assign, names: dict[str, Bound], module: Any) -> None:
        for target in node.targets:
            pairs = (
                zip(target.elts, node.value.elts, strict=True)
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
                else [(target, node.value)]
            )
            for name, value in pairs:
                if isinstance(name, ast.Name):
                    found = self._bound(value, names, module)
                    names.pop(name.id, None)
                    if found:
                        names[name.id] = found

    def _called(self, node: ast.Call, names: dict[str, Bound], module: Any) -> None:
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr in BY_NAME and node.args:
            self._read(self._bound(function.value, names, module), self._texts(node.args[0], names, module))
        known = names.get(function.id) if isinstance(function, ast.Name) else None
        if known and known.what == "code":
            given = {**known.names, **self._given(node, known.code.args, names, module)}
            self._call(known.code, given, known.module, getattr(known.code, "name", "lambda"))
            return
        for found in _functions(_value(function, module)):
            code = _source(found)
            skipped = (
                1
                if isinstance(inspect.getattr_static(_owner(function, module), found.__name__, None), classmethod)
                else 0
            )
            self._call(
                code,
                self._given(node, code.args, names, module, skipped),
                sys.modules[found.__module__],
                found.__qualname__,
            )

    def _given(
        self, node: ast.Call, arguments: ast.arguments, names: dict[str, Bound], module: Any, skipped: int = 0
    ) -> dict[str, Bound]:
        """What the parameters of a call are bound to."""
        parameters = [each.arg for each in (*arguments.posonlyargs, *arguments.args)][skipped:]
        pairs = [
            *zip(parameters, node.args, strict=False),
            *((each.arg, each.value) for each in node.keywords if each.arg),
        ]
        bound = {name: self._bound(value, names, module) for name, value in pairs}
        return {name: found for name, found in bound.items() if found}

    def _bound(self, node: ast.AST, names: dict[str, Bound], module: Any) -> Bound | None:
        if isinstance(node, ast.Name) and node.id in names:
            return names[node.id]
        if isinstance(node, ast.Name) and node.id == "request":
            return Bound("request")
        if isinstance(node, ast.Attribute) and node.attr in PARTS:
            of = self._bound(node.value, names, module)
            return Bound("part", PARTS[node.attr]) if of and of.what == "request" else None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get_json":
            return Bound("part", "json")
        if isinstance(node, ast.Lambda):
            return Bound("code", code=node, names=names, module=module)
        texts = self._texts(node, names, module)
        return Bound("texts", texts=texts) if texts else None

    def _texts(self, node: ast.AST, names: dict[str, Bound], module: Any) -> tuple[str, ...]:
        """The texts that an expression may be."""
        if isinstance(node, ast.Constant):
            return (node.value,) if isinstance(node.value, str) else ()
        if isinstance(node, ast.IfExp):
            return self._texts(node.body, names, module) + self._texts(node.orelse, names, module)
        if isinstance(node, ast.Name) and node.id in names:
            return names[node.id].texts
        if isinstance(node, ast.Name | ast.Attribute):
            value = _value(node, module)
            return (value,) if isinstance(value, str) else ()
        return ()

    def _read(self, of: Bound | None, texts: tuple[str, ...]) -> None:
        if of and of.what == "part":
            self.parts[of.part] |= set(texts)


def _value(node: ast.AST, module: Any) -> Any:
    """What a name means in its module; None for what only running would tell."""
    if isinstance(node, ast.Name):
        return getattr(module, node.id, None)
    if isinstance(node, ast.Attribute):
        of = _value(node.value, module)
        # Neither an object nor a proxy of Flask's: what those hold is known while a request is answered only.
        return getattr(of, node.attr, None) if isinstance(of, ModuleType | type) else None
    return None


def _owner(node: ast.AST, module: Any) -> Any:
    return _value(node.value, module) if isinstance(node, ast.Attribute) else None


def _functions(value: Any) -> Iterator[Any]:
    function = inspect.unwrap(getattr(value, "__func__", value)) if value is not None else None
    if inspect.isfunction(function) and function.__module__.startswith(OURS):
        yield function


def _source(function: Any) -> Any:
    return ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
