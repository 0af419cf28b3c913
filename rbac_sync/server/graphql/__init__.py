"""The GraphQL face: the API of the older system, on the same guarded store."""
