"""What holds in every test: no window opens, and nothing leaves this machine."""

import os
import socket
import sys
from collections.abc import Iterator

import pytest

os.environ["MPLBACKEND"] = "Agg"


@pytest.fixture(autouse=True)
def figures_closed() -> Iterator[None]:
    """No test finds the figures of another open."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


_LOCAL = ("localhost", "127.0.0.1", "::1", "", None)


@pytest.fixture(autouse=True, scope="session")
def offline() -> Iterator[None]:
    """Look-ups and connections beyond this machine fail; what the library does, it does with what is installed."""
    look_up, connect = socket.getaddrinfo, socket.socket.connect

    def local_look_up(host, *args, **kwargs):
        if host not in _LOCAL and host not in {b"localhost", socket.gethostname()}:
            raise AssertionError(f"a test asked the network for {host}")
        return look_up(host, *args, **kwargs)

    def local_connect(self, address):
        if isinstance(address, tuple) and address[0] not in _LOCAL and not address[0].startswith("127."):
            raise AssertionError(f"a test connected to {address}")
        return connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", local_look_up)
        patch.setattr(socket.socket, "connect", local_connect)
        yield
