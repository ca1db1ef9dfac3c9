//! Programs: what git and others are started with.
