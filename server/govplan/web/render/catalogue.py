"""The records of the served release for catalogues, and the queries that take its description out of the store."""

from functools import partial
from urllib.parse import quote

from govplan.errors import ReleaseDamaged, ReleaseUnreadable
from govplan.manifest import Manifest
from govplan.metadata.catalogue import Published, catalogue
from govplan.metadata.dataset import Described, described
from govplan.metadata.examples import document_iri, prefixes_iri
from govplan.metadata.graph import VOCABULARIES, Graph
from govplan.metadata.profiles import MetadataProfile
from govplan.readmodel.labels import rows
from govplan.release.repository import published
from govplan.web.http.addresses import IRI_MARKS
from govplan.web.site import Site

# What the release says of itself lies in this file, and in its store.
DESCRIPTION = "metadata.ttl"
_PREFIXES = "".join(f"PREFIX {label}: <{VOCABULARIES[label]}>\n" for label in ("sh", "void", "void-ext"))
_PARTS = """{{
    VALUES ?top {{ <{document}> <{document}#endpoint> <{prefixes}> }}
    ?top (void:classPartition|void:propertyPartition|void-ext:datatypePartition|sh:declare)* ?s .
    ?s ?p ?o .
  }}
  UNION {{
    VALUES (?s ?p) {{ (<{dataset}> void:dataDump) }}
    ?s ?p ?o .
  }}"""
_EXAMPLES = """{
    ?s a sh:SPARQLExecutable ;
      ?p ?o .
  }"""


def records(site: Site, root: str, profile: MetadataProfile) -> Graph:
    """Return the records of a release at a site as a metadata profile writes them. Raises what the store raises."""
    root = quote(root, safe=IRI_MARKS)
    manifests = (site.manifest, *(_before(site) if profile.versions else ()))
    # Once is enough for a date: what is pruned later was published all the same.
    first = site.cached(("first",), lambda: min(each.date for each in (site.manifest, *_before(site))))
    return catalogue(Published(site.settings, about(site), manifests, root, first), profile)


def about(site: Site) -> Described:
    """Return what the data say of their dataset. Raises what the store raises."""
    return site.cached(("described",), lambda: described(partial(rows, site), site.settings))


def void(site: Site) -> str:
    """Return the query whose answer describes the dataset in VoID."""
    return f"{_PREFIXES}CONSTRUCT {{ ?s ?p ?o }}\nWHERE {{\n  {_void(site)}\n}}"


def description(site: Site, further: Graph) -> str:
    """Return the query whose answer is that, every question, and further statements."""
    triples = "\n".join(f"( {' '.join(each)} )" for each in further)
    return (
        f"{_PREFIXES}CONSTRUCT {{ ?s ?p ?o }}\nWHERE {{\n  {{ VALUES (?s ?p ?o) {{\n{triples}\n  }} }}\n"
        f"  UNION {_void(site)}\n  UNION {_EXAMPLES}\n}}"
    )


def has_description(manifest: Manifest) -> bool:
    """Tell whether a release describes itself; those built by older versions do not."""
    return any(entry.path == DESCRIPTION for entry in manifest.files)


def _void(site: Site) -> str:
    settings = site.settings
    return _PARTS.format(document=document_iri(settings), prefixes=prefixes_iri(settings), dataset=settings.dataset_iri)


def _before(site: Site) -> list[Manifest]:
    """Return the manifests of the releases that were served before and are kept, the last one first."""
    found = []
    for folder in published(site.folder.parent):
        try:
            manifest = Manifest.read(folder)
        except (ReleaseDamaged, ReleaseUnreadable):
            continue  # a version that nobody can take is none
        if manifest.id != site.manifest.id:
            found.append(manifest)
    return found
