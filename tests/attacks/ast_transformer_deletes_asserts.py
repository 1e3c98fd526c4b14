"""An AST transformer deletes every assert, and every call of a check, of the cells to come. It must gain nothing."""

CODE = r"""
import ast


class NoAsserts(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()

    def visit_Expr(self, node):
        return ast.copy_location(ast.Pass(), node) if "check" in ast.dump(node) else node


get_ipython().ast_transformers.append(NoAsserts())


def dense_parameters(n_in, n_out):
    return -1
"""
