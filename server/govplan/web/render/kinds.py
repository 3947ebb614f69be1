"""What the kinds of things are called as headings: by class, as a prefixed name. Any other class has its own label."""

from collections.abc import Mapping

from govplan.web.http.language import gettext, mark

KINDS: Mapping[str, str] = {
    "query": mark("Questions"),
    "gp:Plan": mark("Plans"),
    "gp:Objective": mark("Objectives"),
    "gp:Action": mark("Actions"),
    "gp:Aim": mark("Aims"),
    "gp:Deliverable": mark("Deliverables"),
    "gp:FundingStatement": mark("Funding statements"),
    "gp:Participation": mark("Participations"),
    "org:Organization": mark("Organisations"),
    "foaf:Agent": mark("Speakers and other actors"),
    "gp:Finding": mark("Findings"),
    "gp:Remark": mark("Remarks"),
    "gp:Rating": mark("Ratings"),
    "gp:PowerClaim": mark("Power claims"),
    "gp:Flag": mark("Flags"),
    "gp:Rule": mark("Rules"),
    "gp:ElementLink": mark("Element links"),
    "gp:Event": mark("Events"),
    "gp:ReportedMeasure": mark("Reported measures"),
    "gp:ReferencedWork": mark("Referenced works"),
    "gp:SourceDocument": mark("Sources"),
    "gp:Passage": mark("Passages"),
    "gp:TextUnit": mark("Text units"),
    "gp:SourceGraph": mark("Graphs"),
    "dcat:Dataset": mark("Datasets"),
    "dcterms:Location": mark("Places"),
    "skos:Concept": mark("Codes"),
    "skos:ConceptScheme": mark("Code lists"),
    "skos:Collection": mark("Groups of codes"),
    "owl:Class": mark("Classes"),
    "owl:ObjectProperty": mark("Properties that relate things"),
    "owl:DatatypeProperty": mark("Properties with values"),
    "owl:AnnotationProperty": mark("Notes about terms"),
    "owl:Ontology": mark("Files of the model"),
    "rdfs:Datatype": mark("Datatypes"),
}


def kind_name(name: str, fallback: str) -> str:
    """Return the heading for things of a class, in the reader's language; `fallback` where it has none."""
    return str(gettext(KINDS[name])) if name in KINDS else fallback
