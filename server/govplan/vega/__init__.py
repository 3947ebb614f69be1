"""Drawing Vega-Lite charts as SVG and PNG, in processes of their own: Vega holds the interpreter while it draws.

Nothing is imported here: a chart process would import it too, and it is to start in no time.
"""
