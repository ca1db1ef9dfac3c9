//! Time and memory: what a tree may use up.
