"""What is counted while serving, for Prometheus at /metrics; each name in one place, so that the docs can be tested.

What a gauge shows comes from a `source`, so that it is heard where several processes serve.
"""

from prometheus_client import CollectorRegistry, Counter, Histogram

from govplan import counting
from govplan.counting import Gauge

REGISTRY = CollectorRegistry()
_QUICK = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 60)

QUERIES = Counter("govplan_queries", "Queries answered by the store, by outcome.", ["outcome"], registry=REGISTRY)
COMPUTE_SECONDS = Counter("govplan_compute_seconds", "Time that queries ran, in seconds.", registry=REGISTRY)
QUERY_SECONDS = Histogram(
    "govplan_query_seconds", "Time of a query from its arrival at the store.", buckets=_QUICK, registry=REGISTRY
)
QUEUE_SECONDS = Histogram(
    "govplan_queue_seconds", "Wait of the queries that had to wait for a worker.", buckets=_QUICK, registry=REGISTRY
)
WORKER_ENDS = Counter("govplan_worker_ends", "Worker processes that ended, by cause.", ["cause"], registry=REGISTRY)
WORKER_START_SECONDS = Histogram(
    "govplan_worker_start_seconds", "Start of a worker process until it is ready.", buckets=_QUICK, registry=REGISTRY
)
WORKERS = Gauge("govplan_workers", "Worker processes that are alive.", registry=REGISTRY)
RUNNING = Gauge("govplan_running_queries", "Queries that run now, by lane.", ["lane"], registry=REGISTRY)
WAITING = Gauge("govplan_waiting_queries", "Queries that wait for a worker now.", registry=REGISTRY)
REFUSED_CLIENTS = Counter(
    "govplan_refused_clients", "Requests refused because their client spent its budget.", ["budget"], registry=REGISTRY
)
RELEASE = Gauge(
    "govplan_release",
    "The release that is served: 1 for its id.",
    ["release"],
    multiprocess_mode="livemax",
    registry=REGISTRY,
)
VERIFY_FAILURES = Counter(
    "govplan_verify_failures",
    "Alarms: a release that is not what its manifest says, or none to serve.",
    registry=REGISTRY,
)
SLOW_READERS = Gauge("govplan_slow_readers", "Connections whose client takes an answer slowly.", registry=REGISTRY)
DISMISSED_READERS = Counter(
    "govplan_dismissed_readers", "Connections closed because their client read too slowly.", registry=REGISTRY
)
HTTP_REQUESTS = Counter(
    "govplan_http_requests", "HTTP requests, by family of routes and status.", ["family", "status"], registry=REGISTRY
)
DOWNLOADS = Counter(
    "govplan_downloads", "Files of the release that were sent, by kind of file.", ["kind"], registry=REGISTRY
)
QUESTIONS = Counter(
    "govplan_questions", "Answers of named questions, as a page or as data.", ["question"], registry=REGISTRY
)
KEPT_BYTES = Gauge("govplan_kept_bytes", "Memory used by answers that are kept.", registry=REGISTRY)
KEPT_ADDRESSES = Gauge("govplan_kept_addresses", "Addresses of which answers are kept.", registry=REGISTRY)
KEPT_HITS = Gauge("govplan_kept_hits", "Requests answered by what was kept, since the start.", registry=REGISTRY)


_sources = counting.Sources()
source = _sources.add
push = _sources.push


def exposition() -> bytes:
    """Return all of it, of all processes that serve together, in Prometheus' text format."""
    push()
    return counting.exposition(REGISTRY, once=(RELEASE,))
