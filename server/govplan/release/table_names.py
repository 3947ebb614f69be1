"""Where the tables of a release lie, and what its workbooks are called."""

FOLDER = "tables"


def workbook_name(project: str, language: str) -> str:
    """Return the name of the workbook of a project in one of its languages."""
    return f"{project}-{language}.xlsx"
