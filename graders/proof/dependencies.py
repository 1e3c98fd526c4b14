"""Which cells of a notebook a test depends on: what an answer can change, and what need not be run again.

A cell depends on the last cells before it that define the names it reads, and so on backwards. A function looks its
names up when it is called, so that they may be defined after it. Names are read off the syntax: too many dependencies
cost time, too few would hide a difference, so that in doubt there is one.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


@dataclass
class CellNames:
    """The names of a cell.

    Attributes:
        reads: names that come from other cells.
        late: those of `reads` that a function looks up when it is called.
        writes: names that it may define.
        always: those of `writes` that it defines whenever it runs to its end.
        changes: names whose objects it may change, by a call of a method or an assignment to a part of them.
        modules: those of `writes` that are modules.
    """

    reads: set[str] = field(default_factory=set)
    late: set[str] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)
    always: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)


def names_of(source: str) -> CellNames:
    """Reads the names off a cell; one that does not parse has none."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return CellNames()
    visitor = _Visitor()
    for statement in tree.body:
        visitor.visit(statement)
    return CellNames(visitor.reads, visitor.late, visitor.writes, visitor.bound, visitor.changes, visitor.modules)


class _Visitor(ast.NodeVisitor):
    """Visits in the order in which Python evaluates; `bound` are the names that are surely defined by then."""

    def __init__(self) -> None:
        self.reads: set[str] = set()
        self.late: set[str] = set()
        self.writes: set[str] = set()
        self.bound: set[str] = set()
        self.changes: set[str] = set()
        self.modules: set[str] = set()
        self.local = False  # inside of a function, a class or a comprehension, whose names stay there
        self.called_later = False  # inside of a function

    def _bind(self, name: str) -> None:
        self.bound.add(name)
        if not self.local:
            self.writes.add(name)

    def _visit_all(self, *nodes: ast.AST | None) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def _aside(self, *nodes: ast.AST | None, local: bool = False, called_later: bool = False) -> None:
        """Visits what may not run, or has names of its own: nothing is surely defined by it."""
        before = set(self.bound), self.local, self.called_later
        self.local, self.called_later = self.local or local, self.called_later or called_later
        self._visit_all(*nodes)
        self.bound, self.local, self.called_later = before

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            new = {node.id} - self.bound
            self.reads |= new
            self.late |= new if self.called_later else set()
        else:
            self._bind(node.id)

    def visit_Assign(self, node: ast.Assign) -> None:
        self._visit_all(node.value, *node.targets)
        for target in node.targets:
            if isinstance(target, ast.Name):
                if isinstance(node.value, ast.Attribute) and _root(node.value) in self.modules:
                    self.modules.add(target.id)  # tfk = tf.keras
            else:
                self._change(target)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._visit_all(node.value, node.target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._visit_all(node.value, node.target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.reads |= {node.target.id} - self.bound
        self._visit_all(node.value, node.target)
        self._change(node.target)

    def visit_Expr(self, node: ast.Expr) -> None:
        self.visit(node.value)
        if isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
            self._change(node.value.func)

    def _change(self, node: ast.AST) -> None:
        """The object behind ``a`` in ``a.b[c]``, which is called or assigned to, may change."""
        if not self.local and (name := _root(node)):
            self.changes.add(name)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.split(".")[0]
            self.modules.add(name)
            self._bind(name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            self._bind(alias.asname or alias.name)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._visit_all(*node.decorator_list, *node.args.defaults, *node.args.kw_defaults)
        self._bind(node.name)
        own = [ast.Name(name, ast.Store()) for name in _own_names(node)]
        self._aside(node.args, *own, *node.body, local=True, called_later=True)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._visit_all(*node.args.defaults, *node.args.kw_defaults)
        self._aside(node.args, node.body, local=True, called_later=True)

    def visit_arg(self, node: ast.arg) -> None:
        self.bound.add(node.arg)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._visit_all(*node.decorator_list, *node.bases, *node.keywords)
        self._aside(*node.body, local=True)
        self._bind(node.name)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        inside = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self._aside(*node.generators, *inside, local=True)

    visit_ListComp = visit_SetComp = visit_GeneratorExp = visit_DictComp = _comprehension

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self._visit_all(node.iter, node.target, *node.ifs)

    def visit_For(self, node: ast.For) -> None:
        self.visit(node.iter)
        self._aside(node.target, *node.body, *node.orelse)

    def visit_While(self, node: ast.While) -> None:
        self.visit(node.test)
        self._aside(*node.body, *node.orelse)

    def visit_If(self, node: ast.If) -> None:
        self.visit(node.test)
        self._aside(*node.body)
        self._aside(*node.orelse)

    def visit_Try(self, node: ast.Try) -> None:
        for part in (node.body, node.handlers, node.orelse, node.finalbody):
            self._aside(*part)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self._bind(node.name)
        self.generic_visit(node)


def _own_names(function: ast.FunctionDef) -> set[str]:
    """The names that belong to a function because it assigns them somewhere, be it in a branch that does not run."""
    inner = (ast.FunctionDef, ast.Lambda, ast.ClassDef, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    waiting, names, others = list(function.body), set(), set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            others |= set(node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif not isinstance(node, inner):
            waiting += ast.iter_child_nodes(node)
    return names - others


def _root(node: ast.AST) -> str | None:
    """The name ``a`` of ``a.b[c].d()``."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def slice_of(cells: Sequence[CellNames], index: int) -> set[int]:
    """The cells that a cell depends on, by their place, itself included.

    What cells do to a module does not count, or every plot would change `plt`.
    """
    modules = set().union(*(cell.modules for cell in cells))

    def writers(name: str, before: int) -> Iterator[int]:
        for place in range(before - 1, -1, -1):
            if name in cells[place].writes or name in cells[place].changes - modules:
                yield place
                if name in cells[place].always:
                    return

    kept, waiting = {index}, [index]
    while waiting:
        place = waiting.pop()
        found = {writer for name in cells[place].reads for writer in writers(name, place)}
        found |= {writer for name in cells[place].late for writer in writers(name, index)}
        waiting += found - kept
        kept |= found
    return kept
