//! Secrets: values never appear in messages.
