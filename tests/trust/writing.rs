//! Writing: files are complete, private, and nothing else is touched.
