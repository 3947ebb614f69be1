"""The linking room: joining this plan with other people's data, and theirs with it.

entities.py is what can be linked to, catalogue.py reads it; normal.py and spellings.py bring names and identifiers into
one form, forms.py values; likeness.py and matching.py score; asking.py, reconcile.py, suggest.py, extension.py and
manifests.py answer the Reconciliation Service API. rows.py and review.py serve `govplan link`: tables.py reads texts
(delimited.py) and workbooks (workbooks.py, workbook_worker.py, archives.py), rdf_input.py what is RDF.
links.py, identifiers.py and report.py say what is linked, missing or doubtful; lookup.py and linkset.py let others
find it; declared.py and mirror.py take copies of others' data, by download.py from where addresses.py, allowed.py and
special_purpose.py let them; online.py asks registers.
"""
