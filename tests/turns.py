"""Questions in turns: where asking each one in every language would take long, each is asked in one of the four."""

from pathlib import Path

from govplan.config import load
from govplan.questions import load_questions

LANGUAGES = ("en", "nl", "fr", "de")
QUESTIONS = load_questions(load(Path(__file__).parents[1], environ={}))
TURNS = [(question, LANGUAGES[turn % len(LANGUAGES)]) for turn, question in enumerate(QUESTIONS.values())]
