"""govplan publishes government plans as linked data that can be trusted, queried, cited and joined."""
