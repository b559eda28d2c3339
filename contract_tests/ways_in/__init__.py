"""The three ways to the fakes: in this process, by sockets, and through the proxy."""
