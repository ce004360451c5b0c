//! What the walk says of small worlds.
