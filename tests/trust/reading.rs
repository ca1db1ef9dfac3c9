//! Reading: nothing outside the tree, nothing that is not a regular file.
