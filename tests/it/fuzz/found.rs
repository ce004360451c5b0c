//! What the fuzzers have found, each as it was found.
