"""The linking room: joining this plan with other people's data, and theirs with it.

entities.py is what can be linked to, catalogue.py reads it; normal.py and spellings.py bring names and identifiers into
one form, forms.py values; likeness.py and matching.py score; asking.py, reconcile.py, suggest.py, extension.py and
manifests.py answer the Reconciliation Service API; sheets.py and review.py serve `govplan link`.
links.py, identifiers.py and report.py say what is linked, missing or doubtful; lookup.py and linkset.py let others
find it; declared.py, addresses.py, download.py and mirror.py take copies of others' data; online.py asks registers.
"""
