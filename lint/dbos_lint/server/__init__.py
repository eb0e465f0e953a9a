"""The language server: the compiler's findings for every editor that speaks the protocol."""
