//! Simulated servers and simulated time.
