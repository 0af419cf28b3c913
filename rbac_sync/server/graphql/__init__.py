"""The GraphQL face: the older system, over the same store and behind the same guarded store."""
