//! Single nodes, told one thing after another.
