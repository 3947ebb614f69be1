"""What the front processes of one server share: the accounts of clients, places, a throttle; in one page of memory.

One process is a group, too: `Group.alone`. Several are started by one that makes the group, hands it to each (it can be
pickled) and removes it in the end:

    with Group.create(shape) as group:      # the process that starts the fronts
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(group.metrics_folder)
        ...                                 # start them, each with `group`

    group.join()                            # each front, before anything else
    group.await_first(seconds)              # returns in one front at once, in the others when it has answered or died
    ...                                     # load
    group.first_answered()
    group.reclaim_dead(); metrics.push()       # about once a second: what dead fronts held is free again
    group.leave()

A request has `clients = client_keys(client_address(…))`, and is let in by `group.accounts` (`web.clients.Clients`); it
takes places of `group.slow` and `group.sending`, and a turn of the throttle `group.long_texts`.
"""

from govplan.group.accounts import Accounts, Budget
from govplan.group.clients import client_address, client_keys
from govplan.group.group import Group, Shape
from govplan.group.places import Places, Sending
from govplan.group.throttle import Throttle

__all__ = ["Accounts", "Budget", "Group", "Places", "Sending", "Shape", "Throttle", "client_address", "client_keys"]
