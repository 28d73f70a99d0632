"""The page: server-rendered, whole without JavaScript."""
