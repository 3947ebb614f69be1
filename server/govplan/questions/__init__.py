"""Named questions: one `.rq` file each, with a header in words and typed parameters."""

from govplan.questions.binding import bind
from govplan.questions.chart import Chart
from govplan.questions.completeness import Completeness, completeness_notes
from govplan.questions.parameters import RESERVED, Parameter
from govplan.questions.question import (
    AUDIENCES,
    TOPICS,
    Question,
    QuestionFile,
    load_questions,
    question_files,
    read_questions,
)

__all__ = [
    "AUDIENCES",
    "RESERVED",
    "TOPICS",
    "Chart",
    "Completeness",
    "Parameter",
    "Question",
    "QuestionFile",
    "bind",
    "completeness_notes",
    "load_questions",
    "question_files",
    "read_questions",
]
