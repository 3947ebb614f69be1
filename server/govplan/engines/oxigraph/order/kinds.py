"""The kinds of terms, each with the character that its strings begin with: their order is that of the kinds.

Strings of up to 15 bytes cost the engine least: it holds them where it holds numbers.
"""

BLANK, IRI = "01"
NAN, LOWEST, NEGATIVE, ZERO, POSITIVE, HIGHEST = "234567"
TEXT, BOOLEAN = "89"
# On the line of time, of any day, of any year, of any month.
DATE, TIME, MONTH, DAY = "ABCD"
SPAN, OTHER, TRIPLE = "EFG"
