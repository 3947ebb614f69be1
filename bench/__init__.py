"""How fast govplan is, beside its peers: same data, same queries, same machine, one run. See README.md here."""
