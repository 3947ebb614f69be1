"""What a release and its project say of themselves to catalogues, tools and harvesters; nothing here knows a store."""
