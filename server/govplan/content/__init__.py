"""Reading a plan project: authored Turtle files → named graphs, and the rules that need no vocabulary."""

from govplan.content.problem import SEVERITIES, Problem, Severity
from govplan.content.project import Content, SourceFile, read_project, source_file
from govplan.content.rules import check_content

__all__ = ["SEVERITIES", "Content", "Problem", "Severity", "SourceFile", "check_content", "read_project", "source_file"]
