"""Named questions: one `.rq` file each, with a header in words and typed parameters."""

from govplan.questions.binding import bind
from govplan.questions.chart import Chart
from govplan.questions.question import AUDIENCES, RESERVED, Parameter, Question, load_questions

__all__ = ["AUDIENCES", "RESERVED", "Chart", "Parameter", "Question", "bind", "load_questions"]
