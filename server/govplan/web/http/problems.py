"""Every kind of problem this server reports, in one table: the last part of its `type` IRI, status, title and words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem type (RFC 9457 section 3.1); `explanation` is what its page says to a person."""

    slug: str
    status: int
    title: str
    explanation: str


_TABLE = (
    Problem(
        "query-malformed",
        400,
        "This is not a SPARQL 1.1 query",
        "The text could not be read as a SPARQL 1.1 query, or it calls a function that SPARQL 1.1 does not have. "
        "Where the position is known, line and column count from 1 and the excerpt is that line.",
    ),
    Problem(
        "query-refused",
        400,
        "This query asks for something that is never run here",
        "Releases never change, so updates are refused; SERVICE is refused because it would let a query reach other "
        "machines through this one.",
    ),
    Problem(
        "query-too-long",
        413,
        "The query text is too long",
        "The text of the query is longer than this server reads. The status is 414 where the query stands in the "
        "address and 413 where it is sent as a body; the limit is the same.",
    ),
    Problem(
        "parameter-invalid",
        400,
        "A parameter cannot be used",
        "Each named question declares its parameters and their types; reconciliation knows the kinds of entities and "
        "the properties that its suggest service lists. What was sent is not among them, or not of the declared type.",
    ),
    Problem(
        "request-malformed",
        400,
        "The request cannot be understood",
        "The request does not follow the SPARQL 1.1 Protocol or HTTP: for example two queries at once, a graph that is "
        "not an absolute IRI, or text that is not UTF-8. Or a document, such as a batch of reconciliation queries, "
        "does not have the form that its interface takes; the answer says which part.",
    ),
    Problem(
        "no-graph-store",
        400,
        "There is no Graph Store here",
        "The request is one of the SPARQL 1.1 Graph Store HTTP Protocol, which this address does not take: releases "
        "never change, and /sparql answers queries. Every named graph is a document at its own address below /graph/; "
        "a CONSTRUCT query gives any part of it, and /dumps/ has all of them.",
    ),
    Problem(
        "address-too-long",
        414,
        "The address is too long",
        "The address, or its path, is longer than this server reads, or the address has too many parameters. A long "
        "query or batch is sent as a body, by POST, with the same answer: it may be as long as the limits say.",
    ),
    Problem("not-found", 404, "There is nothing at this address", "No page, file or service has this address."),
    Problem(
        "release-unknown",
        404,
        "There is no release with this id",
        "An address that names a release is answered by that release and by no other. The releases that are kept here "
        "are listed at /releases/.",
    ),
    Problem(
        "release-removed",
        410,
        "This release was removed",
        "The release was once kept here, but no longer is; the answer says when it was removed, why, and where a "
        "copy may be, as far as that was noted. The releases that are kept are listed at /releases/.",
    ),
    Problem(
        "question-unknown",
        404,
        "There is no question of this name",
        "The named questions are listed at /queries/. Their names are in lower case with hyphens.",
    ),
    Problem(
        "dump-unknown",
        404,
        "There is no file of this name",
        "The files of the release that is served are listed at /dumps/.",
    ),
    Problem(
        "citation-unknown",
        404,
        "There is no citation with this key",
        "The address of a citation ends in a key that says which release was asked what. This one was cut off or "
        "changed, or it names a query that was too long for a key and was not recorded on this server.",
    ),
    Problem(
        "method-not-allowed",
        405,
        "This address does not take this method",
        "The header Allow of the answer lists the methods that this address takes.",
    ),
    Problem(
        "not-acceptable",
        406,
        "No acceptable format",
        "The answer exists, but in none of the formats that the request accepts. `offered` lists those there are; ask "
        "for one by the header Accept or by the parameter 'format'.",
    ),
    Problem(
        "body-too-large",
        413,
        "The request body is too large",
        "The body of the request is larger than this server reads. The limits are listed at /limits.",
    ),
    Problem(
        "batch-too-large",
        413,
        "The batch holds too much",
        "Reconciliation answers only a limited number of queries in one batch, and in each of them only a limited "
        "number of names, kinds, properties and values; /limits names both limits, the manifest the first. Smaller "
        "batches, one after the other, are answered.",
    ),
    Problem(
        "media-type-unsupported",
        415,
        "The request body is of a type that is not read here",
        "A query is sent as a form (application/x-www-form-urlencoded) or as it is (application/sparql-query); the "
        "draft of the reconciliation interface takes application/json. All must be in UTF-8, without a content "
        "encoding.",
    ),
    Problem(
        "body-too-slow",
        408,
        "The body took too long to arrive",
        "This server reads a body for a limited time only. The body of this request was not complete in that time.",
    ),
    Problem(
        "header-too-long",
        431,
        "A header field is too long",
        "A field of the header of the request is longer than this server reads; the answer names it.",
    ),
    Problem(
        "range-not-satisfiable",
        416,
        "The file has no such part",
        "The requested range of bytes lies outside the file. The header Content-Range of the answer says its length.",
    ),
    Problem(
        "request-refused",
        400,
        "The request is refused",
        "The request breaks a rule of HTTP that has no page of its own here; the status says which.",
    ),
    Problem(
        "query-too-complex",
        400,
        "The query nests or chains too much",
        "The time and the stack that the engine needs to plan a query grow fast with its nesting and its width. One "
        "past the limits is refused before the engine sees it: `limit`, `observed` and `setting` say which limit, and "
        "how far the count had come. One that overflows the engine's stack all the same ends here, too.",
    ),
    Problem(
        "memory-limit",
        422,
        "The query needs too much memory",
        "Each query runs in a process of its own whose memory is limited. This one reached the limit, and would reach "
        "it again: patterns that share no variable, and sorting or grouping of very many rows, are the usual reasons.",
    ),
    Problem(
        "answer-too-large",
        422,
        "The answer is too large",
        "An answer is sent whole or not at all, and this one is larger than the limit. Nothing is ever cut off "
        "silently: add a LIMIT, ask for a preview of a SELECT by the parameter 'max-rows', or take a dump. Counting "
        "stops past the limit, so the observed size is a minimum.",
    ),
    Problem(
        "order-unclear",
        422,
        "The order of the answer cannot be determined",
        "Answers are sorted in one order of all terms: numbers by value, then text, dates and so on. Where the sort "
        "keys of a query cannot be made out, there is no answer rather than one in a wrong order. Give each key a "
        "variable by BIND, or by AS in SELECT, and sort by these variables.",
    ),
    Problem(
        "engine-failed",
        422,
        "The engine cannot evaluate this query",
        "The query met a fault of the engine, and would meet it again; no other query was touched. Written in another "
        "way it may well be answered: in smaller steps, or without the function or clause that was added last.",
    ),
    Problem(
        "answer-unwritable",
        422,
        "The format cannot carry the answer",
        "XML has no form for most control characters and for U+FFFE and U+FFFF, and RDF/XML none for a property whose "
        "IRI does not end in a name. An answer with one of these is not sent in a form that nobody can read: `offered` "
        "lists the formats that can carry it.",
    ),
    Problem(
        "client-over-budget",
        429,
        "You have used your share of this service for now",
        "Each client may run a few queries at once, use some query time a minute and cause some errors a minute. The "
        "header Retry-After says when there is room again; the limits are listed at /limits.",
    ),
    Problem(
        "overloaded",
        503,
        "The service is busy",
        "All places are taken, or the server is about to stop or to change its release. The header Retry-After says "
        "when to try again.",
    ),
    Problem(
        "time-limit",
        504,
        "This took too long",
        "A query may run for a limited time, and so may a batch of reconciliation, a search or a page; the parameter "
        "'timeout' may lower the limit of a query, in seconds, but not raise it. No part of an answer is ever sent.",
    ),
    Problem(
        "search-unavailable",
        503,
        "This release cannot be searched",
        "Releases have a search index now; this one was built before they did, or its index is damaged. "
        "The rest of the site works.",
    ),
    Problem(
        "chart-impossible",
        422,
        "The answer cannot be shown as a chart",
        "A chart that would mislead is not drawn: there is nothing to show, too much to be read, or no number to "
        "measure. The table and the other formats hold the whole answer.",
    ),
    Problem(
        "spool-full",
        503,
        "There is no room for the answer at the moment",
        "Large answers are put aside on disk before they are sent, and the disk is full. The operator has been told.",
    ),
    Problem(
        "citations-unwritable",
        503,
        "The query is too long to be cited at the moment",
        "A query that is too long for a key is recorded in a file of the server, which is full or cannot be written. "
        "A shorter query, or a named question, can be cited all the same.",
    ),
    Problem(
        "worker-died",
        500,
        "The process that ran the query ended",
        "It ended for a reason that no limit explains. The release is verified again, a new process has taken its "
        "place, and other queries were not touched.",
    ),
    Problem(
        "store-unavailable",
        503,
        "The data cannot be read at the moment",
        "The query was not at fault. The store of the release could not be read; the request may work later.",
    ),
    Problem(
        "internal",
        500,
        "Something went wrong in the server",
        "This is a fault of the server, not of the request. It has been written to the log of the server.",
    ),
)
PROBLEMS = {problem.slug: problem for problem in _TABLE}
