"""Today's Prefect Cloud over REST, as a backend."""
