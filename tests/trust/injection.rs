//! Names and texts of a stranger in output.
