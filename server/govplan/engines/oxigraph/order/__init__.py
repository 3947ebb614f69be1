"""The total order of RDF terms (docs/order.md), and what makes the engine follow it.

Oxigraph compares terms of one kind by value and terms of two kinds by their text. That is no total order: what comes
out depends on what came in, or the sort panics. So sort keys are wrapped in a function that turns terms into strings,
which it compares right, and MIN and MAX become aggregates of ours.

Nothing is imported here: a worker would import it too, and it is to start in no time.
"""
