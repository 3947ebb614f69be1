"""Archives of others: what they hold is measured, whole, before anything else opens them."""

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from xml.parsers import expat

MAX_MEMBERS = 2000
MAX_UNPACKED = 256 * 1024 * 1024
MAX_RATIO = 100
# Below this much, no ratio is remarkable: a sheet with one value a thousand times is small, packed or not.
_SMALL = 16 * 1024 * 1024
_CHUNK = 1 << 20
AGAIN = "open it in a spreadsheet program and save it again"
# RuntimeError, LookupError: a version of the archive, or an encoding of XML, that the library does not know.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    LookupError,
    struct.error,
)
_ENTRY = b"PK\x01\x02"
_ENCRYPTED = 1
_XML = (".xml", ".rels")
_MANIFEST = "META-INF/manifest.xml"


class ArchiveRefused(Exception):
    """An archive is broken, locked, or holds more than is unpacked."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what)
        self.what = what
        self.mend = mend


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may hold: members, bytes unpacked, and how many times its size they may be (if not small)."""

    members: int = MAX_MEMBERS
    unpacked: int = MAX_UNPACKED
    ratio: int = MAX_RATIO
    small: int = _SMALL


LIMITS = Limits()


def members(raw: bytes, limits: Limits = LIMITS) -> frozenset[str]:
    """Return the names of what a zip archive holds, each member unpacked once and found whole.

    Raises ArchiveRefused if it is no whole archive, is locked, is packed in a way that workbooks are not, holds more
    than `limits` say, or XML that is not well-formed or has a document type.
    """
    if (count := raw.count(_ENTRY)) > limits.members:
        raise _large(f"it has {count} members, and at most {limits.members} are taken")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            _measure(archive.infolist(), len(raw), limits)
            # Of a locked workbook, only the manifest can be read.
            for member in sorted(archive.infolist(), key=lambda member: member.filename != _MANIFEST):
                _read(archive, member)
            return frozenset(archive.namelist())
    except _BROKEN as problem:
        raise ArchiveRefused(f"it is broken: {problem}", AGAIN) from problem


def _measure(infos: list[zipfile.ZipInfo], packed: int, limits: Limits) -> None:
    if any(info.flag_bits & _ENCRYPTED for info in infos):
        raise locked()
    if odd := [i.filename for i in infos if i.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)]:
        raise ArchiveRefused(f"{odd[0]!r} in it is packed in a way that workbooks are not", AGAIN)
    unpacked = sum(info.file_size for info in infos)
    if unpacked > limits.unpacked:
        raise _large(f"it holds {unpacked} bytes unpacked, and at most {limits.unpacked} are taken")
    if unpacked > limits.small and unpacked > limits.ratio * packed:
        raise _large(f"it holds {unpacked // packed} times its own size, and at most {limits.ratio} times are taken")


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Unpack a member; the library compares its length and checksum with what was promised, and XML is well-formed."""
    if member.is_dir():
        return
    manifest = member.filename == _MANIFEST
    parser = _xml_parser(member.filename) if member.filename.endswith(_XML) and not manifest else None
    with archive.open(member) as file:
        if manifest and b"encryption-data" in file.read():
            raise locked()
        while part := file.read(_CHUNK):
            if parser is not None:
                parser.Parse(part, False)
    if parser is not None:
        parser.Parse(b"", True)


def _xml_parser(name: str) -> expat.XMLParserType:
    def document_type(*_: object) -> None:
        raise ArchiveRefused(
            f"{name!r} in it declares a document type, and XML is read without document types and entities",
            AGAIN,
        )

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = document_type
    return parser


def locked() -> ArchiveRefused:
    """Return the refusal of a file that needs a password."""
    return ArchiveRefused("it is protected by a password", "save it without the password")


def _large(what: str) -> ArchiveRefused:
    return ArchiveRefused(what, "save the rows that matter as a workbook of their own, or as CSV")
