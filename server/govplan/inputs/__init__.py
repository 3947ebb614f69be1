"""Reading files that other people wrote, within bounds: tables, workbooks, archives and RDF."""
