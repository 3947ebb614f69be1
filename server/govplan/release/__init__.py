"""Everything offline: checking content, building releases, choosing which one is served, exporting."""
