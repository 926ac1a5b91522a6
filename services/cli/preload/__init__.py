"""One process imports what all services share, then becomes each of them by fork: a fast start."""
