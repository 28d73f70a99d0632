"""The face that only other processes of ours see: understanding, over HTTP, for those that have no model."""
