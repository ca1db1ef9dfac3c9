//! The cache: what is damaged is noticed.
