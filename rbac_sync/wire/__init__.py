"""The JSON shapes of the two APIs, for backends and server alike."""
