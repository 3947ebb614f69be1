"""Matching names and identifiers of others with the things of a release.

entities.py is what can be linked to, catalogue.py reads it; normal.py and spellings.py bring names and identifiers into
one form, forms.py values; acronyms.py, likeness.py and matching.py score. asking.py, documents.py, suggest.py,
extension.py and manifests.py answer the Reconciliation Service API; rows.py and review.py serve `govplan link`.
"""
