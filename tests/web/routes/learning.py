"""What tools ask to learn of an endpoint: sparql-editor, void-generator and sparql-llm of the SIB, in our words."""

EXAMPLES = """PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?comment ?query
WHERE {
  ?example a sh:SPARQLExecutable ;
    rdfs:comment ?comment ;
    sh:select|sh:ask|sh:construct|sh:describe ?query .
}
ORDER BY ?example
"""
PREFIXES = """PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT DISTINCT ?prefix ?namespace
WHERE {
  [] sh:namespace ?namespace ;
    sh:prefix ?prefix .
}
ORDER BY ?prefix
"""
SCHEMA = """PREFIX void: <http://rdfs.org/ns/void#>
PREFIX void-ext: <http://ldf.fi/void-ext#>
SELECT DISTINCT ?subjectClass ?prop ?objectClass ?objectDatatype
WHERE {
  {
    ?part void:class ?subjectClass ;
      void:propertyPartition ?of .
    ?of void:property ?prop .
    OPTIONAL {
      { ?of void:classPartition [ void:class ?objectClass ] }
      UNION { ?of void-ext:datatypePartition [ void-ext:datatype ?objectDatatype ] }
    }
  }
  UNION
  {
    ?links void:subjectsTarget [ void:class ?subjectClass ] ;
      void:linkPredicate ?prop ;
      void:objectsTarget [ void:class ?objectClass ] .
  }
}
"""
