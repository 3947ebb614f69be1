"""The release as files: one dump per format, each read back and compared before it counts, and compressed once."""

import hashlib
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from xml.parsers import expat

import pyoxigraph as ox

from govplan import rdfxml
from govplan.content_codings import CODINGS, Coding
from govplan.disk import write_whole
from govplan.errors import ReleaseDamaged, VerificationStopped
from govplan.formats import GRAPHS, Format
from govplan.manifest import CHECKSUMS
from govplan.namespaces import STANDARD, used

_TYPE = STANDARD["rdf"] + "type"
_PIECE = 1 << 20


def canonical(quads: Iterable[ox.Quad]) -> bytes:
    """Return sorted N-Quads, one line a statement, each once: the bytes whose SHA-256 names a release."""
    return b"".join(sorted({ox.serialize([quad], format=ox.RdfFormat.N_QUADS) or b"" for quad in quads}))


def sha256(data: bytes) -> str:
    """Return the SHA-256 as lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def sha256_of_file(path: Path, proceed: Callable[[], bool] = lambda: True) -> str:
    """Return the SHA-256 of a file as lower-case hex, reading it piece by piece.

    Before each piece of 1 MiB `proceed` is asked whether to go on. Raises VerificationStopped if not, and OSError.
    """
    digest, piece = hashlib.sha256(), memoryview(bytearray(_PIECE))
    with path.open("rb", buffering=0) as file:
        while proceed():
            read = file.readinto(piece)
            if not read:
                return digest.hexdigest()
            digest.update(piece[:read])
    raise VerificationStopped(f"The verification was stopped in {path.name}.")


def render(quads: Sequence[ox.Quad], fmt: Format, prefixes: dict[str, str]) -> bytes:
    """Return the statements in a format, in a fixed order; formats for one graph get the union of the named graphs.

    Raises AnswerUnwritable if the format cannot carry them, and ReleaseDamaged if what was written does not read back
    as the same statements.
    """
    if fmt.kind == "graph":
        statements: set[ox.Quad] | set[ox.Triple] = {quad.triple for quad in quads}
    else:
        statements = set(quads)
    iris = (
        term.value
        for quad in quads
        for term in (quad.subject, quad.predicate, quad.object)
        if isinstance(term, ox.NamedNode)
    )
    ordered = sorted(statements, key=_reading_order)
    if fmt.extension == "rdf":
        output = io.BytesIO()
        rdfxml.write((each for each in ordered if isinstance(each, ox.Triple)), output, used(prefixes, iris))
        body = output.getvalue()
    else:
        form = ox.RdfFormat.from_media_type(fmt.media_type)
        body = ox.serialize(ordered, format=form, prefixes=used(prefixes, iris)) or b""
    read_back(body, fmt, statements)
    return body


def read_back(body: bytes, fmt: Format, statements: set[ox.Quad] | set[ox.Triple]) -> None:
    """Raise ReleaseDamaged if a dump is not well-formed or does not hold these statements."""
    try:
        if fmt.extension == "rdf":
            # The engine reads elements without a name, too.
            expat.ParserCreate(namespace_separator=" ").Parse(body, True)
        back: set[ox.Quad] | set[ox.Triple] = set(ox.parse(body, format=ox.RdfFormat.from_media_type(fmt.media_type)))
    except (SyntaxError, expat.ExpatError) as problem:
        raise ReleaseDamaged(
            f"The {fmt.label} dump cannot be read back: {problem}.",
            mend="report this with the release id; nothing was published",
        ) from problem
    if fmt.kind == "graph":
        back = {quad.triple for quad in back if isinstance(quad, ox.Quad)}
    if back != statements:
        raise ReleaseDamaged(
            f"The {fmt.label} dump does not read back as what was written: {len(statements ^ back)} of "
            f"{len(statements)} statements differ.",
            mend="report this with the release id; nothing was published",
        )


def write_dumps(quads: Sequence[ox.Quad], folder: Path, name: str, prefixes: dict[str, str]) -> dict[str, int]:
    """Write `{name}.{extension}` for every format but Turtle (`turtle_dumps`), each in every content coding too.

    Return file name → bytes of the files that are not compressed.
    """
    sizes = dict[str, int]()
    for fmt in GRAPHS:
        if fmt.extension != "ttl":
            sizes |= packed(folder, f"{name}.{fmt.extension}", render(quads, fmt, prefixes))
    return sizes


def packed(folder: Path, name: str, body: bytes) -> dict[str, int]:
    """Write a file as it is and in every content coding; return its name → its bytes."""
    files = {name: body} | {f"{name}.{coding.extension}": coding.pack(body) for coding in CODINGS.values()}
    for file, data in files.items():
        (folder / file).write_bytes(data)
    return {name: len(body)}


def write_checksums(folder: Path) -> None:
    """Write the checksums of a folder in the form of sha256sum, so that `sha256sum --check` reads it."""
    lines = [f"{sha256_of_file(path)}  {path.name}\n" for path in sorted(folder.iterdir())]
    (folder / CHECKSUMS).write_text("".join(lines), encoding="utf-8")


def read_quads(release: Path) -> list[ox.Quad]:
    """Return the statements of a release from its dataset.nq."""
    return list(ox.parse(path=str(release / "dataset.nq"), format=ox.RdfFormat.N_QUADS))


def export(release: Path, fmt: Format, prefixes: dict[str, str], target: Path, coding: Coding | None = None) -> int:
    """Write a release as one file, compressed if a coding is given, and return its bytes.

    Raises ReleaseNotWritten if it cannot be written.
    """
    body = render(read_quads(release), fmt, prefixes)
    body = body if coding is None else coding.pack(body)
    write_whole(target, body)
    return len(body)


def _reading_order(statement: ox.Quad | ox.Triple) -> tuple[str, str, bool, str, str]:
    """By graph and subject, the type first: so that a person can read the file from top to bottom."""
    graph = str(statement.graph_name) if isinstance(statement, ox.Quad) else ""
    predicate = statement.predicate.value
    return graph, str(statement.subject), predicate != _TYPE, predicate, str(statement.object)
