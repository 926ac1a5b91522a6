"""NATS and Valkey from their wheels, run for one person on one machine."""
