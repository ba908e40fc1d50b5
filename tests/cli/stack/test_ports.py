import socket

from cli.stack.ports import find_free_ports, is_free

LOOPBACK = "127.0.0.1"


def test_a_wanted_port_that_is_free_is_kept() -> None:
    spare = find_free_ports(LOOPBACK, {"any": 0})["any"]

    ports = find_free_ports(LOOPBACK, {"ingest": spare})

    assert ports == {"ingest": spare}


def test_a_taken_port_is_replaced_by_another() -> None:
    with socket.create_server((LOOPBACK, 0)) as holder:
        taken = holder.getsockname()[1]

        ports = find_free_ports(LOOPBACK, {"ingest": taken})

        assert ports["ingest"] not in (0, taken)


def test_two_names_never_get_the_same_port() -> None:
    spare = find_free_ports(LOOPBACK, {"any": 0})["any"]

    ports = find_free_ports(LOOPBACK, {"ingest": spare, "notifier": spare})

    assert len(set(ports.values())) == 2


def test_a_port_that_something_listens_on_is_not_free() -> None:
    with socket.create_server((LOOPBACK, 0)) as holder:
        assert not is_free(LOOPBACK, holder.getsockname()[1])
