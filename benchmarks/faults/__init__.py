"""Each fault against the processes of docker/compose.yml, with a ledger of what was sent and what came back."""
