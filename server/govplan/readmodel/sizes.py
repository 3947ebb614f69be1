"""How much a page shows at most. The whole of an answer is there in every other format."""

# Rows of an answer and statements about a thing, columns, and cells: a wide answer has fewer rows.
ROWS, COLUMNS, CELLS = 1000, 50, 20_000
# Rows that can be reached page by page, and that are sorted.
PAGED = 2 * ROWS
# What is read of an answer, in bytes: rows of long texts and of many columns fill it sooner.
BYTES = 2 << 20
# Characters of a value in a table, of one on the page of a thing, of a label, and of a name in a picture.
CELL, LETTERS, LABEL, NAME = 1000, 4000, 1000, 200
# How long an IRI may be that is linked, in characters.
ADDRESS = 2000
# Lines and bytes of a graph.
LINES, GRAPH_BYTES = 1000, 1 << 17
# Rows that a page is made from: what needs more of them is no page.
READ = 100_000
