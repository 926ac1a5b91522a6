"""Measures the pipeline on this machine: CPU per item, latency, memory; never wall time alone."""
