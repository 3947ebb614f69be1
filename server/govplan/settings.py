"""What a project says of itself and what an operator may set: two tables, which docs/settings.md lists."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

# The engine opens its files with 16 threads at once, whose stacks count.
LEAST_MEMORY = 256 << 20
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
_PATH = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9_~.-]+)*")


# The keys of [project] → whether they are needed, and what they mean.
PROJECT_KEYS: Mapping[str, tuple[str, str]] = {
    "name": ("yes", "last part of the IRI of the dataset; the names of its dumps begin with it"),
    "base": ("yes", "what the IRIs of your things begin with; ends with /"),
    "languages": ("yes", "tags of the languages in which every label is needed"),
    "profiles": ("no", 'names of the profiles whose files are added, such as `["be"]`'),
    "prefixes": ("no", "table of further prefixes of your files: label = path below the base"),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing an operator may set: its key in [server] of govplan.toml, its type, its default and what it means."""

    key: str
    type: Callable[[str], Any]
    default: str
    meaning: str

    @property
    def variable(self) -> str:
        """The environment variable that overrides the file."""
        return f"GOVPLAN_{self.key.upper()}"


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise ValueError("a port is a whole number from 0 to 65535")
    return number


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError("it must be a whole number above 0")
    return number


def _whole(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError("it must be a whole number, 0 or above")
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 < number < math.inf:
        raise ValueError("it must be a number of seconds above 0")
    return number


def _memory(text: str) -> int:
    number = int(text)
    if number < LEAST_MEMORY:
        raise ValueError(f"a query process needs at least {LEAST_MEMORY} bytes to open a store")
    return number


def _public_url(text: str) -> str:
    """Return an address in its usual form, or an empty one."""
    if not text:
        return ""
    parts = urlsplit(text)
    scheme, host = parts.scheme.lower(), parts.netloc.lower()
    # urlsplit leaves out white space.
    if scheme not in ("http", "https") or not _HOST.fullmatch(host) or re.search(r"\s", text):
        raise ValueError("it is http:// or https:// and a host, in ASCII (xn--… for other letters)")
    if parts.port == 0 or "?" in text or "#" in text:
        raise ValueError("it has no port 0, no query and no fragment")
    if text.endswith("/") or not _PATH.fullmatch(parts.path):
        raise ValueError("its path has only letters, digits and - . _ ~ between slashes, and no slash at the end")
    usual = ":80" if scheme == "http" else ":443"
    return f"{scheme}://{host.removesuffix(usual)}{parts.path}"


def _on_off(text: str) -> str:
    if text not in ("on", "off"):
        raise ValueError("it is on or off")
    return text


def _switch(text: str) -> str:
    if text not in ("auto", "on", "off"):
        raise ValueError("it is auto, on or off")
    return text


SETTINGS = (
    Setting("host", str, "127.0.0.1", "address `serve` listens on"),
    Setting("port", _port, "8000", "port `serve` listens on; 0 takes a free one"),
    Setting(
        "releases",
        str,
        "",
        "folder of the releases; empty means `releases` in the project, or the user's data folder for the plan in the "
        "package",
    ),
    Setting(
        "citations",
        str,
        "",
        "folder for cited queries that are too long for an address; empty means `citations` beside the releases",
    ),
    Setting("citation_bytes", _whole, "16777216", "most bytes of cited queries that are kept; 0 keeps none"),
    Setting("query_bytes", _positive, "131072", "longest query text, in bytes of UTF-8"),
    Setting("query_depth", _positive, "64", "most brackets open at once in a query, prefix operators included"),
    Setting("query_tokens", _positive, "20000", "most words, names, terms and marks in a query"),
    Setting("query_patterns", _positive, "80", "most triple patterns, path steps and groups that one group joins"),
    Setting("query_operators", _positive, "800", "most operators, filters, unions and outer expressions in a query"),
    Setting("query_reads", _positive, "1000000", "most tokens that nested REGEX, SUBSTR, REPLACE and IN read again"),
    Setting("body_bytes", _positive, "393216", "largest request body, in bytes (a form triples what it encodes)"),
    Setting("header_seconds", _seconds, "5", "longest time a client may take to send its headers"),
    Setting("body_seconds", _seconds, "10", "longest time a client may take to send a body"),
    Setting(
        "send_seconds",
        _seconds,
        "30",
        "time after which the connection of a client that reads slower than 8 kB a second is closed",
    ),
    Setting("drain_seconds", _positive, "15", "how long a server told to stop waits for its clients, in whole seconds"),
    Setting(
        "query_seconds",
        _seconds,
        "10",
        "time limit of a query, its wait for a worker included; the parameter `timeout` may lower it",
    ),
    Setting("fast_seconds", _seconds, "0.1", "time after which a query gives up its fast place"),
    Setting("memory_bytes", _memory, "536870912", "memory limit of a query, in bytes"),
    Setting("answer_bytes", _positive, "52428800", "largest answer, in bytes"),
    Setting(
        "workers",
        _whole,
        "0",
        "long queries that run at once (of short ones, one more); 0 means one per core, at least 2",
    ),
    Setting("fronts", _whole, "0", "processes that answer HTTP and share the workers; 0 means one per core, at most 8"),
    Setting("queue", _whole, "64", "queries that may wait for a worker"),
    Setting("queue_seconds", _seconds, "2", "longest wait for a worker"),
    Setting("spool", str, "", "folder for large answers; empty means the system's temporary folder"),
    Setting(
        "public_url",
        _public_url,
        "",
        "address of the site as clients know it; empty means the one that proxies report",
    ),
    Setting("proxies", _whole, "0", "trusted proxies in front, each of which adds to X-Forwarded-For"),
    Setting("access_log", _on_off, "off", "a line for each request on standard error: on or off"),
    Setting("budgets", _switch, "auto", "budgets per client: on, off, or auto: off on loopback without a proxy"),
    Setting("client_queries", _positive, "2", "queries a client may run at once while others wait"),
    Setting("client_burst", _positive, "5", "queries a client may run at once while nobody waits"),
    Setting("client_seconds", _positive, "60", "query time a client may use a minute, in seconds; twice that at first"),
    Setting("client_errors", _positive, "30", "errors a client may cause a minute; twice that at first"),
    Setting("row_cap", _whole, "0", "most rows of a SELECT answer, an error past it; 0 sets no cap"),
    Setting("cache_bytes", _whole, "67108864", "memory for answers that are kept, in bytes; 0 keeps none"),
    Setting("batch_queries", _positive, "100", "most queries in one reconciliation batch"),
    Setting("batch_values", _positive, "200", "most names, kinds, properties and values in one query of a batch"),
)
